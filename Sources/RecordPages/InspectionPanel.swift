package import RecordStore
import Records
import WebPages
package import Wording

/// How an inspection stands, on its page and on those of its parts: what was found, what is still to be done, whether it is signed.
package struct InspectionPanel {
    package struct Requirement {
        let requirementText: String
        let requirementHref: String
        let requirementOwner: String
        let requirementDue: String
        let requirementStanding: String
        let standingKey: String
    }

    let statusKey: String?
    let statusLabel: String?
    let scoreLine: String?
    let requirements: [Requirement]
    let hasRequirements: Bool
    /// Said where it is signed.
    let sealNote: String?
    let sealHref: String?
    /// Said where something came beside what was signed.
    let changedNote: String?
    package var paperHref: String?
    package var paperLabel: String
    package var signHref: String?
    package var supplementHref: String?

    /// - Returns: `nil` for records that are no part of an inspection.
    package init?(_ view: RecordView, in store: StoreTransaction, mayWrite: Bool, _ language: Language) throws {
        guard let form = try? store.latestForm(view.form) else { return nil }
        let isInspection = form.group == InspectionForm.group
        guard isInspection || form.isSeal || form.partField != nil else { return nil }
        let seal = try store.seal(over: view)
        let inspection = isInspection ? try store.inspection(view) : nil
        let status = inspection?.status(today: store.today)
        statusKey = status?.rawValue
        statusLabel = status.map { Catalogue.text("inspection.status.\($0.rawValue)", language) }
        scoreLine = inspection?.score.map { Self.line($0, language) }
        requirements = inspection.map { Self.requirements($0, today: store.today, language) } ?? []
        hasRequirements = !requirements.isEmpty
        let number = seal?.fields["number"]?.plainText ?? ""
        sealNote = seal.map { _ in Catalogue.text("inspection.sealed", language, ["seal": number]) }
        sealHref = seal.flatMap { $0.word == view.word ? nil : "/records/\($0.word)" }
        let hasChanged = try inspection != nil && seal.map(store.hasChanged) ?? false
        changedNote = hasChanged ? Catalogue.text("inspection.changed-since", language) : nil
        let paper = seal ?? (isInspection ? view : nil)
        paperHref = view.deleted ? nil : paper.map { "/records/\($0.word)/paper" }
        paperLabel = Catalogue.text(seal == nil ? "inspection.preview" : "inspection.paper", language)
        if mayWrite, !view.deleted, let seal, (try? store.latestForm(InspectionForm.supplement)) != nil,
            seal.form != InspectionForm.supplement
        {
            supplementHref = "/forms/\(InspectionForm.supplement)/new?v.\(SealedContent.target)=\(seal.word)"
        }
        if mayWrite, !view.deleted, seal == nil, isInspection, (try? store.latestForm(InspectionForm.record)) != nil {
            signHref = "/forms/\(InspectionForm.record)/new?v.\(SealedContent.target)=\(view.word)"
        }
    }

    /// How the items came out, in a line.
    static func line(_ score: InspectionScore, _ language: Language) -> String {
        Catalogue.text(
            "inspection.score.line", language,
            [
                "passed": "\(score.passed)", "failed": "\(score.failed)", "critical": "\(score.failedCritical)",
                "na": "\(score.notApplicable)", "unchecked": "\(score.couldNotCheck)", "open": "\(score.unanswered)",
            ])
    }

    static func requirements(
        _ inspection: Inspection, today: CalendarDate, _ language: Language
    ) -> [Requirement] {
        inspection.findings.flatMap(\.requirements).map { view, requirement in
            let key: String =
                switch requirement.standing(today: today) {
                case .open: "open"
                case .overdue: "overdue"
                case .done: "done"
                case .closed: "closed"
                }
            return Requirement(
                requirementText: view.fields["what"]?.plainText ?? view.word, requirementHref: "/records/\(view.word)",
                requirementOwner: view.fields["owner"]?.plainText ?? "",
                requirementDue: requirement.due.map(VietnameseFormat.date) ?? "",
                requirementStanding: Catalogue.text("inspection.requirement.\(key)", language), standingKey: key)
        }
    }
}
