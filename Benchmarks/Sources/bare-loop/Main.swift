import Crypto
import Foundation
import GRDB

/// The bare work under a merge, as directly as GRDB does it: for each field, find what stands, delete what is covered, insert
/// the new version; for each change, a row of the log, the record's document and a SHA-256. WAL, synchronous = FULL.
///
///     bare-loop FOLDER    W1 as new records, then W2 as edits of them; one line of JSON each
@main enum BareLoop {
    static func main() throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? "workload")
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("bare-loop-\(UUID().uuidString).db")
        defer {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path.path + suffix) }
        }
        let loop = try Loop(path: path.path)
        for (what, file) in [("values", "W1.jsonl"), ("edits", "W2.jsonl")] {
            let changes = try read(folder.appendingPathComponent(file))
            let fields = changes.reduce(0) { $0 + $1.fields.count }
            let start = ContinuousClock.now
            try loop.run(changes)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print("{\"what\": \"\(what)\", \"fields\": \(fields), \"bare\": \(Double(fields) / seconds)}")
        }
    }

    private static let fields = ["indicator", "unit", "period", "value", "note", "status", "author"]

    private static func read(_ file: URL) throws -> [Change] {
        try Data(contentsOf: file).split(separator: 10).compactMap { line in
            guard let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
                let id = object["id"] as? String, let bytes = UUID(uuidString: id)
            else { return nil }
            let values = object["set"] as? [String: Any] ?? object
            return Change(
                record: withUnsafeBytes(of: bytes.uuid) { Data($0) }, replica: object["replica"] as? Int ?? 0,
                payload: Data(line), fields: fields.compactMap { name in (values[name] as? String).map { (name, $0) } })
        }
    }
}

struct Change {
    let record: Data
    let replica: Int
    let payload: Data
    let fields: [(name: String, value: String)]
}

final class Loop {
    private let database: DatabaseQueue
    private var sequence: Int64 = 0
    /// Changes of one transaction.
    private static let batch = 2500

    init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY")
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { db in _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") }
        try database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE log (
                        sequence INTEGER PRIMARY KEY, record BLOB NOT NULL, payload BLOB NOT NULL, hash BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE document (record BLOB PRIMARY KEY, payload BLOB NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE version (
                        record BLOB NOT NULL, field TEXT NOT NULL, replica INTEGER NOT NULL, sequence INTEGER NOT NULL,
                        value TEXT NOT NULL, PRIMARY KEY (record, field, replica, sequence)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
    }

    func run(_ changes: [Change]) throws {
        for start in stride(from: 0, to: changes.count, by: Self.batch) {
            try database.write { db in
                for change in changes[start..<min(start + Self.batch, changes.count)] { try take(change, db) }
            }
        }
    }

    private func take(_ change: Change, _ db: Database) throws {
        sequence += 1
        let hash = Data(SHA256.hash(data: change.payload))
        try db.cachedStatement(sql: "INSERT INTO log VALUES (?, ?, ?, ?)")
            .execute(arguments: [sequence, change.record, change.payload, hash])
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO document VALUES (?, ?)")
            .execute(arguments: [change.record, change.payload])
        let find = try db.cachedStatement(
            sql: "SELECT replica, sequence FROM version WHERE record = ? AND field = ?")
        let delete = try db.cachedStatement(
            sql: "DELETE FROM version WHERE record = ? AND field = ? AND replica = ? AND sequence = ?")
        let insert = try db.cachedStatement(sql: "INSERT INTO version VALUES (?, ?, ?, ?, ?)")
        for (name, value) in change.fields {
            let standing = try Row.fetchAll(find, arguments: [change.record, name])
            for row in standing {
                try delete.execute(arguments: [change.record, name, row[0] as Int64, row[1] as Int64])
            }
            try insert.execute(arguments: [change.record, name, change.replica, sequence, value])
        }
    }
}
