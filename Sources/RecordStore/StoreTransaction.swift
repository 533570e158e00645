package import Causality
import Foundation
package import GRDB
package import Records
package import SyncProtocol

/// One transaction on a replica's store. Its parts stand in extensions, a file a subject.
package final class StoreTransaction {
    package let db: Database
    /// Who writes here.
    package internal(set) var identity: ReplicaIdentity
    package var replica: ReplicaID { identity.replica }
    let world: World

    var spaces: [Int64: SpaceState] = [:]
    var spaceIDs: [String: Int64] = [:]
    var replicaIDs: [ReplicaID: Int64] = [:]
    var replicaNames: [Int64: ReplicaID] = [:]
    var branches: [ReplicaID: Branch?] = [:]
    var lostLines: [LostLineKey: LostLine] = [:] {
        didSet { if lostLines.isEmpty { lostLineSegments = [:] } }
    }
    /// By spaces, the segments that have a receipt and were made on lost lines, as far as they were looked for.
    var lostLineSegments: [Int64: [SegmentRow]] = [:]
    let formCache: FormCache
    private let defersSearch: Bool
    var forms: [FormReference: FormDefinition] = [:]
    /// Whether some form seals records of these, as far as that was asked.
    var sealedForms: [String: Bool] = [:]
    var statements = [PreparedStatement?](repeating: nil, count: MergeStatement.allCases.count)
    /// Somebody else writes under the same key: the transaction ends with a new one.
    var mustGoOnAsNew = false
    /// Records whose search row is brought up to date when the transaction ends, and whether their case is too.
    var touched: [Int64: Bool] = [:]

    init(_ db: Database, identity: ReplicaIdentity, world: World, formCache: FormCache, defersSearch: Bool) {
        self.formCache = formCache
        self.defersSearch = defersSearch
        self.db = db
        self.identity = identity
        self.world = world
    }

    /// Writes what was kept back to be written once, and lets the statements go.
    func finish() throws {
        defer { statements = statements.map { _ in nil } }
        if mustGoOnAsNew { try goOnAsNew() }
        try bringUpToDate()
        for (id, space) in spaces where space.isChanged { try save(space, id) }
    }

    /// Beyond so many records, search rows are left for when somebody searches.
    private static let fewRecords = 64

    func touch(_ record: Int64, mayBeCase: Bool) {
        touched[record] = (touched[record] ?? false) || mayBeCase
    }

    /// Brings the cases and search rows of all that was touched up to date, which the end of a transaction does too.
    package func bringUpToDate() throws {
        let defers = defersSearch || touched.count > Self.fewRecords
        for (record, mayBeCase) in touched.sorted(by: { $0.key < $1.key }) {
            if mayBeCase, Safeguard.casesCurrent.isOn { try refreshConflict(of: record) }
            if defers { try deferSearch(of: record) } else { try refreshSearch(of: record) }
        }
        touched = [:]
    }
}

/// Where a replica stands in one space.
package struct SpaceState: Sendable {
    package let id: Int64
    package let name: String
    package let tag: [UInt8]
    /// How much of the hub's log is held.
    package var position: LogPosition { didSet { isChanged = true } }
    package var digest: StateDigest { didSet { isChanged = true } }
    /// The index below which no entry of the hub's log is held; 0 where all are.
    package var floor: UInt64 { didSet { isChanged = true } }
    package var fill: Fill { didSet { isChanged = true } }
    /// Where epochs after the first begin in the log.
    var epochs: EpochStarts { didSet { isChanged = true } }
    /// Whether branches of logs or lost entries are known in it.
    package var isTangled: Bool { didSet { isChanged = true } }
    var isChanged = false

    /// Where epochs begin in the log, in order; none while it has one.
    package var epochStarts: [UInt64] { epochs.indices }

    /// The epoch of the log's entry at `index`.
    package func epoch(at index: UInt64) -> UInt64 { epochs.epoch(at: index, latest: max(1, position.epoch)) }

    package enum Fill: Int64, Sendable {
        case none
        /// The snapshot that the floor comes from is loading. What is not loaded yet is not known.
        case filling
        /// No snapshot is wanted.
        case declined
    }
}

