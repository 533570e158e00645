import Foundation
import GRDB
package import RecordStore
import Records
import SyncProtocol
import Wording

extension Hub {
    /// Loads a fixtures folder: what is new or changed becomes the hub's own changes. A second time does nothing.
    /// - Returns: how many of each kind the folder holds.
    package func load(_ folder: FixturesFolder) throws -> [String: Int] {
        try check(folder)
        let catalogue = SpaceName.catalogue
        let known = try store.read { try $0.formDigests() }
        for form in folder.forms where known[form.reference].map({ $0 != form.digest }) ?? false {
            throw FixturesError(
                "forms/\(form.form).json", 1, "changed, but version \(form.version) is in use: give it a new version")
        }
        try put(
            BuiltInForm.form, in: catalogue,
            folder.forms.map { form in
                [
                    "form": .text(form.form), "version": .integer(Int64(form.version)),
                    "definition": .text(String(decoding: form.canonicalJSON, as: UTF8.self)),
                ]
            })
        try putDictionary(for: folder.forms)
        try put(
            BuiltInForm.unit, in: catalogue,
            (folder.units.rows + folder.departments.rows).map { Self.texts($0, BuiltInForm.unit) })
        try put(
            BuiltInForm.indicator, in: catalogue, folder.indicators.rows.map { Self.texts($0, BuiltInForm.indicator) })
        for row in folder.people.rows where try !people().contains(where: { $0.id == row["id"] }) {
            try addPerson(id: row["id"], name: row["name"], role: row["role"], unit: row["unit"], password: nil)
        }
        if let task = folder.forms.first(where: { $0.form == "task" }) {
            for (lead, rows) in Dictionary(grouping: folder.tasks.rows, by: { $0["lead"] }).sorted(by: {
                $0.key < $1.key
            }) {
                let space = SpaceName.general(lead)
                try store.write { try $0.ensureSpace(space) }
                try put(
                    task, in: space,
                    try rows.map { row in
                        var values = ["task": Value.text(row["id"])]
                        for field in task.fields where field.name != "task" && !row[field.name].isEmpty {
                            values[field.name] = try field.parse(row[field.name])
                        }
                        return values
                    })
            }
        }
        try audit(.hubLoaded, by: "")
        return [
            "units": folder.units.rows.count, "departments": folder.departments.rows.count, "forms": folder.forms.count,
            "indicators": folder.indicators.rows.count, "people": folder.people.rows.count,
            "tasks": folder.tasks.rows.count,
        ]
    }

    /// What the folder alone does not tell: roles, and tasks against their form. Nothing is written before all is right.
    private func check(_ folder: FixturesFolder) throws {
        for row in folder.people.rows {
            guard Role(rawValue: row["role"]) != nil else {
                throw FixturesError("people.csv", row.line, "role: no such role: \(row["role"])")
            }
            guard Self.isPersonID(row["id"]) else {
                throw FixturesError("people.csv", row.line, "id: lower-case letters, digits, . _ - only: \(row["id"])")
            }
        }
        guard let task = folder.forms.first(where: { $0.form == "task" }) else { return }
        for row in folder.tasks.rows {
            for field in task.fields where field.name != "task" && !row[field.name].isEmpty {
                do { _ = try field.parse(row[field.name]) } catch {
                    throw FixturesError("tasks.csv", row.line, "\(field.name): \(error.message(in: .en))")
                }
            }
        }
    }

    /// Gives the catalogue a preset dictionary for its forms, where they have changed.
    private func putDictionary(for forms: [FormDefinition]) throws {
        let dictionary = try PresetDictionary.make(for: forms)
        // Two bytes name it; should another have that name already, the frames do without a new one.
        guard try store.read({ try $0.dictionary(named: dictionary.name) }) == nil else { return }
        let name = dictionary.name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try put(
            BuiltInForm.dictionary, in: SpaceName.catalogue,
            [["name": .text(name), "bytes": .text(Data(dictionary.bytes).base64EncodedString())]])
    }

    private static func texts(_ row: CSVTable.Row, _ form: FormDefinition) -> [String: Value] {
        Dictionary(
            form.fields.map { ($0.name, Value.text(row[$0.name])) }.filter { $0.1 != .text("") },
            uniquingKeysWith: { first, _ in first })
    }

    /// Writes the records of a form with a natural key that are not there yet as they should be.
    private func put(_ form: FormDefinition, in space: String, _ records: [[String: Value]]) throws {
        let drafts = try store.read { store in
            try records.compactMap { values -> Draft? in
                guard let key = form.naturalKey(values) else { return nil }
                let place = try store.space(space)
                let row = try Int64.fetchOne(
                    store.db, sql: "SELECT id FROM record WHERE space = ? AND name = ?",
                    arguments: [place.id, Data(RecordID.keyed(key).bytes)])
                if let row, try store.view(ofRow: row).fields == values { return nil }
                return Draft(
                    .put(form: form.form, space: space),
                    edits: values.sorted { $0.key < $1.key }.map { ($0.key, .set($0.value)) })
            }
        }
        // A form fills much of a segment by itself.
        let size = form == BuiltInForm.form ? 1 : 50
        for start in stride(from: 0, to: drafts.count, by: size) {
            _ = try capture(Array(drafts[start..<min(start + size, drafts.count)]))
        }
    }
}
