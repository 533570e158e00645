import Causality
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// A case: who entered what, and for each contested field the values to choose from.
struct CaseModel {
    struct Side {
        let letter: String
        let sideWho: String
        let sideDevice: String
        let sideWhen: String
        let sideReceived: String?
        /// Said where the machine's clock was ahead.
        let sideClock: String?
        /// What this side had not seen when it wrote.
        let sideUnseen: String?
        /// What its button sends, that takes everything from it.
        let sideIndex: String
    }

    struct Option {
        /// `nil` where this side has no version of the field.
        let optionValue: String?
        let optionLetter: String
        let optionText: String
        let optionID: String
        let isPicked: Bool
    }

    struct Row {
        let rowName: String
        let rowLabel: String
        let rowBase: String
        let options: [Option]
        /// For another value; of a deletion there is none.
        let other: FieldInput?
        let otherID: String
        let isOtherPicked: Bool
        let rowProblem: String?
    }

    struct Plain {
        let plainLabel: String
        let plainText: String
    }

    let recordName: String
    let formTitle: String
    let unitName: String
    let recordHref: String
    let action: String
    let base: String
    let canSettle: Bool
    let sides: [Side]
    let rows: [Row]
    let merged: [MergedField]
    let hasMerged: Bool
    let others: [Plain]
    let hasOthers: Bool
    let graph: CaseGraph
    let kindName: String
    let kindLabel: String
    let causeText: String
    let questions: [QuestionModel]
    let askAction: String
    let canAsk: Bool
    let preview: CasePreview?
    let reason: String
    var problems: [String] = []
    var hasProblems = false

    /// - Parameter returned: what was chosen before, when the page comes back with problems.
    init(
        _ view: RecordView, in store: StoreTransaction, _ names: NameBook, canSettle: Bool, returned: CaseChoices?
    ) throws {
        let language = names.language
        let form = try? store.latestForm(view.form)
        let place = try store.locate(view.word)
        recordName = RecordSummary(view, form, language).recordName
        formTitle = form?.title[language] ?? view.form
        unitName = names.space(view.space)
        recordHref = "/records/\(view.word)"
        action = "/conflicts/\(view.word)"
        base = try store.baseToken(record: place.record, in: place.space).text
        self.canSettle = canSettle
        let all = CaseSide.all(of: view)
        let changes = try store.changes(ofRecord: view.row)
        let letters = Dictionary(
            uniqueKeysWithValues: all.enumerated().map { ($0.element.dot, Self.letter($0.offset)) })
        sides = all.enumerated().map { index, side in Self.side(side, index, changes, letters, names) }
        graph = CaseGraph(changes, letters: letters, names)
        let facets = CaseFacets(of: view, form)
        kindName = facets.kind.name
        kindLabel = Catalogue.text("case.kind.\(facets.kind.name)", language)
        causeText = Catalogue.text("case.cause.\(facets.cause.name)", language)
        questions = try store.questions(about: view).map { QuestionModel($0, names) }
        askAction = "/conflicts/\(view.word)/ask"
        canAsk = canSettle && facets.authors.contains { !$0.isEmpty }
        merged = MergedField.all(view, form, sides: letters, changes, names)
        hasMerged = !merged.isEmpty
        preview = try returned.flatMap { choices in
            choices.isPreview && choices.problems.isEmpty
                ? try CasePreview(view, choices.settlements, in: store, names) : nil
        }
        rows = view.conflicts.enumerated().map { index, name in
            Self.row(name, index, view, form, all, changes, returned, language)
        }
        let known = Set(merged.map(\.mergedLabel))
        others = (form?.fields ?? []).filter {
            !view.conflicts.contains($0.name) && !known.contains($0.label[language])
        }.compactMap { field in
            let text = ValueText.shown(view.fields[field.name] ?? .null, field, language)
            return text.isEmpty ? nil : Plain(plainLabel: field.label[language], plainText: text)
        }
        hasOthers = !others.isEmpty
        reason = returned?.reason ?? ""
        problems = returned?.problems ?? []
        hasProblems = !problems.isEmpty
    }