extension StoreTransaction {
    /// The replica's clock, in milliseconds since 1970 UTC.
    package var now: Int64 { world.now() }
    /// The day in Vietnam.
    package var today: CalendarDate { .inVietnam(milliseconds: now) }

    package func setting(_ key: String) throws -> [UInt8]? {
        try Data.fetchOne(db.cachedStatement(sql: "SELECT value FROM setting WHERE key = ?"), arguments: [key]).map {
            Array($0)
        }
    }

    package func setSetting(_ key: String, _ value: [UInt8]?) throws {
        if let value {
            try db.cachedStatement(
                sql:
                    "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            ).execute(arguments: [key, Data(value)])
        } else {
            try db.cachedStatement(sql: "DELETE FROM setting WHERE key = ?").execute(arguments: [key])
        }
    }

    /// The spaces that this replica takes part in, by name.
    package func allSpaces() throws -> [SpaceState] {
        try String.fetchAll(db.cachedStatement(sql: "SELECT name FROM space ORDER BY name")).map { try space($0) }
    }

    package func hasSpace(_ name: String) throws -> Bool { try spaceID(name) != nil }

    /// Makes the space known here; harmless when it is.
    package func ensureSpace(_ name: String) throws {
        guard try spaceID(name) == nil else { return }
        try db.cachedStatement(sql: "INSERT INTO space (name, tag, log_hash, digest) VALUES (?, ?, ?, ?)").execute(
            arguments: [name, Data(Words.tag(ofSpace: name)), Data(Hash256.zero.bytes), Data(StateDigest.empty.bytes)])
    }

    /// - Throws: `space.unknown`.
    package func space(_ name: String) throws -> SpaceState {
        if let id = spaceIDs[name] { return try space(id) }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.spaceColumns) FROM space WHERE name = ?"), arguments: [name])
        guard let row else { throw StoreError(.spaceUnknown, ["space": name]) }
        return try space(row)
    }

    package func space(_ id: Int64) throws -> SpaceState {
        if let known = spaces[id] { return known }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.spaceColumns) FROM space WHERE id = ?"), arguments: [id])
        return try space(row.orDamaged("space"))
    }

    private static let spaceColumns = "id, name, tag, epoch, position, log_hash, digest, floor, fill, epochs, tangled"

    private func space(_ row: Row) throws -> SpaceState {
        let id: Int64 = try row.at(0)
        let state = SpaceState(
            id: id, name: try row.at(1), tag: Array(try row.at(2) as Data),
            position: LogPosition(
                epoch: try row.natural(3), index: try row.natural(4),
                hash: try Hash256(bytes: row.at(5) as Data).orDamaged("log_hash")),
            digest: try StateDigest(bytes: Array(row.at(6) as Data)).orDamaged("digest"),
            floor: try row.natural(7), fill: try SpaceState.Fill(rawValue: row.at(8)).orDamaged("fill"),
            epochs: try EpochStarts(bytes: Array(row.at(9) as Data)).orDamaged("epochs"),
            isTangled: try row.at(10) as Int64 == 1)
        spaceIDs[state.name] = id
        // What this transaction has changed is newer than its row.
        if let known = spaces[id] { return known }
        spaces[id] = state
        return state
    }

    func update(_ id: Int64, _ body: (inout SpaceState) -> Void) throws {
        var state = try space(id)
        body(&state)
        spaces[id] = state
    }

    private func spaceID(_ name: String) throws -> Int64? {
        if let known = spaceIDs[name] { return known }
        let id = try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM space WHERE name = ?"), arguments: [name])
        spaceIDs[name] = id
        return id
    }

    private func save(_ space: SpaceState, _ id: Int64) throws {
        try db.cachedStatement(
            sql: """
                UPDATE space SET epoch = ?, position = ?, log_hash = ?, digest = ?, floor = ?, fill = ?, epochs = ?,
                tangled = ? WHERE id = ?
                """
        ).execute(arguments: [
            Int64(space.position.epoch), Int64(space.position.index), Data(space.position.hash.bytes),
            Data(space.digest.bytes), Int64(space.floor), space.fill.rawValue, Data(space.epochs.bytes),
            space.isTangled ? 1 : 0, id,
        ])
        spaces[id]?.isChanged = false
    }
}

