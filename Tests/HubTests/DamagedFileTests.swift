import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// Databases in which bits have turned over. Whatever SQLite makes of them: an error with a code, and never the end of the
/// program or an endless loop.
@Suite struct DamagedFileTests {
    /// Bytes that anything may be drawn from, the same for the same seed.
    private struct Draw {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    private static let most = ProcessInfo.processInfo.environment["PHUSA_DAMAGES"].flatMap { Int($0) } ?? 40

    @Test func whatIsReadFromADamagedDeviceIsAnErrorWithACode() throws {
        let ward = try SnapshotWard()
        let path = ward.folder.appendingPathComponent("device.db").path
        try makeDevice(in: ward, at: path)
        let hubPath = ward.folder.appendingPathComponent("hub-copy.db").path
        try StoreBackup.write(of: ward.folder.appendingPathComponent("hub.db").path, to: hubPath, now: 0)
        var found = 0
        for damage in 0..<Self.most {
            let copy = try damaged(path, damage)
            defer { remove(copy) }
            // A hub of its own: what a damaged device goes on to do stays in no other one's way.
            try FileManager.default.copyItem(atPath: hubPath, toPath: copy + ".hub")
            defer { remove(copy + ".hub") }
            let hub = try hub(at: copy + ".hub")
            defer { try? hub.store.close() }
            found += try coded {
                try use(AgentDevice(path: copy, identity: nil, unit: nil, world: .system), ward, hub)
            }
        }
        #expect(found > Self.most / 6)
    }

    @Test func whatIsReadFromADamagedHubIsAnErrorWithACode() throws {
        let ward = try SnapshotWard()
        let (device, words) = try ward.veteran(records: 6, edits: 3)
        try makeCase(ward, device, words[0])
        let path = ward.folder.appendingPathComponent("copy.db").path
        try StoreBackup.write(of: ward.folder.appendingPathComponent("hub.db").path, to: path, now: 0)
        let request = try request(of: device)
        var found = 0
        for damage in 0..<Self.most {
            let copy = try damaged(path, damage)
            defer { remove(copy) }
            found += try coded {
                let hub = try hub(at: copy)
                defer { try? hub.store.close() }
                for step: () throws -> Void in [
                    { _ = try hub.answer(request) }, { _ = try hub.devices() }, { _ = try hub.people() },
                    { try show(hub.store) }, { _ = try hub.store.verify() },
                ] { try step() }
            }
        }
        #expect(found > Self.most / 4)
    }

    @Test func aServerDoesNotBeginOnADamagedFile() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran(records: 6, edits: 3)
        try ward.hub.store.selfCheck()
        let path = ward.folder.appendingPathComponent("copy.db").path
        try StoreBackup.write(of: ward.folder.appendingPathComponent("hub.db").path, to: path, now: 0)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        // The page of some table's leaf is no page any more.
        let leaf = try #require(
            stride(from: 4096 * 40, to: bytes.count, by: 4096).first { bytes[$0] == 10 || bytes[$0] == 13 })
        bytes[leaf] = 0xEE
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StoreError.self) { try hub(at: path).store.selfCheck() }
        #expect(error?.kind == .damaged)
    }

    private func hub(at path: String) throws -> Hub {
        try Hub(
            path: path, identity: try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))),
            world: .system, snapshots: SnapshotPolicy())
    }

    /// Runs what may fail, with a code.
    /// - Returns: 1 where it failed.
    private func coded(_ body: () throws -> Void) throws -> Int {
        do {
            try body()
            return 0
        } catch is any CodedError {
            return 1
        }
    }

    private func makeDevice(in ward: SnapshotWard, at path: String) throws {
        let (device, words) = try ward.veteran(records: 6, edits: 3)
        try makeCase(ward, device, words[0])
        try ward.sync(device)
        for number in 0..<3 { try ward.save(device, [("value", .set(.integer(Int64(number))))], to: words[number]) }
        try StoreBackup.write(of: ward.folder.appendingPathComponent("2.db").path, to: path, now: 0)
    }

    private func makeCase(_ ward: SnapshotWard, _ device: AgentDevice, _ word: String) throws {
        let other = try ward.device()
        try ward.sync(other)
        try ward.save(other, [("value", .set(.integer(41)))], to: word)
        try ward.save(device, [("value", .set(.integer(42)))], to: word)
        try ward.sync(other, device)
    }

    private func request(of device: AgentDevice) throws -> [UInt8] {
        let exchange = DeviceExchange(device, with: try #require(try device.hub()))
        var message: [UInt8] = []
        while let piece = try exchange.nextPiece() { message += piece }
        return message
    }

    private func use(_ device: AgentDevice, _ ward: SnapshotWard, _ hub: Hub) throws {
        defer { try? device.store.close() }
        try show(device.store)
        if let word = try device.store.read({ try $0.records(form: "reading") }).first?.word {
            try ward.save(device, [("note", .set(.text("sau")))], to: word)
        }
        try ward.save(device, [("key", .set(.text("mới")))])
        _ = try device.sync(over: SnapshotWard.Line(hub: hub))
        _ = try device.store.verify()
    }

    private func show(_ store: ReplicaStore) throws {
        try store.catchUpSearch()
        try store.read { store in
            for view in try store.records(form: nil) { _ = try store.changes(ofRecord: view.row) }
            _ = try store.conflicts()
            _ = try store.openChanges(ownOnly: false)
            for space in try store.allSpaces() { _ = try store.evidence(in: space) }
        }
    }

    /// A copy of a database with some bytes of it changed: a few anywhere, or many in one page.
    private func damaged(_ path: String, _ damage: Int) throws -> String {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var draw = Draw(state: UInt64(damage) &* 7919 &+ 17)
        let page = 4096 * draw.below(bytes.count / 4096)
        for _ in 0..<(1 + draw.below(damage % 2 == 0 ? 6 : 60)) {
            let place = damage % 2 == 0 ? draw.below(bytes.count) : page + draw.below(4096)
            bytes[place] ^= UInt8(1 << draw.below(8))
        }
        let copy = path + ".\(damage)"
        try Data(bytes).write(to: URL(fileURLWithPath: copy))
        return copy
    }

    private func remove(_ path: String) {
        for part in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + part) }
    }
}
