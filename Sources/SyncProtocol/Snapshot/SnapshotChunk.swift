package import Causality
import Records

/// A part of a snapshot: heads of replicas, and changes of which something is left in the state.
package struct SnapshotChunk: Sendable {
    package let heads: [SnapshotHead]
    package let changes: [SnapshotChange]

    package init(heads: [SnapshotHead] = [], changes: [SnapshotChange] = []) {
        self.heads = heads
        self.changes = changes
    }
}

/// How far a replica's log goes at the snapshot's place.
package struct SnapshotHead: Hashable, Sendable {
    package let publicKey: [UInt8]
    package let head: Head
    /// The index of the replica's first receipt: what names it in the chunks.
    package let received: UInt64

    package init(publicKey: [UInt8], head: Head, received: UInt64) {
        self.publicKey = publicKey
        self.head = head
        self.received = received
    }

    package var replica: ReplicaID { ReplicaID(publicKey: publicKey) }
}

/// A change of which something is left: a version that stands or that waiting changes cover, or that it waits itself, or
/// a refusal that nobody has settled.
package struct SnapshotChange: Hashable, Sendable {
    package enum Decision: UInt64, Sendable {
        case undecided, accepted, refused
    }

    /// What is left of one operation.
    package enum Remainder: UInt64, Sendable {
        /// A change that is accepted covers it.
        case nothing
        case standing
        /// Covered by changes that wait, and kept until they are decided.
        case covered
    }

    package let replica: ReplicaID
    package let logged: LoggedChange
    /// The index of the hub's log that its segment depends on.
    package let depends: UInt64
    /// The index of its receipt.
    package let received: UInt64
    /// The hub's clock at receipt, in milliseconds since 1970.
    package let receivedAt: Int64
    package let decision: Decision
    /// Why it is refused.
    package let code: String
    package let details: [String: String]
    /// The first bits of the chain's value after it, for the words that name it.
    package let linkPrefix: UInt32
    /// Those of the change that created its record; of no meaning where the record has a natural key.
    package let recordPrefix: UInt32
    /// One for each operation; none where the contents cannot be read.
    package let remainders: [Remainder]

    package init(
        replica: ReplicaID, logged: LoggedChange, depends: UInt64, received: UInt64, receivedAt: Int64,
        decision: Decision, code: String = "", details: [String: String] = [:], linkPrefix: UInt32,
        recordPrefix: UInt32, remainders: [Remainder]
    ) {
        self.replica = replica
        self.logged = logged
        self.depends = depends
        self.received = received
        self.receivedAt = receivedAt
        self.decision = decision
        self.code = code
        self.details = details
        self.linkPrefix = linkPrefix
        self.recordPrefix = recordPrefix
        self.remainders = remainders
    }

    package var dot: Dot { Dot(replica, logged.sequence) }
}
