import RecordStore
import Records
import WebPages
import Wording

/// A grid as a page: the key that all rows share, and a table of inputs.
struct GridModel {
    struct Column {
        let columnLabel: String
        let columnID: String
        let columnHint: String?
    }

    struct Row {
        let rowID: String
        let rowLabel: String
        let rowDetail: String?
        let rowHref: String?
        let rowState: StateBadge?
        let before: String
        let pastRange: String?
        let pastLines: [String]
        let hasPast: Bool
        /// What the row is saved with: names and values.
        let hidden: [Hidden]
        let cells: [FieldInput]
    }

    struct Hidden {
        let hiddenName: String
        let hiddenValue: String
    }

    let formTitle: String
    let formName: String
    let version: String
    let action: String
    let backHref: String
    let formPlace: String
    let formPlaceName: String?
    let isKeyed: Bool
    let fixedInputs: [FieldInput]
    let fixedText: String
    let address: String
    let columns: [Column]
    let hasBefore: Bool
    let rows: [Row]
    let hasRows: Bool
    let rowCount: Int
    let saved: String
    let draftFrom: String
    let author: String
    let authorName: String
    let isAuthorMissing: Bool
    let mostRows: Int
    var draftNote: String?
    var outcome: String?
    var hasProblems = false
}

/// What was typed into a grid, row by row.
struct SubmittedGrid {
    struct Row {
        let row: Grid.Row
        let submitted: SubmittedForm

        /// Whether anything but the key was typed.
        var isTouched: Bool { !submitted.touched.subtracting(row.key.keys).isEmpty }
    }

    let rows: [Row]

    init(_ body: FormBody, _ grid: Grid, today: CalendarDate) {
        var known = grid.rows
        // Rows that a paste added.
        if grid.rowField == nil {
            let count = min(Int(body["rows"]) ?? 0, Grid.mostRows)
            for index in known.count..<max(count, known.count) {
                known.append(
                    Grid.Row(
                        prefix: "r\(index).", label: "", detail: "", key: grid.fixedValues, view: nil,
                        past: PastValues()))
            }
        }
        rows = known.map { row in
            // A row that was new on the page is new, even where the record came meanwhile: its author has not seen it.
            let isNew = body["\(row.prefix)base"].isEmpty
            return Row(
                row: row,
                submitted: SubmittedForm(
                    body, grid.form, isNew: isNew, known: row.key, today: today, prefix: row.prefix))
        }
    }

    var problems: Int { rows.filter(\.isTouched).reduce(0) { $0 + $1.submitted.problems.count } }
}

extension GridModel {
    static func rows(
        _ grid: Grid, _ submitted: SubmittedGrid?, bases: [String: String], _ body: FormBody?, today: CalendarDate,
        _ language: Language
    ) -> [Row] {
        (submitted?.rows.map(\.row) ?? grid.rows).enumerated().map { index, row in
            let typed = submitted?.rows[index]
            let isNew = body.map { $0["\(row.prefix)base"].isEmpty } ?? (row.view == nil)
            let view = isNew && typed != nil && typed?.isTouched == true ? nil : row.view
            let evaluation =
                typed?.submitted.evaluation ?? FormEvaluation(grid.form, view?.fields ?? row.key, today: today)
            let cells = grid.columns.map { field in
                var cell = FieldInput(
                    field, value: view?.fields[field.name] ?? .null, typed: typed?.submitted.typed[field.name],
                    was: body.map { $0["\(row.prefix)was.\(field.name)"] }, evaluation: evaluation, prefix: row.prefix,
                    isCell: true, language)
                if let typed, typed.isTouched,
                    let problem = typed.submitted.problems.first(where: { $0.field.name == field.name })
                {
                    cell.problem = problem.message(in: language)
                    cell.remedy = problem.remedy(in: language)
                }
                return cell
            }
            var hidden = row.key.sorted { $0.key < $1.key }.compactMap { name, value in
                isNew ? Hidden(hiddenName: "\(row.prefix)v.\(name)", hiddenValue: ValueText.typed(value)) : nil
            }
            let base = body.map { $0["\(row.prefix)base"] } ?? bases[row.prefix] ?? ""
            if !base.isEmpty { hidden.append(Hidden(hiddenName: "\(row.prefix)base", hiddenValue: base)) }
            return Row(
                rowID: "\(row.prefix)row", rowLabel: row.label.isEmpty ? String(index + 1) : row.label,
                rowDetail: row.detail.isEmpty ? nil : row.detail,
                rowHref: row.view.map { "/records/\($0.word)" },
                rowState: row.view.map { StateBadge($0.state, language) }, before: row.past.latest,
                pastRange: row.past.range, pastLines: row.past.lines, hasPast: row.past.range != nil, hidden: hidden,
                cells: cells)
        }
    }
}
