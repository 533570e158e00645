import Agent
import Foundation
import RecordStore
import Records
import SyncProtocol

/// The measured work, as `Benchmarks/workload.py` wrote it.
struct Workload {
    /// What one person saves at once.
    struct Entry {
        /// The workload's id of the record.
        let id: String
        /// 1 and up; 0 where it does not matter.
        let replica: Int
        let milliseconds: Int64
        let edits: [(field: String, edit: Draft.Edit)]
    }

    /// An inspection with its findings.
    struct Inspection {
        let head: Entry
        let findings: [Entry]
    }

    private let folder: String
    private let forms: [String: FormDefinition]

    init(_ options: WorkloadOptions) throws {
        folder = options.workload
        forms = Dictionary(
            uniqueKeysWithValues: try FixturesFolder(path: options.fixtures).forms.map { ($0.form, $0) })
    }

    /// New indicator values, or later edits of them: W1, W2, W4.
    func readings(_ name: String, limit: Int = .max) throws -> [Entry] {
        try lines(name).prefix(limit).map { object in
            try entry(object, fields: object["set"] as? [String: Any] ?? object, form: "reading")
        }
    }

    /// W1 as often as asked, each time later than before, since its records are all new ones.
    func readings(times: Int) throws -> [[Entry]] {
        let once = try readings("W1")
        let span = (once.last?.milliseconds ?? 0) - (once.first?.milliseconds ?? 0) + 60_000
        return (0..<Int64(times)).map { turn in
            once.map {
                Entry(id: $0.id, replica: 0, milliseconds: $0.milliseconds + turn * span, edits: $0.edits)
            }
        }
    }

    func inspections() throws -> [Inspection] {
        try lines("W3").map { object in
            let head = try entry(object, fields: object, form: "inspection")
            let findings = try (object["findings"] as? [[String: Any]] ?? []).map { finding in
                let made = try entry(finding, fields: finding, form: "finding")
                return Entry(id: made.id, replica: 0, milliseconds: head.milliseconds, edits: made.edits)
            }
            return Inspection(head: head, findings: findings)
        }
    }

    private func lines(_ name: String) throws -> [[String: Any]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name + ".jsonl"))
        return try data.split(separator: 10).map { line in
            guard let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
                throw CocoaError(.coderReadCorrupt)
            }
            return object
        }
    }

    private func entry(_ object: [String: Any], fields: [String: Any], form: String) throws -> Entry {
        guard let form = forms[form] else { throw CocoaError(.coderReadCorrupt) }
        let edits = try form.fields.compactMap { field -> (field: String, edit: Draft.Edit)? in
            guard let value = fields[field.name] else { return nil }
            let text = value as? String ?? "\(value)"
            return (field.name, .set(try field.parse(text)))
        }
        return Entry(
            id: object["id"] as? String ?? "", replica: (object["replica"] as? NSNumber)?.intValue ?? 0,
            milliseconds: (object["ts"] as? NSNumber)?.int64Value ?? 0, edits: edits)
    }
}

extension AgentDevice {
    /// Saves the entries as new records one after another, in transactions of many.
    /// - Parameter clock: is set to each entry's time.
    /// - Returns: each entry's record, by its row.
    @discardableResult func save(
        _ entries: [Workload.Entry], form: String = "reading", in space: String = City.space, clock: BenchClock? = nil
    ) throws -> [Int64] {
        var rows: [Int64] = []
        for start in stride(from: 0, to: entries.count, by: 500) {
            try store.write { store in
                for entry in entries[start..<min(start + 500, entries.count)] {
                    clock?.set(entry.milliseconds)
                    rows += try store.capture([Draft(.new(form: form, space: space), edits: entry.edits)]).map(\.record)
                }
            }
        }
        return rows
    }

    /// Saves the entries as edits of records that are known by their words.
    func edit(_ entries: [Workload.Entry], words: [String: String], clock: BenchClock? = nil) throws {
        for start in stride(from: 0, to: entries.count, by: 500) {
            try store.write { store in
                for entry in entries[start..<min(start + 500, entries.count)] {
                    guard let word = words[entry.id] else { continue }
                    clock?.set(entry.milliseconds)
                    _ = try store.capture([Draft(.edit(word), edits: entry.edits)])
                }
            }
        }
    }

    func word(ofRow row: Int64) throws -> String { try store.read { try $0.view(ofRow: row).word } }
}
