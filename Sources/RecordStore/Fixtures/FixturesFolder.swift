import Foundation
package import Records

/// A fixtures folder, read and checked whole before anything of it is used. Its format is described beside the data, in
/// `fixtures/can-tho/README.md`.
package struct FixturesFolder: Sendable {
    package let units: CSVTable
    package let departments: CSVTable
    package let indicators: CSVTable
    package let people: CSVTable
    package let tasks: CSVTable
    /// With all choices resolved.
    package let forms: [FormDefinition]

    /// - Throws: ``FixturesError`` for the first thing that is wrong.
    package init(path: String) throws {
        let folder = URL(fileURLWithPath: path)
        func table(_ name: String, _ columns: [String]) throws -> CSVTable {
            let table = try CSVTable(try Self.read(folder, name), file: name)
            for column in columns where !table.columns.contains(column) {
                throw FixturesError(name, 1, "no column \(column)")
            }
            return table
        }
        units = try table("units.csv", ["code", "name_vi", "name_en", "kind"])
        departments = try table("departments.csv", ["code", "name_vi", "name_en", "kind"])
        indicators = try table("indicators.csv", ["code", "level", "name_vi", "name_en", "unit", "period", "owner"])
        people = try table("people.csv", ["id", "name", "role", "unit"])
        tasks = try table("tasks.csv", ["id", "document", "issued", "subject", "work", "lead", "due", "urgency"])
        try Self.check(units, departments, indicators, people, tasks)
        let lists = Self.lists(units: units, departments: departments, indicators: indicators)
        forms = try Self.readForms(folder, lists)
    }

    private static func read(_ folder: URL, _ name: String) throws -> [UInt8] {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else {
            throw FixturesError(name, 1, "cannot be read")
        }
        return Array(data)
    }

    private static func lists(units: CSVTable, departments: CSVTable, indicators: CSVTable) -> [String: [Choice]] {
        func choices(_ table: CSVTable) -> [Choice] {
            table.rows.map { Choice(name: $0["code"], label: Label(vi: $0["name_vi"], en: $0["name_en"])) }
        }
        return [
            "units": choices(units), "departments": choices(departments), "indicators": choices(indicators),
            "offices": choices(units) + choices(departments),
        ]
    }

    private static func readForms(_ folder: URL, _ lists: [String: [Choice]]) throws -> [FormDefinition] {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("forms").path)) ?? []
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let file = "forms/" + name
            do {
                return try FormDefinition(json: try read(folder, file), lists: lists)
            } catch let error as RecordsError {
                throw FixturesError(file, 1, error.details["problem"] ?? error.code)
            }
        }
    }

    private static func check(
        _ units: CSVTable, _ departments: CSVTable, _ indicators: CSVTable, _ people: CSVTable, _ tasks: CSVTable
    ) throws {
        let codes = try distinct(units, "units.csv", "code").union(try distinct(departments, "departments.csv", "code"))
        for (table, file) in [(units, "units.csv"), (departments, "departments.csv")] {
            for row in table.rows where !SpaceName.isUnitCode(row["code"]) {
                throw FixturesError(file, row.line, "not a code: \(row["code"])")
            }
        }
        _ = try distinct(indicators, "indicators.csv", "code")
        _ = try distinct(people, "people.csv", "id")
        _ = try distinct(tasks, "tasks.csv", "id")
        for (table, file, column) in [
            (indicators, "indicators.csv", "owner"), (people, "people.csv", "unit"), (tasks, "tasks.csv", "lead"),
        ] {
            for row in table.rows where !codes.contains(row[column]) {
                throw FixturesError(file, row.line, "\(column): no such unit: \(row[column])")
            }
        }
        for row in tasks.rows {
            for column in ["issued", "due"] where !row[column].isEmpty && CalendarDate(iso: row[column]) == nil {
                throw FixturesError("tasks.csv", row.line, "\(column): not a date: \(row[column])")
            }
        }
    }

    private static func distinct(_ table: CSVTable, _ file: String, _ column: String) throws -> Set<String> {
        var seen: Set<String> = []
        for row in table.rows {
            guard !row[column].isEmpty else { throw FixturesError(file, row.line, "\(column): empty") }
            guard seen.insert(row[column]).inserted else {
                throw FixturesError(file, row.line, "\(column): stands twice: \(row[column])")
            }
        }
        return seen
    }
}
