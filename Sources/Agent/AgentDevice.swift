package import Causality
package import RecordStore
package import Records
package import SyncProtocol
package import Wording

/// One device of a unit: its replica, and what it knows of its hub.
package final class AgentDevice: Sendable {
    package let store: ReplicaStore
    package let unit: String
    /// Whether it is for practice: it never meets a hub, and none would take in what it holds.
    package let isTraining: Bool
    private let path: String
    /// Photos and files that records list.
    package let blobs: any BlobStore

    /// Where the hub is and by which key it is known.
    package struct HubLink: Hashable, Sendable {
        package let url: String
        package let publicKey: [UInt8]
        package var replica: ReplicaID { ReplicaID(publicKey: publicKey) }
        /// Whether it is spoken to by TLS.
        var isSecure: Bool { url.lowercased().hasPrefix("https:") }
    }

    enum Key {
        static let unit = "unit"
        static let training = "training"
        static let unitNames = "training.unit"
        static let hubURL = "hub.url"
        static let hubKey = "hub.key"
        static let certificate = "certificate"
        static let counter = "sync.counter"
        static let lastSync = "sync.last"
        static let lastError = "sync.error"
        static let epoch = "sync.epoch"
    }

    /// Opens the device's database, and makes one for `unit` when there is none.
    /// - Parameter identity: who writes in a database that is made.
    /// - Parameter isTraining: whether a database that is made is for practice.
    /// - Parameter concurrentReads: whether pages are to be read while a sync writes. Whoever saves then waits for no search row.
    /// - Parameter blobs: where attachments lie; `nil`: in a folder beside the database.
    package init(
        path: String, identity: ReplicaIdentity?, unit: String?, isTraining: Bool = false,
        forms: [FormDefinition] = [], world: World, concurrentReads: Bool = false, blobs: (any BlobStore)? = nil
    ) throws {
        self.path = path
        self.blobs = blobs ?? BlobFolder(beside: path)
        store = try ReplicaStore(
            path: path, identity: identity, world: world, tables: [FormDraft.table, TrafficMeter.table],
            concurrentReads: concurrentReads, defersSearch: concurrentReads)
        (self.unit, self.isTraining) = try store.write { store in
            if let known = try store.setting(Key.unit) {
                return (String(decoding: known, as: UTF8.self), try store.setting(Key.training) != nil)
            }
            guard let unit else { throw AgentError(.notInitialized) }
            let owner = isTraining ? SpaceName.training(unit) : unit
            guard SpaceName.isUnitCode(owner), isTraining || !SpaceName.isTraining(unit) else {
                throw AgentError(.unitInvalid, ["unit": unit])
            }
            try store.setSetting(Key.unit, Array(unit.utf8))
            if isTraining { try store.setSetting(Key.training, [1]) }
            for space in [SpaceName.general(owner), SpaceName.people(owner), SpaceName.catalogue] {
                try store.ensureSpace(space)
            }
            try forms.forEach(store.storeForm)
            return (unit, isTraining)
        }
    }

    /// By whose name its spaces go: the unit's, or another for practice.
    package var spaceOwner: String { isTraining ? SpaceName.training(unit) : unit }

    /// What the unit is called, on a device for practice, which has no catalogue; `nil`: the catalogue says.
    package func practisingUnit(_ language: Language, _ store: StoreTransaction) throws -> String? {
        guard isTraining, let names = try store.setting(Key.unitNames) else { return nil }
        let both = String(decoding: names, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return both.count == 2 ? String(both[language == .vi ? 0 : 1]) : nil
    }

    /// Where what is saved here goes unless somebody says otherwise.
    package var space: String { SpaceName.general(spaceOwner) }

    /// Whether the database at `path` is a device's that was made to the end.
    static func isMade(path: String) -> Bool { ReplicaStore.isSet(Key.unit, path: path) }

    /// Keeps a copy of the database beside it, of what the device is about to let go of.
    /// - Returns: where the copy is.
    @discardableResult func keepCopy() throws -> String {
        let now = store.world.now()
        let copy = path + ".kept-\(now)"
        try store.world.copy(path, copy, now)
        return copy
    }

    /// Who writes here now. It changes when another went on under the same key.
    package var replica: ReplicaID { get throws { try store.identity.replica } }

    package func hub() throws -> HubLink? { try store.read(hub) }

    package func hub(_ store: StoreTransaction) throws -> HubLink? {
        guard let url = try store.setting(Key.hubURL), let key = try store.setting(Key.hubKey) else { return nil }
        return HubLink(url: String(decoding: url, as: UTF8.self), publicKey: key)
    }

    package func capture(_ drafts: [Draft]) throws -> [Captured] {
        guard Safeguard.batchesWhole.isOn else {
            return try drafts.flatMap { draft in try store.write { try $0.capture([draft]) } }
        }
        return try store.write { try capture(drafts, in: $0) }
    }

    /// Saves drafts as a part of a transaction of its store.
    package func capture(_ drafts: [Draft], in store: StoreTransaction) throws -> [Captured] {
        try attachments.requireHeld(drafts, store)
        return try store.capture(drafts)
    }

    /// How the device stands with its hub.
    package struct Standing: Sendable {
        package let isEnrolled: Bool
        /// The latest exchange that came to an end, in milliseconds since 1970.
        package let lastSync: Int64?
        /// The code of what stopped the latest exchange; `nil` when nothing did.
        package let lastError: String?
    }

    package func standing(_ store: StoreTransaction) throws -> Standing {
        func text(_ key: String) throws -> String? {
            try store.setting(key).map { String(decoding: $0, as: UTF8.self) }
        }
        return Standing(
            isEnrolled: try store.setting(Key.hubURL) != nil, lastSync: try text(Key.lastSync).flatMap { Int64($0) },
            lastError: try text(Key.lastError))
    }

    package func lastSync() throws -> Int64? { try store.read { try standing($0).lastSync } }

    package func lastError() throws -> String? { try store.read { try standing($0).lastError } }
}
