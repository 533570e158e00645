package import RecordStore
import Records
import WebPages
package import Wording

/// What is known of a facility beside its own record: earlier inspections, what is still to be done, and records that may be of the
/// same one.
package struct FacilityPanel {
    package struct Visit {
        let visitName: String
        let visitHref: String
        let visitDate: String
        let visitStatus: String
        let visitStatusKey: String
    }

    package struct Alike {
        let alikeName: String
        let alikeHref: String
        let alikeWhy: String
    }

    let visits: [Visit]
    let hasVisits: Bool
    let requirements: [InspectionPanel.Requirement]
    let hasOpen: Bool
    let alike: [Alike]
    let hasAlike: Bool

    /// - Returns: `nil` for what is no facility.
    package init?(_ view: RecordView, in store: StoreTransaction, _ language: Language) throws {
        guard view.form == InspectionForm.facility else { return nil }
        let today = store.today
        let inspections = try store.inspections(of: view).map { ($0, Self.date($0)) }.sorted { $0.1 > $1.1 }.map(\.0)
        visits = inspections.map { inspection in
            let status = inspection.status(today: today)
            return Visit(
                visitName: inspection.form.title[language], visitHref: "/records/\(inspection.view.word)",
                visitDate: ValueText.shown(
                    inspection.view.fields["inspected_on"] ?? .null, nil, language),
                visitStatus: Catalogue.text("inspection.status.\(status.rawValue)", language),
                visitStatusKey: status.rawValue)
        }
        hasVisits = !visits.isEmpty
        requirements = inspections.flatMap { InspectionPanel.requirements($0, today: today, language) }
            .filter { ["open", "overdue"].contains($0.standingKey) }
        hasOpen = !requirements.isEmpty
        alike = try store.facilities(alike: view).map { other in
            Alike(
                alikeName: other.view.fields["facility"]?.plainText ?? other.view.word,
                alikeHref: "/records/\(other.view.word)",
                alikeWhy: other.reasons.map { reason in
                    switch reason {
                    case .name: Catalogue.text("facility.alike.name", language)
                    case .address: Catalogue.text("facility.alike.address", language)
                    case .near(let metres):
                        Catalogue.text("facility.alike.near", language, ["metres": String(metres)])
                    }
                }.joined(separator: ", "))
        }
        hasAlike = !alike.isEmpty
    }

    private static func date(_ inspection: Inspection) -> String {
        inspection.view.fields["inspected_on"]?.plainText ?? ""
    }
}
