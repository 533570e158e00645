import Foundation
import GRDB
package import Records

/// The forms of inspections. Checklists are all forms of their group; the rest is here by name.
package enum InspectionForm {
    package static let group = "inspections"
    package static let facility = "facility"
    package static let finding = "finding"
    package static let recommendation = "recommendation"
    package static let remediation = "remediation"
    package static let reinspection = "reinspection"
    package static let record = "inspection_record"
    package static let supplement = "record_supplement"
    /// What hangs on inspections.
    package static let parts = [finding, recommendation, remediation, reinspection, record]
    /// A checklist's field that names the facility's record.
    package static let facilityField = "facility_record"
    /// The outcome by which others decide on penalties.
    package static let transferred = "chuyen_xu_phat"
    /// Inspections of one unit that a page looks at.
    package static let most = 2000
}

/// An inspection with all that hangs on it.
package struct Inspection: Sendable {
    package struct Finding: Sendable {
        package let view: RecordView
        package let requirements: [(view: RecordView, requirement: InspectionFacts.Requirement)]
        /// Whether somebody looked again, and it was right.
        let isRight: Bool

        package var severity: String { view.fields["severity"]?.plainText ?? "" }
    }

    package let view: RecordView
    package let form: FormDefinition
    package let score: InspectionScore?
    package let findings: [Finding]
    package let facts: InspectionFacts

    package func status(today: CalendarDate) -> InspectionStatus { facts.status(today: today) }
}

extension StoreTransaction {
    package func checklists() throws -> [FormDefinition] {
        try allForms().filter { $0.group == InspectionForm.group }
    }

    /// The inspections of a space, the newest first within each checklist.
    package func inspections(in space: String) throws -> [Inspection] {
        let parts = try InspectionParts(ofAll: self, in: space)
        return try checklists().flatMap { form in
            try records(RecordFilter(form: form.form, space: space), limit: InspectionForm.most).map { view in
                try parts.inspection(view, form)
            }
        }
    }

    /// One of them.
    package func inspection(_ view: RecordView) throws -> Inspection {
        try InspectionParts(of: self).inspection(view, latestForm(view.form))
    }

    /// The inspections of a facility.
    package func inspections(of facility: RecordView) throws -> [Inspection] {
        let parts = InspectionParts(of: self)
        return try children(of: facility).filter { $0.form.group == InspectionForm.group }.flatMap { children in
            try children.records.map { try parts.inspection($0, children.form) }
        }
    }
}

extension StoreTransaction {
    /// The words of records that are sealed, and whether the hub has accepted that, without what the seals hold.
    fileprivate func sealedWords(in space: String) throws -> [String: Bool] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT version.value, max(change.decision = 1) FROM version JOIN record ON record.id = version.record
                    JOIN space ON space.id = record.space
                    JOIN change ON change.space = record.space AND change.replica = version.replica
                        AND change.sequence = version.sequence
                    WHERE \(Schema.isSealing) AND version.field = '\(SealedContent.target)' AND version.item = '' AND version.standing = 1
                        AND record.form = ?1 AND space.name = ?2 GROUP BY version.value
                    """), arguments: [InspectionForm.record, space])
        return try Dictionary(
            rows.compactMap { row -> (String, Bool)? in
                guard case .text(let word)? = try? Value(canonical: Array(row.at(0) as Data)) else { return nil }
                return (word, try row.at(1))
            }, uniquingKeysWith: { $0 || $1 })
    }
}

/// What hangs on inspections: looked up for each, or, for lists, once for all of them.
private struct InspectionParts {
    /// The children of a record of one form, the oldest first.
    private let children: (_ form: String, _ parent: RecordView) throws -> [RecordView]
    private let seal: (RecordView) throws -> InspectionFacts.Seal
    private let today: CalendarDate

    init(of store: StoreTransaction) {
        today = store.today
        children = { form, parent in
            try store.children(of: parent).filter { $0.form.form == form }.flatMap(\.records)
        }
        seal = { view in
            guard let seal = try store.seals(of: view).first else { return .none }
            let made = try store.changes(ofRecord: seal.row).first { $0.creates }
            return made.map { $0.decision == .accepted } ?? true ? .received : .waiting
        }
    }

    init(ofAll store: StoreTransaction, in space: String) throws {
        today = store.today
        var parts: [String: [String: [RecordView]]] = [:]
        for (form, field) in [
            (InspectionForm.finding, "visit"), (InspectionForm.recommendation, "finding"),
            (InspectionForm.remediation, "recommendation"), (InspectionForm.reinspection, "finding"),
        ] {
            let limit = InspectionForm.most * 10
            let records = try store.records(RecordFilter(form: form, space: space), limit: limit)
            parts[form] = Dictionary(grouping: records.reversed().filter { !$0.deleted && !$0.versions.isEmpty }) {
                $0.fields[field]?.plainText ?? ""
            }
        }
        let sealed = try store.sealedWords(in: space)
        children = { [parts] form, parent in parts[form]?[parent.word] ?? [] }
        seal = { sealed[$0.word].map { $0 ? .received : .waiting } ?? .none }
    }

    func inspection(_ view: RecordView, _ form: FormDefinition) throws -> Inspection {
        let findings = try children(InspectionForm.finding, view).map(finding)
        let score = InspectionScore(form, view.fields)
        let facts = InspectionFacts(
            isStarted: score?.isStarted ?? !view.fields.isEmpty,
            isEnded: view.fields["ended_at"] ?? .null != .null,
            isTransferred: view.fields["outcome"] == .text(InspectionForm.transferred), seal: try seal(view),
            requirements: findings.flatMap { $0.requirements.map(\.requirement) },
            loose: findings.count { $0.requirements.isEmpty && !$0.isRight })
        return Inspection(view: view, form: form, score: score, findings: findings, facts: facts)
    }

    private func finding(_ view: RecordView) throws -> Inspection.Finding {
        let looks = try children(InspectionForm.reinspection, view).compactMap { look in
            date(look, "on_date").map { (on: $0, isRight: look.fields["result"] == .text("khac_phuc_xong")) }
        }
        let requirements = try children(InspectionForm.recommendation, view).map { recommendation in
            let done = try children(InspectionForm.remediation, recommendation).compactMap { date($0, "on_date") }
            return (
                view: recommendation,
                requirement: InspectionFacts.Requirement(due: date(recommendation, "due"), doneOn: done, looks: looks)
            )
        }
        let alone = InspectionFacts.Requirement(due: nil, looks: looks)
        return Inspection.Finding(
            view: view, requirements: requirements, isRight: alone.standing(today: today) == .closed)
    }

    private func date(_ view: RecordView, _ field: String) -> CalendarDate? {
        if case .date(let date)? = view.fields[field] { date } else { nil }
    }
}
