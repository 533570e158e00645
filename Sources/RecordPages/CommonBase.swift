import Causality
package import RecordStore
package import Records

/// What the authors of several standing versions had all seen before they wrote.
package enum CommonBase {
    /// The latest value of `register` that every one of `versions` had seen; `nil` when there was none.
    package static func value(
        of register: RegisterKey, under versions: [RecordView.Version], in changes: [StoredChange]
    ) -> Value? {
        let seen = changes.filter { change in
            change.decision != .refused
                && versions.allSatisfy { version in
                    version.dot != change.dot && version.base.covers(change.dot, received: change.received)
                }
        }
        let writers = seen.compactMap { change in
            change.operations.first { $0.register == register }.map { (change: change, value: $0.value) }
        }
        // The latest: those that no other of them had seen; several only where a case was open before.
        let last = writers.filter { writer in
            !writers.contains { other in
                other.change.dot != writer.change.dot
                    && other.change.base.covers(writer.change.dot, received: writer.change.received)
            }
        }
        return last.max { $0.change.time < $1.change.time }?.value
    }
}
