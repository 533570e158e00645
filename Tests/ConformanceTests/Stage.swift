import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Wording

/// A hub and its devices whose keys, clock and randomness are fixed, so that every run gives the same bytes.
final class Stage: Sendable {
    static let unit = "31120"
    static let space = SpaceName.general(unit)
    static let form = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
            FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), max: "999"),
            FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note")),
            FieldDefinition(
                name: "tags", type: .selectMultiple, label: Label(vi: "Nhãn", en: "Tags"), policy: .union,
                choices: ["p", "q"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
        ])
    static let visit = FormDefinition(
        form: "visit", version: 1, title: Label(vi: "Thăm", en: "Visit"), group: "visits", writers: .unit,
        fields: [FieldDefinition(name: "name", type: .text, label: Label(vi: "Tên", en: "Name"))])

    /// What a machine gives its engines.
    final class Machine: Sendable {
        private struct State {
            var random: SplitMix
            var offer: [UInt8] = []
        }
        private let state: Mutex<State>
        private let clock: Clock

        init(seed: UInt64, clock: Clock) {
            state = Mutex(State(random: SplitMix(state: seed)))
            self.clock = clock
        }

        /// The latest 32 random bytes: a device's half of a session's agreement.
        var offer: [UInt8] { state.withLock { $0.offer } }

        var world: World {
            World(
                now: { self.clock.now },
                random: { count in
                    self.state.withLock { state in
                        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: state.random.next() >> 40) }
                        if count == 32 { state.offer = bytes }
                        return bytes
                    }
                })
        }
    }

    /// Goes on by itself a little with every look.
    final class Clock: Sendable {
        private let time = Mutex<Int64>(1_790_000_000_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    let folder: URL
    let clock = Clock()
    private let hubMachine: Machine
    private let current: Mutex<Hub>
    private let snapshots: SnapshotPolicy

    init(withDictionary: Bool = true, snapshots: SnapshotPolicy = SnapshotPolicy()) throws {
        self.snapshots = snapshots
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-stage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        hubMachine = Machine(seed: 1, clock: clock)
        current = Mutex(
            try Hub(
                path: folder.appendingPathComponent("hub.db").path, identity: Fixed.hub, world: hubMachine.world,
                snapshots: snapshots))
        for form in [Self.form, Self.visit] {
            _ = try hub.capture([
                Draft(
                    .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                    edits: [
                        ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                        ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                    ])
            ])
        }
        guard withDictionary else { return }
        let dictionary = try PresetDictionary.make(for: [Self.form, Self.visit])
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.dictionary.form, space: SpaceName.catalogue),
                edits: [
                    ("name", .set(.text(dictionary.name.hex))),
                    ("bytes", .set(.text(Data(dictionary.bytes).base64EncodedString()))),
                ])
        ])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var hub: Hub { current.withLock { $0 } }

    /// The hub's process ends and another begins; its sessions are gone.
    func restartHub() throws {
        try hub.store.close()
        let hub = try Hub(
            path: folder.appendingPathComponent("hub.db").path, identity: Fixed.hub, world: hubMachine.world,
            snapshots: snapshots)
        current.withLock { $0 = hub }
    }

    private static let parts = ["", "-wal", "-shm"]

    /// Keeps the hub's database as it is.
    func keepCopy(as name: String = "copy") throws {
        try hub.store.close()
        copy("hub.db", to: name + ".db")
        try restartHub()
    }

    /// The hub's database is put back from the copy: what came since is lost.
    func putCopyBack(_ name: String = "copy") throws {
        try hub.store.close()
        copy(name + ".db", to: "hub.db")
        try restartHub()
    }

    private func copy(_ from: String, to: String) {
        let files = FileManager.default
        for part in Self.parts {
            let target = folder.appendingPathComponent(to + part)
            try? files.removeItem(at: target)
            try? files.copyItem(at: folder.appendingPathComponent(from + part), to: target)
        }
    }

    /// A device, its machine and the line to the hub.
    func device(_ name: String, key: UInt8) throws -> Actor {
        let machine = Machine(seed: UInt64(key) << 8, clock: clock)
        let device = try AgentDevice(
            path: folder.appendingPathComponent("\(name).db").path, identity: Fixed.identity(key), unit: Self.unit,
            world: machine.world)
        return Actor(name: name, identity: Fixed.identity(key), device: device, machine: machine, stage: self)
    }

    /// Another machine with what a copy of a device holds.
    func device(_ name: String, from image: String, seed: UInt64, clock: Clock? = nil) throws -> Actor {
        copy(image + ".db", to: name + ".db")
        let machine = Machine(seed: seed, clock: clock ?? self.clock)
        let device = try AgentDevice(
            path: folder.appendingPathComponent("\(name).db").path, identity: nil, unit: nil, world: machine.world)
        return Actor(
            name: name, identity: try device.store.identity, device: device, machine: machine, stage: self)
    }

    /// One device of the stage.
    final class Actor {
        let name: String
        /// Who it was when it was made.
        let identity: ReplicaIdentity
        private(set) var device: AgentDevice
        let machine: Machine
        let stage: Stage

        init(name: String, identity: ReplicaIdentity, device: AgentDevice, machine: Machine, stage: Stage) {
            self.name = name
            self.identity = identity
            self.device = device
            self.machine = machine
            self.stage = stage
        }

        /// Somebody copies the device's files.
        func keepCopy(as image: String) throws { try reopen { stage.copy(name + ".db", to: image + ".db") } }

        /// Somebody puts a copy back.
        func restore(_ image: String) throws { try reopen { stage.copy(image + ".db", to: name + ".db") } }

        private func reopen(_ meanwhile: () -> Void) throws {
            try device.store.close()
            meanwhile()
            device = try AgentDevice(
                path: stage.folder.appendingPathComponent("\(name).db").path, identity: nil, unit: nil,
                world: machine.world)
        }

        func save(
            _ edits: [(String, Draft.Edit)], to word: String? = nil, form: String = "reading", base: String? = nil,
            by author: String = "", in space: String = Stage.space
        ) throws -> String {
            stage.clock.pass(61_000)
            let target: Draft.Target = word.map { .edit($0) } ?? .new(form: form, space: space)
            let captured = try device.capture([Draft(target, edits: edits, baseToken: base, author: author)])
            return try device.store.read { try $0.view(ofRow: captured[0].record).word }
        }

        /// What the device has on screen of a record.
        func token(_ word: String) throws -> String {
            try device.store.read { store in
                let place = try store.locate(word)
                return try store.baseToken(record: place.record, in: place.space).text
            }
        }
    }
}

/// A line to a stage's hub that tells what went over it.
struct StageLine: HubTransport {
    let stage: Stage
    var note: (HubRoute, [UInt8], [UInt8]) -> Void = { _, _, _ in }

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        var message: [UInt8] = []
        while let piece = try next() { message += piece }
        let answer = try stage.hub.reply(to: message, at: route)
        note(route, message, answer)
        try take(answer)
    }
}
