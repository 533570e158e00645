package import RecordStore
package import Records
import WebPages
import Wording

/// An inspection in a list.
package struct InspectionRow {
    let inspectionHref: String
    /// Whether the list is of more than one unit.
    let isOfAll: Bool
    let inspectionName: String
    let inspectionForm: String
    let inspectionUnit: String
    let inspectionDate: String
    let inspectionStatus: String
    let inspectionStatusKey: String
    let inspectionFindings: String?
    let inspectionDue: String?
    let states: [StateBadge]

    package init(
        _ inspection: Inspection, _ status: InspectionStatus, today: CalendarDate, isOfAll: Bool = false,
        _ names: NameBook
    ) {
        self.isOfAll = isOfAll
        let language = names.language
        let view = inspection.view
        inspectionHref = "/records/\(view.word)"
        inspectionName = RecordSummary(view, inspection.form, language).recordName
        inspectionForm = inspection.form.title[language]
        inspectionUnit = names.space(view.space)
        inspectionDate = ValueText.shown(view.fields["inspected_on"] ?? .null, nil, language)
        inspectionStatus = Catalogue.text("inspection.status.\(status.rawValue)", language)
        inspectionStatusKey = status.rawValue
        let count = inspection.findings.count
        inspectionFindings =
            count == 0 ? nil : Catalogue.text("inspection.findings", language, ["count": String(count)])
        inspectionDue = inspection.facts.nextDue(today: today).map {
            Catalogue.text("inspection.due", language, ["date": VietnameseFormat.date($0)])
        }
        states = StateBadge.badges(of: view, language)
    }

    /// In the order in which people should look at them: by how they stand, what is due first, the newest first.
    package struct Place: Comparable {
        private let status: Int
        private let due: Int32
        private let on: String

        /// - Parameter on: the day of the inspection, as 2026-11-28.
        package init(_ status: InspectionStatus, _ facts: InspectionFacts, on: String, today: CalendarDate) {
            self.status = InspectionStatus.allCases.firstIndex(of: status) ?? 0
            due = facts.nextDue(today: today)?.days ?? .max
            self.on = on
        }

        package static func < (a: Place, b: Place) -> Bool {
            (a.status, a.due) != (b.status, b.due) ? (a.status, a.due) < (b.status, b.due) : a.on > b.on
        }
    }

    package static func sorted(
        _ inspections: [Inspection], today: CalendarDate
    ) -> [(inspection: Inspection, status: InspectionStatus)] {
        inspections.map { inspection in
            let status = inspection.status(today: today)
            let on = inspection.view.fields["inspected_on"]?.plainText ?? ""
            return (
                place: Place(status, inspection.facts, on: on, today: today),
                entry: (inspection: inspection, status: status)
            )
        }.sorted { $0.place < $1.place }.map(\.entry)
    }
}
