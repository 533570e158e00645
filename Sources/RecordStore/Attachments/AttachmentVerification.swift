import Causality
import GRDB
import Records

extension ReplicaStore {
    /// Reads every attachment and looks whether its bytes are those of its hash, and whether what must be there is.
    /// - Parameter isHub: whether it must have all that it noted as stored; else what its own records list and no hub has.
    package func attachmentProblems(in blobs: some BlobStore, isHub: Bool) throws -> [Problem] {
        var problems: [Problem] = []
        let held = Set(try blobs.all())
        let (stored, own) = try read { (try $0.storedAttachments(), try $0.ownAttachments()) }
        for hash in held.sorted(by: { $0.hex < $1.hex }) where try !blobs.isSound(hash) {
            // What a device has and its hub has not may be all that is left of it.
            problems.append(Problem(isHub || stored.contains(hash) ? .attachment : .attachmentAlone, of: hash.hex))
        }
        let due = isHub ? stored : own.subtracting(stored)
        for hash in due.subtracting(held).sorted(by: { $0.hex < $1.hex }) {
            problems.append(Problem(.attachmentGone, of: hash.hex))
        }
        return problems
    }
}

extension StoreTransaction {
    /// What changes list that were made in this store, by whatever replica it was then.
    fileprivate func ownAttachments() throws -> Set<Hash256> {
        let words = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT item FROM version
                JOIN record ON record.id = version.record
                JOIN head ON head.space = record.space AND head.replica = version.replica
                WHERE length(version.item) >= \(Attachment.fewestWordBytes) AND version.sequence <= head.made
                """)
        return Set(words.compactMap { Attachment(word: $0)?.hash })
    }
}
