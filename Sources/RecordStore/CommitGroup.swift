import Dispatch
import GRDB
import Synchronization

/// Lets writers that come at the same time share one commit, so that the disk's sync is paid once for all of them.
///
/// Whoever comes first leads: it runs its own work and all that queued up meanwhile in one transaction, each in a savepoint
/// of its own, commits, and goes on until nobody waits. What fails takes only its own savepoint with it; a commit that fails
/// fails all it was for.
final class CommitGroup: Sendable {
    /// One writer's work. Unchecked: whoever runs it does so while its owner waits, so no two threads touch it at once.
    final class Job: @unchecked Sendable {
        /// Gone once it was run, so that nothing of its owner's outlives the wait.
        fileprivate var body: ((Database) throws -> Void)?
        fileprivate let done = DispatchSemaphore(value: 0)
        fileprivate var failure: (any Error)?

        init(_ body: @escaping (Database) throws -> Void) { self.body = body }
    }

    private struct State {
        var waiting: [Job] = []
        var isLed = false
    }

    private let state = Mutex(State())
    private let database: any DatabaseWriter
    private let beforeCommit: @Sendable () throws -> Void

    /// So many writers share a commit at most, so that the first of them does not wait for ever.
    private static let most = 256

    init(_ database: any DatabaseWriter, beforeCommit: @escaping @Sendable () throws -> Void) {
        self.database = database
        self.beforeCommit = beforeCommit
    }

    /// Runs a job and returns when it is durable.
    /// - Throws: what the job or its commit threw; nothing of it was written then.
    func run(_ job: Job) throws {
        let leads = state.withLock { state in
            state.waiting.append(job)
            defer { state.isLed = true }
            return !state.isLed
        }
        if leads { while let jobs = next() { commit(jobs) } }
        job.done.wait()
        if let failure = job.failure { throw failure }
    }

    private func next() -> [Job]? {
        state.withLock { state in
            let jobs = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(jobs.count)
            if jobs.isEmpty { state.isLed = false }
            return jobs.isEmpty ? nil : jobs
        }
    }

    private func commit(_ jobs: [Job]) {
        do {
            try database.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for job in jobs { try perform(job, db, alone: jobs.count == 1) }
                    try beforeCommit()
                    return .commit
                }
            }
        } catch {
            for job in jobs where job.failure == nil { job.failure = error }
        }
        for job in jobs {
            job.body = nil
            job.done.signal()
        }
    }

    private func perform(_ job: Job, _ db: Database, alone: Bool) throws {
        guard !alone else { return try job.body?(db) ?? () }
        // GRDB's own savepoints would be parsed anew for each job.
        try db.cachedStatement(sql: "SAVEPOINT job").execute()
        do {
            try job.body?(db)
        } catch {
            // A full or failing disk may have ended the whole transaction.
            guard db.isInsideTransaction else { throw error }
            job.failure = error
            try db.cachedStatement(sql: "ROLLBACK TO job").execute()
        }
        try db.cachedStatement(sql: "RELEASE job").execute()
    }
}