    private static func side(
        _ side: CaseSide, _ index: Int, _ changes: [StoredChange], _ letters: [Dot: String], _ names: NameBook
    ) -> Side {
        let unseen = changes.filter { change in
            change.dot != side.dot && change.decision != .refused && change.time.milliseconds <= side.milliseconds
                && !side.base.covers(change.dot, received: change.received)
        }
        let others = letters.filter { dot, _ in
            dot != side.dot && changes.contains { $0.dot == dot && !side.base.covers(dot, received: $0.received) }
        }
        let described =
            Set(others.values).sorted()
            + unseen.filter { letters[$0.dot] == nil }.map {
                "\(names.person($0.author)) \(ValueText.moment($0.time.milliseconds))"
            }
        return Side(
            letter: letter(index), sideWho: names.person(side.author), sideDevice: names.device(side.replica),
            sideWhen: ValueText.moment(side.milliseconds), sideReceived: side.receivedAt.map { ValueText.moment($0) },
            sideClock: side.minutesAhead.map { minutes in
                Catalogue.text("case.clock", names.language, ["minutes": VietnameseFormat.number(String(minutes))])
            },
            sideUnseen: described.isEmpty
                ? nil
                : Catalogue.text(
                    "case.unseen", names.language, ["what": described.prefix(4).joined(separator: "; ")]),
            sideIndex: side.dotWord)
    }

    /// A, B, … Z, then numbers.
    private static func letter(_ index: Int) -> String {
        index < 26 ? String(Character(Unicode.Scalar(UInt8(65 + index)))) : String(index + 1)
    }

    private static func row(
        _ name: String, _ index: Int, _ view: RecordView, _ form: FormDefinition?, _ sides: [CaseSide],
        _ changes: [StoredChange], _ returned: CaseChoices?, _ language: Language
    ) -> Row {
        let field = form?.field(name)
        let isDeletion = name == RegisterKey.deleted.field
        let versions = view.contestants(of: name)
        let picked = returned?.picked[name]
        func text(_ version: RecordView.Version) -> String {
            isDeletion ? deletionText(version, view, form, language) : shown(version.value, field, language)
        }
        let options = sides.enumerated().map { number, side in
            let version = versions.first { $0.dot == side.dot }
            return Option(
                optionValue: version?.dotWord, optionLetter: letter(number), optionText: version.map(text) ?? "",
                optionID: "pick-\(index)-\(number)", isPicked: picked != nil && picked == version?.dotWord)
        }
        let base = CommonBase.value(of: RegisterKey(name), under: versions, in: changes)
        let other = field.map {
            FieldInput(
                $0, value: .null, typed: returned?.typed[name] ?? [], was: "", prefix: CaseChoices.prefix, language)
        }
        return Row(
            rowName: name, rowLabel: FieldLabel.text(name, form, language),
            rowBase: isDeletion
                ? Catalogue.text("case.keeps", language) : base.map { shown($0, field, language) } ?? "—",
            options: options, other: isDeletion ? nil : other, otherID: "pick-\(index)-other",
            isOtherPicked: picked == CaseChoices.other, rowProblem: returned?.fieldProblems[name])
    }

    /// What a side of edit against delete wants; of an edit also which fields it is about.
    private static func deletionText(
        _ version: RecordView.Version, _ view: RecordView, _ form: FormDefinition?, _ language: Language
    ) -> String {
        guard version.register != .deleted else {
            return Catalogue.text(version.value == .flag(true) ? "case.deletes" : "case.keeps", language)
        }
        let fields = view.versions.filter { $0.value.contains { $0.dot == version.dot } }.keys.sorted()
        let labels = fields.map { FieldLabel.text($0, form, language) }
        return Catalogue.text("case.keeps.edited", language, ["fields": labels.joined(separator: ", ")])
    }

    private static func shown(_ value: Value, _ field: FieldDefinition?, _ language: Language) -> String {
        let text = ValueText.shown(value, field, language)
        return text.isEmpty ? "—" : text
    }
}
