import GRDB
import GRDBSQLite

/// SQLite's write-ahead log, where the machine may not have kept what it once let be read.
///
/// After an fsync that failed, Linux counts the pages as clean: they can be read until the power goes, and no later fsync writes
/// them. A commit that failed so is not there for the process that made it. The next one reads it back from the log, whole and
/// with right sums, and what it appends behind is durable only as far as the gap. So whoever opens a store writes the log over
/// itself first. See decision 0023; the fault is known as fsyncgate, described by PostgreSQL's developers in 2018.
enum WriteAheadLog {
    private static let piece = 64 << 10

    /// Writes what can be read of the log to where it stands and waits for the disk. Nothing is done where the log is empty, and
    /// where somebody else writes: then a process lives that has done it.
    /// - Throws: `DatabaseError` where the disk does not take it; the store must not be used then.
    static func rewrite(_ db: Database) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        // Nobody appends to the log or begins it anew while this connection has the writer's lock.
        guard try begins(connection) else { return }
        defer { sqlite3_exec(connection, "ROLLBACK", nil, nil, nil) }
        var pointer: UnsafeMutablePointer<sqlite3_file>?
        try check(sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &pointer))
        guard let file = pointer, let methods = file.pointee.pMethods?.pointee else { return }
        var size: sqlite3_int64 = 0
        try check(methods.xFileSize(file, &size))
        guard size > 0 else { return }
        try withUnsafeTemporaryAllocation(byteCount: piece, alignment: 8) { bytes in
            var offset: sqlite3_int64 = 0
            while offset < size {
                let count = Int32(min(sqlite3_int64(piece), size - offset))
                try check(methods.xRead(file, bytes.baseAddress, count, offset))
                try check(methods.xWrite(file, bytes.baseAddress, count, offset))
                offset += sqlite3_int64(count)
            }
        }
        try check(methods.xSync(file, SQLITE_SYNC_NORMAL))
    }

    /// Whether nobody else writes.
    private static func begins(_ connection: OpaquePointer) throws -> Bool {
        let patience = try patience(connection)
        sqlite3_busy_timeout(connection, 0)
        defer { sqlite3_busy_timeout(connection, patience) }
        let result = sqlite3_exec(connection, "BEGIN IMMEDIATE", nil, nil, nil)
        if result & 0xff == SQLITE_BUSY { return false }
        try check(result)
        return true
    }

    /// For how many milliseconds the connection waits for others.
    private static func patience(_ connection: OpaquePointer) throws -> Int32 {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(connection, "PRAGMA busy_timeout", -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0
    }

    private static func check(_ result: Int32) throws {
        guard result == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
    }
}
