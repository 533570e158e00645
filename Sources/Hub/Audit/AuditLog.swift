package import Causality
import Foundation
import GRDB
package import RecordStore
import Records

/// The hub's audit: what was done with rights, each entry chained to the one before it by its hash, in the same transaction as what it
/// tells of. The table takes neither changes nor deletions; whoever gets round that breaks the chain, which `verify` recomputes. A hub
/// that was put back from a copy goes on behind the copy's last entry, and says so.
package enum AuditLog {
    static func add(
        _ act: AuditEntry.Act, by actor: String, to object: String = "", unit: String? = nil,
        _ details: [String: String] = [:], in store: StoreTransaction
    ) throws {
        let last = try Row.fetchOne(
            store.db.cachedStatement(sql: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"))
        let number = try last.map { try $0.at(0) as Int64 + 1 } ?? 1
        let previous = try last?.hash("hash") ?? .zero
        // One look at the clock: the hash is of what is stored.
        let now = store.now
        let line = JSON.object(details.mapValues { .text($0) }).line
        let hash = AuditEntry.hash(
            after: previous, number: number, time: now, (actor, act.rawValue, object), unit: unit ?? "",
            details: line)
        try store.db.cachedStatement(
            sql: """
                INSERT INTO audit (number, time, actor, act, object, unit, details, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            number, now, actor, act.rawValue, object, unit ?? "", line, Data(hash.bytes),
        ])
    }

    /// The newest first.
    package static func entries(
        _ filter: AuditFilter, limit: Int, offset: Int = 0, _ store: StoreTransaction
    ) throws -> [AuditEntry] {
        let (condition, arguments) = condition(filter)
        return try Row.fetchAll(
            store.db.cachedStatement(
                sql: "SELECT * FROM audit WHERE \(condition) ORDER BY number DESC LIMIT ? OFFSET ?"),
            arguments: arguments + [limit, offset]
        ).map(entry)
    }

    package static func count(_ filter: AuditFilter, _ store: StoreTransaction) throws -> Int {
        let (condition, arguments) = condition(filter)
        return try Int.fetchOne(
            store.db.cachedStatement(sql: "SELECT count(*) FROM audit WHERE \(condition)"), arguments: arguments) ?? 0
    }

    /// Everybody who did anything.
    package static func actors(_ store: StoreTransaction) throws -> [String] {
        // From one to the next by the index: there are few people, and many entries.
        try String.fetchAll(
            store.db.cachedStatement(
                sql: """
                    WITH RECURSIVE found (actor) AS (
                        SELECT min(actor) FROM audit
                        UNION ALL SELECT (SELECT min(actor) FROM audit WHERE actor > found.actor) FROM found
                        WHERE found.actor IS NOT NULL
                    ) SELECT actor FROM found WHERE actor IS NOT NULL
                    """))
    }

    /// The last entry's number and hash: who has written them down elsewhere knows whether any was taken away since. 0 and zeros for
    /// none.
    package static func head(_ store: StoreTransaction) throws -> (number: Int64, hash: Hash256) {
        let row = try Row.fetchOne(
            store.db.cachedStatement(sql: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"))
        return (try row?.at(0) ?? 0, try row?.hash("hash") ?? .zero)
    }

    /// Whether it still has an entry that somebody has written down elsewhere.
    package static func holds(number: Int64, hash: Hash256, _ store: StoreTransaction) throws -> Bool {
        let row = try Row.fetchOne(
            store.db.cachedStatement(sql: "SELECT hash FROM audit WHERE number = ?"), arguments: [number])
        return try row?.hash("hash") == hash
    }

    /// Recomputes the chain.
    /// - Returns: the number of the first entry that is not what was written; `nil` when all are.
    package static func firstBroken(_ store: StoreTransaction) throws -> Int64? {
        var (previous, expected) = (Hash256.zero, Int64(1))
        let rows = try Row.fetchCursor(store.db, sql: "SELECT * FROM audit ORDER BY number")
        while let row = try rows.next() {
            let hash = AuditEntry.hash(
                after: previous, number: expected, time: try row.at("time"),
                (try row.at("actor"), try row.at("act"), try row.at("object")), unit: try row.at("unit"),
                details: try row.at("details"))
            guard try row.at("number") as Int64 == expected, try row.hash("hash") == hash else { return expected }
            previous = hash
            expected += 1
        }
        return nil
    }

    private static func entry(_ row: Row) throws -> AuditEntry {
        let details = try JSONDecoder().decode(
            [String: String].self, from: Data((try row.at("details") as String).utf8))
        return AuditEntry(
            number: try row.at("number"), time: try row.at("time"), actor: try row.at("actor"), act: try row.at("act"),
            object: try row.at("object"), unit: try row.at("unit"), details: details, hash: try row.hash("hash"))
    }

    private static func condition(_ filter: AuditFilter) -> (String, StatementArguments) {
        var (conditions, arguments) = (["1"], StatementArguments())
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("actor = ?", filter.actor)
        add("act = ?", filter.act)
        add("object = ?", filter.object)
        add("unit = ?", filter.unit)
        add("time >= ?", filter.from)
        add("time < ?", filter.before)
        return (conditions.joined(separator: " AND "), arguments)
    }
}

extension AuditLog {
    /// Acts that end what a person had signed in to.
    private static let ends: [AuditEntry.Act] = [.passwordSet, .personDisabled, .sessionsEnded]

    /// Whether a session counts no more that was opened when the audit had `number` entries, whichever process ended it.
    package static func isEnded(sessionOf person: String, since number: Int64, _ store: StoreTransaction) throws -> Bool
    {
        let acts = ends.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try Bool.fetchOne(
            store.db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM audit WHERE object = ? AND number > ? AND act IN (\(acts)))"),
            arguments: [person, number]) ?? false
    }
}

extension Hub {
    /// What was done without changing anything else, such as signing in.
    package func audit(
        _ act: AuditEntry.Act, by actor: String, to object: String = "", unit: String? = nil,
        _ details: [String: String] = [:]
    ) throws {
        try store.write { try AuditLog.add(act, by: actor, to: object, unit: unit, details, in: $0) }
    }

    package func auditProblems() throws -> [Problem] {
        try store.read { store in
            try AuditLog.firstBroken(store).map { [Problem(.audit, of: "audit", detail: String($0))] } ?? []
        }
    }
}
