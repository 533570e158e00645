import RecordStore
import Records
import SyncProtocol

/// A session with the hub as the device keeps it, so that one program's exchange goes on where another's ended.
struct DeviceSession {
    let id: UInt32
    let keys: SessionKeys
    /// The hub's epoch when the session began.
    let epoch: UInt64
    /// The hub's time when the session began, in seconds since 1970.
    let begun: Int64
    /// Of the latest request.
    var counter: UInt64

    private static let key = "sync.session"

    static func kept(in store: StoreTransaction) throws -> DeviceSession? {
        guard let bytes = try store.setting(key) else { return nil }
        var reader = ByteReader(bytes)
        guard let id = try? reader.varint(), let keys = try? reader.raw(SessionKeys.byteCount),
            let epoch = try? reader.varint(), let begun = try? reader.signed(), let counter = try? reader.varint()
        else { return nil }
        return DeviceSession(
            id: UInt32(truncatingIfNeeded: id), keys: SessionKeys(bytes: keys), epoch: epoch, begun: begun,
            counter: counter)
    }

    func keep(in store: StoreTransaction) throws {
        var writer = ByteWriter()
        writer.varint(UInt64(id))
        writer.raw(keys.bytes)
        writer.varint(epoch)
        writer.signed(begun)
        writer.varint(counter)
        try store.setSetting(Self.key, writer.bytes)
    }

    static func forget(in store: StoreTransaction) throws { try store.setSetting(key, nil) }
}
