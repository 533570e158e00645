import Causality
import RecordStore
import Records
import Tables
import Wording

/// What one row changes of a record that is known.
///
/// A row that says what it was exported with changes only what it has otherwise than the record had then, and as somebody who
/// had seen no more. So a cell that nobody touched writes over nothing that came since, and one that somebody changed
/// here and somebody else elsewhere becomes a case. A row that does not say it changes nothing, unless that was asked for.
///
/// Where it is not known any more what a field had then, its cell is compared with what stands now, and still saved as by
/// somebody who had seen no more than the base: at worst somebody is asked needlessly.
struct RowEdit {
    let view: RecordView
    let row: TableRow
    let form: FormDefinition
    let settings: ImportSettings
    let store: StoreTransaction

    func outcome() throws -> RowOutcome {
        let isMarkedDeleted = row.own[.deleted] == "true"
        let differing = row.fields.filter { $0.field.compute == nil && !standsUncontested($0.field, $0.cell) }
        let isAsNow = differing.isEmpty && (!isMarkedDeleted || view.deleted)
        if isAsNow { return .unchanged }
        let past = try past()
        guard !isMarkedDeleted || view.deleted || past?.deleted ?? false else { throw ImportError(.deleted) }
        let changed = differing.filter { !says($0.cell, past?.shown($0.field.name) ?? now($0.field), of: $0.field) }
        guard !changed.isEmpty else { return .unchanged }
        let values = try TableRow.values(changed, settings.decimal)
        guard let past else { return try overCurrent(values) }
        let edits = values.flatMap { self.edits($0.field, $0.value, since: past) }
        guard !edits.isEmpty else { return .unchanged }
        return try save(edits, on: past)
    }

    /// The record as it was exported; `nil` where the row does not say when.
    private func past() throws -> PastView? {
        guard let token = row.own[.base], !token.isEmpty else { return nil }
        do {
            let space = try store.space(view.space)
            return try store.view(ofRow: view.row, asOf: store.base(token: token, record: view.id, in: space))
        } catch let error as StoreError where error.kind == .baseUnknown {
            guard settings.overCurrent else { throw ImportError(.baseUnknown) }
            return nil
        } catch let error as StoreError where [.baseInvalid, .baseOtherRecord].contains(error.kind) {
            throw ImportError(.baseWrong)
        }
    }

    private func overCurrent(_ values: [(field: FieldDefinition, value: Value)]) throws -> RowOutcome {
        guard !view.deleted else { throw StoreError(.recordDeleted) }
        guard settings.overCurrent else {
            let names = values.map(\.field.name)
            let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? "…" : "")
            throw ImportError(.baseMissing, ["fields": shown])
        }
        return try save(values.map { ($0.field.name, .set($0.value)) }, on: nil)
    }

    private func save(_ edits: [(field: String, edit: Draft.Edit)], on past: PastView?) throws -> RowOutcome {
        let values = values(after: edits)
        try check(values)
        let isContested = past.map { view.isContested(saving: values, on: $0.base, form, at: store.now) } ?? false
        var draft = Draft(
            .edit(view.word), edits: edits, baseToken: past == nil ? nil : row.own[.base], author: settings.author,
            reason: settings.reason)
        draft.seesOwnEdits = false
        return .save(draft, isNew: false, isContested: isContested)
    }

    /// What a cell that was changed comes to, without what an import of the same file has said before.
    private func edits(
        _ field: FieldDefinition, _ value: Value, since past: PastView
    ) -> [(field: String, edit: Draft.Edit)] {
        guard field.isUnion else {
            return past.isSaidAlready(value, of: RegisterKey(field.name)) ? [] : [(field.name, .set(value))]
        }
        // Members that came since are in neither, so they stay.
        let now = Self.members(view.fields[field.name])
        let before = past.shown(field.name).map(Self.members) ?? now
        let wanted = Self.members(value)
        let added = wanted.filter { !before.contains($0) && !now.contains($0) }
        let dropped = before.filter { !wanted.contains($0) && now.contains($0) }
        func isNew(_ member: String, _ isIn: Bool) -> Bool {
            !past.isSaidAlready(.flag(isIn), of: RegisterKey(field.name, item: member))
        }
        return added.filter { isNew($0, true) }.map { (field.name, .add($0)) }
            + dropped.filter { isNew($0, false) }.map { (field.name, .drop($0)) }
    }

    private static func members(_ value: Value?) -> [String] {
        guard case .items(let items) = value else { return [] }
        return items
    }

    /// Whether a cell is what the record shows now, with nobody to be asked: then it says nothing new, whatever it was before.
    private func standsUncontested(_ field: FieldDefinition, _ cell: TableCell) -> Bool {
        !view.conflicts.contains(field.name) && says(cell, now(field), of: field)
    }

    private func now(_ field: FieldDefinition) -> Value { view.fields[field.name] ?? .null }

    private func says(_ cell: TableCell, _ value: Value, of field: FieldDefinition) -> Bool {
        cell.shows(value) || (try? cell.value(of: field, decimal: settings.decimal)) == value
    }

    /// What the fields that are edited would show if nobody else had written them meanwhile.
    private func values(after edits: [(field: String, edit: Draft.Edit)]) -> [(field: String, value: Value)] {
        var members: [String: [String]] = [:]
        var values: [(field: String, value: Value)] = []
        for (name, edit) in edits {
            switch edit {
            case .set(let value): values.append((name, value))
            case .add(let member): members[name, default: Self.members(view.fields[name])].append(member)
            case .drop(let member): members[name, default: Self.members(view.fields[name])].removeAll { $0 == member }
            }
        }
        return values + members.map { ($0.key, FieldDefinition.items($0.value)) }
    }

    /// Holds what a row changes to the form's conditions, beside all else that the record shows, as a page would.
    private func check(_ changed: [(field: String, value: Value)]) throws {
        guard form.hasExpressions else { return }
        var given = view.fields
        for field in form.fields where field.compute != nil { given[field.name] = nil }
        for (name, value) in changed { given[name] = value }
        let names = Set(changed.map(\.field))
        let evaluation = FormEvaluation(form, given, today: .inVietnam(milliseconds: store.now))
        let problems = evaluation.problems(isWhole: true) { !$0.isDisjoint(with: names) }
        guard problems.isEmpty else { throw RowProblems(errors: problems.map(\.error)) }
    }
}

/// Everything that is wrong with a row, not only the first.
struct RowProblems: Error {
    let errors: [any CodedError]
}

extension TableRow {
    /// The values of the row's cells, but for those of fields that are worked out.
    func values(_ sign: DecimalSign?) throws -> [(String, Value)] {
        try Self.values(fields.filter { $0.field.compute == nil }, sign).map { ($0.field.name, $0.value) }
    }

    static func values(
        _ cells: [(field: FieldDefinition, cell: TableCell)], _ sign: DecimalSign?
    ) throws -> [(field: FieldDefinition, value: Value)] {
        var values: [(field: FieldDefinition, value: Value)] = []
        var problems: [any CodedError] = []
        for (field, cell) in cells {
            do {
                values.append((field, try cell.value(of: field, decimal: sign)))
            } catch let error as any CodedError {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw RowProblems(errors: problems) }
        return values
    }
}
