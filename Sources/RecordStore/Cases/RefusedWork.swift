import GRDB
import Records

/// Work of others that the hub refused and nobody has dealt with.
extension StoreTransaction {
    /// By the index of what is not accepted, which SQLite takes only where it is named.
    private static let isOpen = "decision <> 1 AND decision = 2 AND disposed IS NULL"

    /// The newest first.
    /// - Parameters:
    ///   - space: the space's name; `nil` for any.
    ///   - code: why it was refused; `nil` for any reason.
    package func refusedWork(
        in space: String? = nil, code: String? = nil, limit: Int, offset: Int = 0
    ) throws -> [StoredChange] {
        let (condition, arguments) = try Self.condition(space, code)
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.changeColumns) FROM change WHERE \(condition)
                    ORDER BY time DESC, space, replica, sequence LIMIT ? OFFSET ?
                    """), arguments: arguments + [limit, offset]
        ).map(storedChange)
    }

    package func refusedWorkCount(in space: String? = nil, code: String? = nil) throws -> Int {
        let (condition, arguments) = try Self.condition(space, code)
        return try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM change WHERE \(condition)"), arguments: arguments) ?? 0
    }

    /// How much there is in each space, and of each reason.
    /// - Parameter space: the space's name; `nil` for any.
    package func refusedWorkCounts(in space: String? = nil) throws -> (spaces: [String: Int], codes: [String: Int]) {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT space.name, change.code, count(*) FROM change JOIN space ON space.id = change.space
                    WHERE \(Self.isOpen) AND (?1 IS NULL OR space.name = ?1) GROUP BY space.name, change.code
                    """), arguments: [space])
        var found: (spaces: [String: Int], codes: [String: Int]) = ([:], [:])
        for row in rows {
            let count: Int = try row.at(2)
            found.spaces[try row.at(0), default: 0] += count
            found.codes[try row.at(1), default: 0] += count
        }
        return found
    }

    private static func condition(_ space: String?, _ code: String?) throws -> (String, StatementArguments) {
        var condition = isOpen
        var arguments = StatementArguments()
        if let space {
            condition += " AND space = (SELECT id FROM space WHERE name = ?)"
            arguments += [space]
        }
        if let code {
            condition += " AND code = ?"
            arguments += [code]
        }
        return (condition, arguments)
    }
}
