import Causality
import GRDB
import Records
import SyncProtocol

extension ReplicaStore {
    /// Reads every attachment and looks whether its bytes are those of its hash, and whether what must be there is.
    /// - Parameter isHub: whether it must have all that it noted as stored; else what its own records list and no hub has.
    package func attachmentProblems(in blobs: some BlobStore, isHub: Bool) throws -> [Problem] {
        var problems: [Problem] = []
        let held = Set(try blobs.all())
        for hash in held.sorted(by: { $0.hex < $1.hex }) where try !blobs.isSound(hash) {
            problems.append(Problem(.attachment, of: hash.hex))
        }
        let due = try read { store in
            let stored = try store.storedAttachments()
            return isHub ? stored : try store.ownAttachments().subtracting(stored)
        }
        for hash in due.subtracting(held).sorted(by: { $0.hex < $1.hex }) {
            problems.append(Problem(.attachmentGone, of: hash.hex))
        }
        return problems
    }
}

extension StoreTransaction {
    /// What this replica's own changes list.
    fileprivate func ownAttachments() throws -> Set<Hash256> {
        let words = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT item FROM version
                WHERE length(version.item) >= \(Attachment.fewestWordBytes) AND replica = ?
                """, arguments: [try requireReplica(identity.replica)])
        return Set(words.compactMap { Attachment(word: $0)?.hash })
    }
}
