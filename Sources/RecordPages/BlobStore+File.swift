import Causality
package import RecordStore
import Records
package import WebPages

extension BlobStore {
    /// The file of that hash for a page; `nil` where it is not here, or of no kind that is shown.
    package func file(_ hex: String) throws -> StoredFile? {
        guard let hash = Hash256(hex: hex), let count = try byteCount(of: hash),
            let kind = Attachment.Kind(start: try read(hash, from: 0, count: BlobFolder.pieceBytes))
        else { return nil }
        return StoredFile(
            hash: hex, byteCount: count, mediaType: kind.mediaType, ending: kind.rawValue, isShown: kind.isImage
        ) { [self] offset in try read(hash, from: offset, count: BlobFolder.pieceBytes) }
    }
}
