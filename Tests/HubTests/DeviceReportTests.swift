import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing
import Wording

/// What the hub takes down of what devices tell, and of their contacts.
@Suite final class DeviceReportTests {
    private struct Line: HubTransport {
        let hub: Hub

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            var message: [UInt8] = []
            while let piece = try next() { message += piece }
            try take(hub.reply(to: message, at: route))
        }
    }

    /// Monday 2026-11-02, 08:00 in Vietnam.
    private static let start: Int64 = 1_793_581_200_000
    private static let day: Int64 = 86_400_000
    private let folder: URL
    private let clock = Clock()
    private let hub: Hub
    private let device: AgentDevice
    private let identity: ReplicaIdentity

    private final class Clock: Sendable {
        private let time = Mutex(DeviceReportTests.start)
        var now: Int64 { time.withLock { $0 } }
        func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-devices-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let clock = clock
        let world = World(now: { clock.now }, random: World.system.random)
        func identity(_ byte: UInt8) throws -> ReplicaIdentity {
            try #require(ReplicaIdentity(rawKey: [UInt8](repeating: byte, count: 32)))
        }
        hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: try identity(1), world: world)
        self.identity = try identity(2)
        device = try AgentDevice(
            path: folder.appendingPathComponent("a.db").path, identity: self.identity, unit: "31120", world: world)
        let code = try hub.makeEnrolCode(unit: "31120", spaces: [], hours: 1).code
        _ = try device.enrol(url: "test:", code: code, over: Line(hub: hub))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func message(
        _ counter: UInt64, version: String = "1.2.3", waiting: UInt64 = 4, signer: ReplicaIdentity? = nil,
        hub: ReplicaID? = nil
    ) -> [UInt8] {
        DeviceReport(version: version, waiting: waiting, photos: 1, free: 9_000, epoch: 1)
            .bytes(counter: counter, signedBy: signer ?? identity, hub: hub ?? self.hub.replica)
    }

    private func entry() throws -> DeviceBoard.Entry {
        try #require(try hub.deviceBoard().entries.first { $0.device.replica == identity.replica })
    }

    @Test func whatADeviceTellsStandsOnTheBoard() throws {
        #expect(try entry().device.told == nil && entry().standing == .neverSeen)
        #expect(try hub.note(report: message(7)) == DeviceReport.noted)
        let told = try #require(try entry().device.told)
        #expect(told.version == "1.2.3" && told.waiting == 4 && told.photos == 1 && told.free == 9_000)
        #expect(told.epoch == 1 && told.at == Self.start)
        // It is no contact by itself.
        #expect(try entry().device.contact == nil)
    }

    @Test func anOldReportIsNotTakenAgain() throws {
        _ = try hub.note(report: message(7, waiting: 9))
        _ = try hub.note(report: message(8, waiting: 0))
        for counter: UInt64 in [7, 8] {
            let error = #expect(throws: HubError.self) { try self.hub.note(report: self.message(counter, waiting: 9)) }
            #expect(error?.kind == .requestReplayed)
        }
        #expect(try entry().device.told?.waiting == 0)
    }

    @Test func whoMayNotTellIsRefusedWithACode() throws {
        let stranger = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 9, count: 32)))
        func code(_ message: [UInt8]) throws -> String { try Refusal(bytes: hub.reply(to: message, at: .device)).code }
        #expect(try code(message(1, signer: stranger)) == "device.unknown")
        #expect(try code(message(1, hub: stranger.replica)) == "request.forged")
        var forged = message(1)
        forged[20] ^= 1
        #expect(try code(forged) == "request.forged")
        #expect(try code(message(1, version: String(repeating: "1", count: 10_000))) == "wire.malformed")
        #expect(try code(message(1, waiting: 1 << 63)) == "wire.malformed")
        #expect(try code([18]) == "wire.version-unknown" && code([]) == "wire.not-a-message")
        #expect(try entry().device.told == nil)
        try hub.revoke(identity.replica.word, reason: "mất")
        #expect(try code(message(1)) == "device.revoked")
        #expect(try entry().device.told == nil && entry().standing == .revoked)
    }

    @Test func daysOfContactAreKeptForSixtyDays() throws {
        for _ in 0..<70 {
            for _ in 0..<2 {
                _ = try device.sync(over: Line(hub: hub))
                clock.pass(1_000)
            }
            clock.pass(Self.day)
        }
        let days = try entry().days
        #expect(days.count == DeviceRhythm.rememberedDays && Set(days).count == days.count)
        #expect(try entry().rhythm.habit == .days(1) && entry().standing == .onTime)
        // Twice within a minute is one contact.
        let contacts = try hub.store.read {
            try Int64.fetchOne($0.db, sql: "SELECT max(contacts) FROM device_day")
        }
        #expect(contacts == 1)
        clock.pass(3 * Self.day)
        #expect(try entry().standing == .unreachable)
        _ = try hub.note(report: message(UInt64(clock.now) + 1, waiting: 0))
        // A photo waits still.
        #expect(try entry().standing == .unreachable)
    }

    @Test func aContactWithWorkCountsItsDayToo() throws {
        _ = try device.sync(over: Line(hub: hub))
        clock.pass(Self.day)
        // The session goes on, so that only what it brings is written down.
        _ = try device.sync(over: Line(hub: hub))
        clock.pass(3_600_000)
        _ = try device.sync(over: Line(hub: hub))
        let rows = try hub.store.read {
            try Int64.fetchAll($0.db, sql: "SELECT contacts FROM device_day ORDER BY day")
        }
        #expect(rows == [1, 2])
    }

    @Test func whoGoesOnUnderAnotherKeyIsNotMissed() throws {
        _ = try device.sync(over: Line(hub: hub))
        let later = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 3, count: 32)))
        try hub.store.write { store in
            try store.db.execute(
                sql: """
                    INSERT INTO device (replica, unit, spaces, enrolled, former)
                    SELECT ?, unit, spaces, enrolled, replica FROM device
                    """, arguments: [Data(later.replica.bytes)])
        }
        clock.pass(40 * Self.day)
        #expect(try entry().standing == .succeeded && entry().successors == [later.replica])
        #expect(try hub.deviceBoard().missedCount == 0)
        // Revoked by one name, it is so by all; and its work is told by all.
        try hub.revoke(later.replica.word, reason: "mất")
        #expect(try entry().standing == .revoked)
        let identity = identity
        let work = try hub.store.read { try DeviceWork(ofAllNamesOf: identity.replica, $0) }
        #expect(work.changes == 0 && work.spaces.isEmpty && work.authors.isEmpty)
    }

    /// A command's device has one connection for all it does.
    @Test func aCommandTellsAfterItsSync() throws {
        let report = try device.sync(over: Line(hub: hub))
        device.tellHub(after: report, over: Line(hub: hub))
        let told = try #require(try entry().device.told)
        #expect(told.version == ProgramVersion.text && told.waiting == 0 && told.epoch == 1 && told.at == Self.start)
    }

    @Test func theTableOfAnOlderHubIsCarriedOver() throws {
        // Columns that came later have a value for devices that were there before.
        let row = try hub.store.read { try Row.fetchOne($0.db, sql: "SELECT * FROM device") }
        #expect(row?["told"] as Int64? == 0 && row?["version"] as String? == "")
    }
}
