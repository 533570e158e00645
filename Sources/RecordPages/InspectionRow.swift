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
        inspectionDue = inspection.nextDue(today: today).map {
            Catalogue.text("inspection.due", language, ["date": VietnameseFormat.date($0)])
        }
        states = StateBadge.badges(of: view, language)
    }

    /// In the order in which people should look at them: by how they stand, what is due first, the newest first.
    package static func sorted(
        _ inspections: [Inspection], today: CalendarDate
    ) throws -> [(inspection: Inspection, status: InspectionStatus)] {
        let order = InspectionStatus.allCases
        func key(_ entry: (inspection: Inspection, status: InspectionStatus)) -> (Int, Int32, String) {
            (
                order.firstIndex(of: entry.status) ?? 0, entry.inspection.nextDue(today: today)?.days ?? .max,
                entry.inspection.view.fields["inspected_on"]?.plainText ?? ""
            )
        }
        return inspections.map { ($0, $0.status(today: today)) }.map { (entry: $0, key: key($0)) }
            .sorted { a, b in
                (a.key.0, a.key.1) != (b.key.0, b.key.1)
                    ? (a.key.0, a.key.1) < (b.key.0, b.key.1) : a.key.2 > b.key.2
            }.map(\.entry)
    }
}
