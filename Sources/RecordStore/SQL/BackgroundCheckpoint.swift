import Dispatch
import Foundation
import GRDB
import GRDBSQLite

/// Takes the write-ahead log into the database beside whoever saves. SQLite has it done by the commit that makes the log long, so
/// that one save of some hundred waits for dozens of pages and two more syncs of the disk; here only a log that grows on all the same
/// is taken in so.
///
/// What a commit promises does not change: it is durable in the log when it returns.
package final class BackgroundCheckpoint: Sendable {
    /// Pages of the log from which on it is taken in.
    package static let fewestPages = 256
    /// Pages from which on the commit does it itself: nobody else came to it.
    private static let mostPages = 8_192

    private let log: DatabaseQueue
    private let signals: AsyncStream<Void>
    private let hook: LogHook
    private let thread = DispatchQueue(label: "phusa.checkpoint", qos: .utility)

    /// - Parameter store: one with concurrent reads; it must not be closed before ``close()``.
    package init(of store: ReplicaStore) throws {
        let (signals, sender) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.signals = signals
        hook = LogHook(pages: Self.fewestPages, most: Self.mostPages) { sender.yield() }
        log = try DatabaseQueue(path: store.path)
        try store.withWriter(hook.attach)
    }

    /// Runs until its task is cancelled.
    package func run() async {
        for await _ in signals where !Task.isCancelled {
            await withCheckedContinuation { done in
                thread.async {
                    // What does not succeed now does so after a later save, or in it.
                    _ = try? self.take()
                    done.resume()
                }
            }
            // Whoever imports has the disk for themselves in between.
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Takes in what no reader needs in the log any more.
    /// - Returns: pages of the log, and how many of them are in the database now.
    @discardableResult package func take() throws -> (log: Int, taken: Int) {
        try log.writeWithoutTransaction { db in
            let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
            return (row?["log"] ?? 0, row?["checkpointed"] ?? 0)
        }
    }

    /// Lets go of the database.
    package func close() throws { try log.close() }
}

/// What a connection calls after each of its commits.
private final class LogHook: Sendable {
    private let pages: Int
    private let most: Int
    private let tell: @Sendable () -> Void

    init(pages: Int, most: Int, tell: @escaping @Sendable () -> Void) {
        self.pages = pages
        self.most = most
        self.tell = tell
    }

    /// The connection calls it as long as it is open.
    func attach(to db: Database) {
        // Never released: the connection lives as long as the program.
        let context = Unmanaged.passRetained(self).toOpaque()
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, connection, name, pages in
                guard let context else { return SQLITE_OK }
                let hook = Unmanaged<LogHook>.fromOpaque(context).takeUnretainedValue()
                if Int(pages) >= hook.most {
                    sqlite3_wal_checkpoint_v2(connection, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                } else if Int(pages) >= hook.pages {
                    hook.tell()
                }
                return SQLITE_OK
            }, context)
    }
}
