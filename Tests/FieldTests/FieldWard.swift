import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// A hub and the devices of a ward, in which what others met in the field is met again.
final class FieldWard {
    /// A line that may lose the request, or end after some bytes of the answer.
    struct Line: HubTransport {
        let hub: Hub
        var losesRequest = false
        var answerBytes = Int.max

        struct Cut: Error {}

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            var message: [UInt8] = []
            while let piece = try next() { message += piece }
            if losesRequest { throw Cut() }
            let answer = try hub.reply(to: message, at: route)
            try take(Array(answer.prefix(answerBytes)))
            if answer.count > answerBytes { throw Cut() }
        }
    }

    /// A request that has left its device and is still somewhere on the way.
    struct Posted {
        let exchange: DeviceExchange
        let request: [UInt8]
    }

    static let unit = "31120"
    static let otherUnit = "31135"
    static let space = SpaceName.general(unit)
    /// A household that goes by no key, as most things that are registered in the field.
    static let household = FormDefinition(
        form: "household", version: 1, title: Label(vi: "Hộ gia đình", en: "Household"), group: "visits",
        writers: .unit,
        fields: [
            FieldDefinition(name: "name", type: .text, label: Label(vi: "Chủ hộ", en: "Name"), required: true),
            FieldDefinition(name: "age", type: .integer, label: Label(vi: "Tuổi", en: "Age")),
            FieldDefinition(name: "status", type: .text, label: Label(vi: "Tình trạng", en: "Status")),
            FieldDefinition(name: "rate", type: .decimal, label: Label(vi: "Tỷ lệ", en: "Rate")),
        ])
    /// A plot that everybody knows by its number.
    static let plot = FormDefinition(
        form: "plot", version: 1, title: Label(vi: "Thửa", en: "Plot"), group: "visits", writers: .unit,
        fields: [
            FieldDefinition(
                name: "number", type: .text, label: Label(vi: "Số", en: "Number"), required: true, key: true),
            FieldDefinition(name: "age", type: .integer, label: Label(vi: "Tuổi", en: "Age")),
            FieldDefinition(name: "status", type: .text, label: Label(vi: "Tình trạng", en: "Status")),
        ])

    private let folder: URL
    private let policy: SnapshotPolicy
    private(set) var hub: Hub
    private var devices: UInt8 = 1
    private var copies = 0

    /// - Parameter snapshots: whether devices that join late begin with a snapshot however little there is.
    init(snapshots: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-field-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var policy = SnapshotPolicy()
        if snapshots { policy.leastChanges = 10 }
        self.policy = policy
        hub = try Self.open(folder.appendingPathComponent("hub.db"), policy)
        for form in [Self.household, Self.plot] {
            _ = try hub.capture([
                Draft(
                    .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                    edits: [
                        ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                        ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                    ])
            ])
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func open(_ path: URL, _ policy: SnapshotPolicy) throws -> Hub {
        try Hub(
            path: path.path, identity: try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))),
            world: .system, snapshots: policy)
    }

    /// A device of the ward that has synced once.
    func device() throws -> AgentDevice {
        devices += 1
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: devices, count: 32)))
        let device = try AgentDevice(
            path: path(of: devices).path, identity: identity, unit: Self.unit, world: .system)
        let code = try hub.makeEnrolCode(unit: Self.unit, spaces: [], hours: 1).code
        _ = try device.enrol(url: "test:", code: try #require(EnrolmentCode(code.text)), over: Line(hub: hub))
        try sync(device)
        return device
    }

    private func path(of device: UInt8) -> URL { folder.appendingPathComponent("\(device).db") }

    // MARK: Copies

    /// What somebody copied of a machine's disk.
    struct Copy { let path: URL }

    /// A copy of the disk of the device that joined as the `number`th, the first being 1.
    func copyDevice(_ number: UInt8) throws -> Copy { try copy(path(of: number + 1)) }

    func copyHub() throws -> Copy { try copy(folder.appendingPathComponent("hub.db")) }

    private func copy(_ path: URL) throws -> Copy {
        copies += 1
        let copy = folder.appendingPathComponent("copy-\(copies).db")
        try StoreBackup.write(of: path.path, to: copy.path, now: 0)
        return Copy(path: copy)
    }

    /// A device that goes on from a copy: put back in the old one's place, or beside it.
    func device(from copy: Copy) throws -> AgentDevice {
        try AgentDevice(path: copy.path.path, identity: nil, unit: nil, world: .system)
    }

    func putHubBack(to copy: Copy) throws { hub = try Self.open(copy.path, policy) }

    // MARK: What people do

    /// Saves on a device: a new household, or an edit of what `word` names.
    @discardableResult func save(
        _ device: AgentDevice, _ values: [String: Value], to word: String? = nil, base: String? = nil,
        by author: String = "", form: String = "household"
    ) throws -> String {
        let target: Draft.Target = word.map { .edit($0) } ?? .new(form: form, space: Self.space)
        let edits = values.sorted { $0.key < $1.key }.map { ($0.key, Draft.Edit.set($0.value)) }
        let captured = try device.capture([Draft(target, edits: edits, baseToken: base, author: author)])
        return try device.store.read { try $0.view(ofRow: captured[0].record).word }
    }

    func delete(_ device: AgentDevice, _ word: String) throws {
        try save(device, [RegisterKey.deleted.field: .flag(true)], to: word)
    }

    /// Somebody at the hub edits.
    func edit(_ values: [String: Value], of word: String, by author: String = "") throws {
        let edits = values.sorted { $0.key < $1.key }.map { ($0.key, Draft.Edit.set($0.value)) }
        _ = try hub.capture([Draft(.edit(word), edits: edits, author: author)])
    }

    /// What is on screen now, for an edit that is saved later.
    func open(_ device: AgentDevice, _ word: String) throws -> String {
        try device.store.read { store in
            let place = try store.locate(word)
            return try store.baseToken(record: place.record, in: place.space).text
        }
    }

    // MARK: The line

    func sync(_ devices: AgentDevice...) throws {
        for device in devices {
            let report = try device.sync(over: Line(hub: hub))
            #expect(report.complete, "left \(report.left), \(report.refusals)")
        }
    }

    /// A sync that the line does not let come to its end.
    func sync(_ device: AgentDevice, losingRequest: Bool = false, answerBytes: Int = .max) {
        let line = Line(hub: hub, losesRequest: losingRequest, answerBytes: answerBytes)
        _ = try? device.sync(over: line)
    }

    /// What the device would send now, kept back.
    func post(_ device: AgentDevice) throws -> Posted {
        let exchange = DeviceExchange(device, with: try #require(try device.hub()), .init())
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() { request += piece }
        return Posted(exchange: exchange, request: request)
    }

    /// The request comes to the hub now. Whatever it answers does not come back.
    func deliver(_ posted: Posted) { _ = try? hub.answer(posted.request) }

    // MARK: What people see

    func show(_ store: ReplicaStore, _ word: String) throws -> RecordView {
        try store.read { try $0.view(ofRow: $0.locate(word).row) }
    }

    /// What was ever written into a field, in the order of the hub's receipts, refused work left out.
    func history(_ store: ReplicaStore, _ word: String, _ field: String) throws -> [Value] {
        try store.read { store in
            try store.changes(ofRecord: store.locate(word).row).filter { $0.decision != .refused }
                .flatMap(\.operations).filter { $0.register.field == field }.map(\.value)
        }
    }

    /// The values that stand in a field side by side.
    func standing(_ store: ReplicaStore, _ word: String, _ field: String) throws -> Set<Value> {
        Set(try show(store, word).versions[field, default: []].map(\.value))
    }

    func cases() throws -> [RecordView] { try hub.store.read { try $0.conflicts().map(\.view) } }

    /// Everybody shows the same, nothing waits, and every store says of itself that it is sound. A case that cannot be looked
    /// at is none: whatever waits for a person shows between which values.
    func expectRest(_ devices: AgentDevice...) throws {
        let stores = [hub.store] + devices.map(\.store)
        #expect(Set(try stores.map { try $0.read { try $0.space(Self.space).digest.hex } }).count == 1)
        for store in stores { #expect(try store.verify() == []) }
        for device in devices { #expect(try device.store.read { try $0.ownCounts().waiting } == 0) }
        let shown = try stores.map { store in
            try store.read { try $0.records(form: nil) }.map {
                "\($0.word) \($0.fields.sorted { $0.key < $1.key }) \($0.deleted) \($0.conflicts)"
            }.sorted()
        }
        for other in shown { #expect(other == shown[0]) }
        for view in try cases() {
            for field in view.conflicts where field != RegisterKey.deleted.field {
                #expect(Set(view.versions[field, default: []].map(\.value)).count > 1, "\(view.word) \(field)")
            }
        }
    }
}