extension StoreTransaction {
    /// The row of a replica, made when it is new.
    package func ensureReplica(_ replica: ReplicaID, publicKey: [UInt8], certificate: [UInt8]? = nil) throws -> Int64 {
        if let known = try replicaRow(replica) { return known }
        try db.cachedStatement(sql: "INSERT INTO replica (name, public_key, certificate) VALUES (?, ?, ?)").execute(
            arguments: [Data(replica.bytes), Data(publicKey), certificate.map { Data($0) }])
        let id = db.lastInsertedRowID
        replicaIDs[replica] = id
        return id
    }

    package func publicKey(of replica: ReplicaID) throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT public_key FROM replica WHERE name = ?"), arguments: [Data(replica.bytes)]
        )
        .map { Array($0) }
    }

    package func certificate(of replica: ReplicaID) throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT certificate FROM replica WHERE name = ?"), arguments: [Data(replica.bytes)]
        )
        .map { Array($0) }
    }

    package func setCertificate(_ certificate: [UInt8], of replica: ReplicaID) throws {
        try db.cachedStatement(sql: "UPDATE replica SET certificate = ? WHERE name = ?").execute(arguments: [
            Data(certificate), Data(replica.bytes),
        ])
    }

    func replicaRow(_ replica: ReplicaID) throws -> Int64? {
        if let known = replicaIDs[replica] { return known }
        let id = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM replica WHERE name = ?"), arguments: [Data(replica.bytes)])
        replicaIDs[replica] = id
        return id
    }

    /// - Throws: `replica.unknown`.
    func requireReplica(_ replica: ReplicaID) throws -> Int64 {
        guard let id = try replicaRow(replica) else { throw StoreError(.replicaUnknown, ["replica": replica.word]) }
        return id
    }

    func replica(_ id: Int64) throws -> ReplicaID {
        if let known = replicaNames[id] { return known }
        let name = try Data.fetchOne(db.cachedStatement(sql: "SELECT name FROM replica WHERE id = ?"), arguments: [id])
        let replica = try name.flatMap { ReplicaID(bytes: $0) }.orDamaged("replica")
        replicaNames[id] = replica
        return replica
    }

    /// How far the log of `replica` in the space is held.
    package func head(of replica: ReplicaID, in space: SpaceState) throws -> Head {
        guard let id = try replicaRow(replica),
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT sequence, hash FROM head WHERE space = ? AND replica = ?"),
                arguments: [space.id, id])
        else { return try start(of: replica, in: space) }
        return Head(sequence: try row.natural("sequence"), hash: try row.hash("hash"))
    }

    package func heads(in space: SpaceState) throws -> [(replica: ReplicaID, head: Head)] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT replica, sequence, hash FROM head WHERE space = ?"), arguments: [space.id]
        )
        .map { row in
            (
                try replica(row.at("replica")),
                Head(sequence: try row.natural("sequence"), hash: try row.hash("hash"))
            )
        }
        .sorted { $0.0 < $1.0 }
    }

    func setHead(_ head: Head, of replica: Int64, in space: Int64) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO head (space, replica, sequence, hash) VALUES (?, ?, ?, ?)
                ON CONFLICT (space, replica) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                """
        ).execute(arguments: [space, replica, Int64(head.sequence), Data(head.hash.bytes)])
    }
}

extension Optional {
    /// The value, or an error that names what in the store cannot be what this program wrote.
    func orDamaged(_ what: @autoclosure () -> String) throws -> Wrapped {
        guard let self else { throw StoreError(.damaged, ["code": what()]) }
        return self
    }
}
