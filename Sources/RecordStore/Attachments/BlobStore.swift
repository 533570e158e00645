package import Causality

/// Where the bytes of attachments lie, each under its SHA-256. What it has is whole and durable. What is still coming in lies beside it
/// as a beginning, which grows by whole chunks, so that a cut line costs the chunk that was under way.
package protocol BlobStore: Sendable {
    /// How many bytes it has; `nil` where it does not have all of them.
    func byteCount(of hash: Hash256) throws -> Int?
    /// When the bytes came here, in milliseconds since 1970; `nil` where it does not have all of them.
    func stored(_ hash: Hash256) throws -> Int64?
    /// - Returns: fewer bytes at the end, none where there is nothing.
    func read(_ hash: Hash256, from offset: Int, count: Int) throws -> [UInt8]
    /// Begins to keep bytes that are made on this machine.
    func intake() throws -> any BlobIntake

    /// How many bytes of the beginning are here.
    func beginning(of hash: Hash256) throws -> Int
    /// Adds to the beginning, durable when it returns. What is there already is left as it is.
    /// - Throws: `attachment.gap` where the beginning does not reach to `offset`; `store.full`.
    func append(_ bytes: [UInt8], at offset: Int, to hash: Hash256) throws
    /// Takes the beginning in as the whole.
    /// - Returns: whether its bytes have that hash. Those that have not are forgotten.
    func finish(_ hash: Hash256) throws -> Bool
    func remove(_ hash: Hash256) throws

    /// Everything that it has, whole.
    func all() throws -> [Hash256]
    /// Bytes that the disk has left; `nil` where that is not known.
    var room: Int64? { get }
}

/// Bytes on their way into a store, for one thread at a time. Let go of before its end, it leaves nothing.
package protocol BlobIntake: AnyObject, Sendable {
    func add(_ bytes: [UInt8]) throws
    /// Keeps them, durable when it returns.
    /// - Returns: what they are known by now.
    func finish() throws -> (hash: Hash256, byteCount: Int)
}

extension BlobStore {
    /// Whether the bytes that it has under a hash are those of the hash.
    package func isSound(_ hash: Hash256) throws -> Bool {
        var sum = RunningHash()
        var offset = 0
        while true {
            let bytes = try read(hash, from: offset, count: BlobFolder.pieceBytes)
            guard !bytes.isEmpty else { return sum.value == hash }
            sum.add(bytes)
            offset += bytes.count
        }
    }
}
