/// The statements of the path that every change takes into the store.
enum MergeStatement: Int, CaseIterable {
    case findRecord, insertRecord, flagRecord, insertChange, selectRegister, selectPayload
    case insertVersion, deleteVersion, setStanding, selectSiblings, insertLog, insertSearchDue

    var sql: String {
        switch self {
        case .findRecord: "SELECT id, flags FROM record WHERE space = ? AND name = ?"
        case .insertRecord: "INSERT INTO record (space, name, form, prefix) VALUES (?, ?, ?, ?) RETURNING id"
        case .flagRecord: "UPDATE record SET flags = (flags | ?) & ~?  WHERE id = ?"
        case .insertChange:
            """
            INSERT INTO change (space, replica, sequence, record, creates, form, form_version, author, time, depends, base,
            payload, link, received, received_at, decision, reads, named)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .selectRegister:
            """
            SELECT version.replica, version.sequence, version.standing, change.received FROM version JOIN change
            ON change.space = ? AND change.replica = version.replica AND change.sequence = version.sequence
            WHERE version.record = ? AND version.field = ? AND version.item = ?
            """
        case .selectPayload: "SELECT payload FROM change WHERE space = ? AND replica = ? AND sequence = ?"
        case .insertVersion:
            """
            INSERT INTO version (record, field, item, replica, sequence, value, standing) VALUES (?, ?, ?, ?, ?, ?, 1)
            """
        case .deleteVersion:
            "DELETE FROM version WHERE record = ? AND field = ? AND item = ? AND replica = ? AND sequence = ?"
        case .setStanding:
            """
            UPDATE version SET standing = ?
            WHERE record = ? AND field = ? AND item = ? AND replica = ? AND sequence = ?
            """
        case .selectSiblings:
            """
            SELECT 1 FROM version WHERE record = ? AND standing = 1 GROUP BY field, item
            HAVING count(*) > 1 OR field = ? LIMIT 1
            """
        case .insertLog: "INSERT INTO log (space, position, entry, hash) VALUES (?, ?, ?, ?)"
        case .insertSearchDue: "INSERT OR IGNORE INTO search_due (record) VALUES (?)"
        }
    }
}

extension StoreTransaction {
    func prepared(_ statement: MergeStatement) throws -> PreparedStatement {
        if let known = statements[statement.rawValue] { return known }
        let prepared = try PreparedStatement(db, statement.sql)
        statements[statement.rawValue] = prepared
        return prepared
    }
}
