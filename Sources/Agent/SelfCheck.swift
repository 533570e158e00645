import Dispatch
package import RecordStore
import Synchronization
package import Wording

/// What a serving program looked at in its store when it began, and what came of it.
package final class SelfCheck: Sendable {
    package enum Outcome: Sendable {
        case running
        /// When it ended, in milliseconds since 1970, and how long it took.
        case good(at: Int64, milliseconds: Int64)
        case failed(ReportedError)
    }

    private let kept = Mutex(Outcome.running)

    package init() {}

    package var outcome: Outcome { kept.withLock { $0 } }

    /// Looks at the store beside a server that answers already: it reads the whole file, which the first page need not wait for.
    /// Then waits until its task is cancelled.
    /// - Throws: `store.damaged`.
    package func run(beside store: ReplicaStore) async throws {
        try? await Task.sleep(for: Self.pause)
        guard !Task.isCancelled else { return }
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            DispatchQueue(label: "phusa.self-check", qos: .utility).async {
                done.resume(with: Result { try self.run(on: store) })
            }
        }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
    }

    /// Whoever opens the first page at once has the disk for themselves.
    private static let pause = Duration.seconds(2)

    /// - Throws: `store.damaged`.
    package func run(on store: ReplicaStore) throws {
        let begin = ContinuousClock.now
        do {
            try store.selfCheck()
            let took = Int64(begin.duration(to: .now) / .milliseconds(1))
            kept.withLock { $0 = .good(at: store.world.now(), milliseconds: took) }
        } catch {
            let coded = error as? any CodedError ?? StoreError(.unavailable)
            kept.withLock { $0 = .failed(ReportedError(code: coded.code, details: coded.details)) }
            throw error
        }
    }
}
