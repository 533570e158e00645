import Dispatch
package import RecordStore

/// Makes the search rows that were left behind, so that nobody who saves waits for them, and hardly anybody who searches: an import
/// and a first sync leave one for each record.
package struct BackgroundSearch: Sendable {
    private let store: ReplicaStore
    private let thread = DispatchQueue(label: "phusa.search", qos: .utility)

    package init(store: ReplicaStore) { self.store = store }

    /// Runs until its task is cancelled. Nothing is written while nothing is left behind.
    package func run() async {
        while !Task.isCancelled {
            if await catchUp() { continue }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Makes some rows, in one transaction, so that whoever saves meanwhile waits for no more than those.
    /// - Returns: whether there may be more.
    package func catchUp() async -> Bool {
        await withCheckedContinuation { done in
            thread.async {
                // What cannot be written now is tried again, and made at the latest by whoever searches.
                done.resume(returning: (try? store.catchUpSomeSearch()) ?? false)
            }
        }
    }
}
