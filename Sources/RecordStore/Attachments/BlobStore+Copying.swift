package import Causality

/// What came of copying attachments from one store to another.
package struct TakenAttachments: Hashable, Sendable {
    package var count = 0
    package var bytes = 0
    /// Whether nothing is missing for want of room.
    package var isComplete = true
    /// How many the other store has not got, or damaged.
    package var missing = 0

    package init() {}
}

extension BlobStore {
    /// Takes in what another store has under `hashes` and this one has not. Damaged ones are left out.
    /// - Parameter reserve: bytes that the disk is to have left.
    @discardableResult
    package func take(
        _ hashes: some Sequence<Hash256>, from other: some BlobStore, leaving reserve: Int64 = 0
    ) throws -> TakenAttachments {
        var taken = TakenAttachments()
        for hash in hashes where try byteCount(of: hash) == nil {
            guard let size = try other.byteCount(of: hash), try other.isSound(hash) else {
                taken.missing += 1
                continue
            }
            guard room.map({ $0 - Int64(size) >= reserve }) ?? true else {
                taken.isComplete = false
                return taken
            }
            let intake = try intake()
            var offset = 0
            while true {
                let bytes = try other.read(hash, from: offset, count: BlobFolder.pieceBytes)
                guard !bytes.isEmpty else { break }
                try intake.add(bytes)
                offset += bytes.count
            }
            guard try intake.finish().hash == hash else {
                taken.missing += 1
                continue
            }
            taken.count += 1
            taken.bytes += offset
        }
        return taken
    }
}
