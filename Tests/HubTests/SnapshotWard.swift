import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing
import Wording

/// A hub that gives snapshots early and in small chunks, with devices that join when a test wants.
final class SnapshotWard {
    /// A line that ends after some bytes of answer.
    struct Line: HubTransport {
        let hub: Hub
        var answerBytes = Int.max

        struct Cut: Error {}

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            var message: [UInt8] = []
            while let piece = try next() { message += piece }
            let answer = try hub.reply(to: message, at: route)
            try take(Array(answer.prefix(answerBytes)))
            if answer.count > answerBytes { throw Cut() }
        }
    }

    final class Ahead: Sendable {
        let milliseconds = Mutex<Int64>(0)
    }

    static let unit = "31120"
    static let space = SpaceName.general(unit)
    static let form = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
            FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), max: "999"),
            FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note")),
        ])

    let folder: URL
    private(set) var hub: Hub
    private let policy: SnapshotPolicy
    private let form: FormDefinition
    /// How far the hub's clock is ahead, in milliseconds.
    let ahead = Ahead()
    private var devices: UInt8 = 1

    /// - Parameter packedAim: the size from which a chunk is cut in two.
    init(packedAim: Int = SnapshotPolicy().packedAim, form: FormDefinition = SnapshotWard.form) throws {
        self.form = form
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-snapshot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var policy = SnapshotPolicy()
        policy.leastChanges = 10
        policy.chunkAim = packedAim < 500 ? 5000 : 500
        policy.packedAim = packedAim
        self.policy = policy
        hub = try Self.open(folder.appendingPathComponent("hub.db"), policy, ahead)
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
    }

    private static func open(_ path: URL, _ policy: SnapshotPolicy, _ ahead: Ahead) throws -> Hub {
        try Hub(
            path: path.path, identity: try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))),
            world: World(now: { World.system.now() + ahead.milliseconds.withLock { $0 } }, random: World.system.random),
            snapshots: policy)
    }

    /// The hub is put back from a copy that was made before `meanwhile`.
    func putHubBack(after meanwhile: () throws -> Void) throws {
        let copy = folder.appendingPathComponent("hub-copy.db")
        try StoreBackup.write(of: folder.appendingPathComponent("hub.db").path, to: copy.path, now: 0)
        try meanwhile()
        hub = try Self.open(copy, policy, ahead)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A device that is enrolled and has not synced.
    func device(knowsForm: Bool = true, world: World = .system) throws -> AgentDevice {
        devices += 1
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: devices, count: 32)))
        let device = try AgentDevice(
            path: folder.appendingPathComponent("\(devices).db").path, identity: identity, unit: Self.unit,
            world: world)
        if knowsForm { try device.store.write { try $0.storeForm(form) } }
        let code = try hub.makeEnrolCode(unit: Self.unit, spaces: [], hours: 1).code
        _ = try device.enrol(url: "test:", code: try #require(EnrolmentCode(code.text)), over: Line(hub: hub))
        return device
    }

    /// The device as it was when somebody copied its disk, put back from that copy after `meanwhile`.
    func putBack(_ device: AgentDevice, number: Int, after meanwhile: (AgentDevice) throws -> Void) throws
        -> AgentDevice
    {
        let path = folder.appendingPathComponent("\(number).db").path
        let copy = folder.appendingPathComponent("copy-\(number).db").path
        try StoreBackup.write(of: path, to: copy, now: 0)
        try meanwhile(device)
        return try AgentDevice(path: copy, identity: nil, unit: nil, world: .system)
    }

    /// A record of the catalogue that was written over and over.
    func makeCatalogueHistory() throws {
        let made = try hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text("31120"))), ("name_vi", .set(.text("Phường")))])
        ])
        let word = try hub.store.read { try $0.view(ofRow: made[0].record).word }
        for number in 0..<20 {
            _ = try hub.capture([Draft(.edit(word), edits: [("name_vi", .set(.text("Phường \(number)")))])])
        }
    }

    func sync(_ devices: AgentDevice...) throws {
        for device in devices {
            let report = try device.sync(over: Line(hub: hub))
            #expect(report.complete, "left \(report.left), \(report.refusals)")
        }
    }

    /// A device whose records were each written several times: mostly history.
    func veteran(records: Int = 12, edits: Int = 4) throws -> (device: AgentDevice, words: [String]) {
        let device = try device()
        try sync(device)
        var words: [String] = []
        for number in 0..<records {
            words.append(try save(device, [("key", .set(.text("k\(number)"))), ("value", .set(.integer(0)))]))
        }
        for edit in 1...edits {
            for word in words {
                _ = try save(
                    device, [("value", .set(.integer(Int64(edit)))), ("note", .set(.text("n\(edit)")))], to: word)
            }
            try sync(device)
        }
        return (device, words)
    }

    @discardableResult func save(
        _ device: AgentDevice, _ edits: [(String, Draft.Edit)], to word: String? = nil, base: String? = nil,
        by author: String = ""
    ) throws -> String {
        let target: Draft.Target = word.map { .edit($0) } ?? .new(form: "reading", space: Self.space)
        let captured = try device.capture([Draft(target, edits: edits, baseToken: base, author: author)])
        return try device.store.read { try $0.view(ofRow: captured[0].record).word }
    }

    func show(_ store: ReplicaStore, _ word: String) throws -> RecordView {
        try store.read { try $0.view(ofRow: $0.locate(word).row) }
    }

    func space(_ store: ReplicaStore) throws -> SpaceState { try store.read { try $0.space(Self.space) } }

    /// Both hold the same, and neither holds anything wrong.
    func expectAgreement(_ device: AgentDevice) throws {
        let (own, theirs) = (try space(device.store), try space(hub.store))
        #expect(own.position == theirs.position)
        #expect(own.digest == theirs.digest)
        #expect(own.fill != .filling)
        #expect(try device.store.verify() == [])
        let heads = try [device.store, hub.store].map { store in
            try store.read { store in try store.heads(in: store.space(Self.space)).map(\.head) }
        }
        #expect(heads[0] == heads[1])
        let shown = try [device.store, hub.store].map { store in
            try store.read { try $0.records(form: "reading") }
                .map { "\($0.word) \($0.fields.sorted { $0.key < $1.key }) \($0.conflicts)" }.sorted()
        }
        #expect(shown[0] == shown[1])
    }

    /// Lets the device load `chunks` chunks and no more.
    func load(_ chunks: Int, into device: AgentDevice) throws {
        for _ in 0...chunks {
            if try device.store.read({ try $0.filling(of: $0.space(Self.space))?.loaded ?? 0 }) >= chunks { return }
            let link = try #require(try device.hub())
            var options = DeviceExchange.Options()
            options.answerLimit = 1
            let exchange = DeviceExchange(device, with: link, options)
            try Line(hub: hub).exchange(.sync, sending: exchange.nextPiece, receiving: exchange.take)
        }
    }
}
