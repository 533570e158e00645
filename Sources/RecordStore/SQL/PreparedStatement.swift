import GRDB
import GRDBSQLite

/// A statement that a transaction runs many times, without an allocation a run. This file alone holds SQLite's pointers; the
/// rest of the store speaks to it through GRDB, which also keeps the statement for the connection's next transaction.
final class PreparedStatement {
    private let statement: OpaquePointer
    private let owner: Statement
    private let connection: OpaquePointer
    /// SQLite copies what is bound with it.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ db: Database, _ sql: String) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        self.connection = connection
        owner = try db.cachedStatement(sql: sql)
        statement = owner.sqliteStatement
    }

    /// An error may have ended the transaction within a run.
    deinit { sqlite3_reset(statement) }

    /// Failures of binding show when the statement is run.
    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(statement, index, value) }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(statement, index) }
    }

    func bind(_ index: Int32, blob: some Collection<UInt8>) {
        let isDone: Void? = blob.withContiguousStorageIfAvailable { bytes in
            // A null pointer would bind NULL instead of no bytes.
            if bytes.isEmpty {
                sqlite3_bind_zeroblob(statement, index, 0)
            } else {
                sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), Self.transient)
            }
        }
        if isDone == nil { bind(index, blob: Array(blob)) }
    }

    func bind(_ index: Int32, text: some Collection<UInt8>) {
        let isDone: Void? = text.withContiguousStorageIfAvailable { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                if characters.isEmpty {
                    sqlite3_bind_text(statement, index, "", 0, Self.transient)
                } else {
                    sqlite3_bind_text(
                        statement, index, characters.baseAddress, Int32(characters.count), Self.transient)
                }
            }
        }
        if isDone == nil { bind(index, text: Array(text)) }
    }

    /// Runs to the next row.
    /// - Returns: whether there is one. After the last, the statement is ready for its next run.
    func step() throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(statement)
            return false
        case let code:
            sqlite3_reset(statement)
            throw Self.error(code, connection)
        }
    }

    /// Runs a statement that gives no rows.
    func run() throws { while try step() {} }

    /// Ends a run before its last row.
    func reset() { sqlite3_reset(statement) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func natural(_ column: Int32) throws -> UInt64 { try integer(column).natural() }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func blob(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(statement, column))
        guard count > 0, let bytes = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(
                rawValue: sqlite3_extended_errcode(connection) == SQLITE_OK
                    ? code : sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
