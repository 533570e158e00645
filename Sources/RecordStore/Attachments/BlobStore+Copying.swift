package import Causality

extension BlobStore {
    /// Takes in what another store has under `hashes` and this one has not, each looked at on its way: damaged ones are left out.
    /// - Returns: how many came, and their bytes.
    @discardableResult
    package func take(_ hashes: some Sequence<Hash256>, from other: some BlobStore) throws -> (count: Int, bytes: Int) {
        var taken = (count: 0, bytes: 0)
        for hash in hashes where try byteCount(of: hash) == nil && other.byteCount(of: hash) != nil {
            let intake = try intake()
            var offset = 0
            while true {
                let bytes = try other.read(hash, from: offset, count: BlobFolder.pieceBytes)
                guard !bytes.isEmpty else { break }
                try intake.add(bytes)
                offset += bytes.count
            }
            let found = try intake.finish().hash
            if found == hash {
                taken.count += 1
                taken.bytes += offset
            } else {
                try remove(found)
            }
        }
        return taken
    }
}
