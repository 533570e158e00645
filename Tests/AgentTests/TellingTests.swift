import Agent
import Causality
import Hub
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing
import Wording

/// When a device tells its hub of itself.
@Suite struct TellingTests {
    private final class Clock: Sendable {
        private let time = Mutex<Int64>(1_793_581_200_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    private static let hour: Int64 = 3_600_000
    private let clock = Clock()
    private let ward: Ward

    init() throws {
        let clock = clock
        ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
    }

    /// Syncs and tells.
    /// - Returns: the addresses that were written to.
    private func exchange(_ line: (any HubTransport)? = nil) throws -> [HubRoute] {
        let routes = Mutex<[HubRoute]>([])
        let noting = NotingLine(line ?? ward.line) { route in routes.withLock { $0.append(route) } }
        let report = try ward.a.sync(over: noting)
        ward.a.tellHub(after: report, over: noting)
        return routes.withLock { $0 }
    }

    private func told() throws -> Device.Told? {
        let replica = try ward.a.replica
        return try ward.hub.devices().first { $0.replica == replica }?.told
    }

    @Test func aWarmSyncStaysOneRequest() throws {
        #expect(try exchange() == [.sync, .device])
        let first = try #require(try told())
        #expect(first.version == ProgramVersion.text && first.waiting == 0 && first.epoch == 1 && first.free != nil)
        for _ in 0..<5 {
            clock.pass(Self.hour)
            #expect(try exchange() == [.sync])
        }
        #expect(try told() == first)
        clock.pass(Self.hour)
        #expect(try exchange() == [.sync, .device])
        #expect(try told()?.at == clock.now)
    }

    @Test func whatMattersIsToldSooner() throws {
        _ = try exchange()
        var report = try ward.a.sync(over: ward.line)
        report.left = 5
        ward.a.tellHub(after: report, over: ward.line)
        #expect(try told()?.waiting == 5)
        report.left = 6
        ward.a.tellHub(after: report, over: ward.line)
        // That more waits is news for the next time.
        #expect(try told()?.waiting == 5)
        report.left = 0
        ward.a.tellHub(after: report, over: ward.line)
        #expect(try told()?.waiting == 0)
        report.hubEpoch += 1
        ward.a.tellHub(after: report, over: ward.line)
        #expect(try told()?.epoch == 2)
        report.attachments.left = 1
        report.attachments.held = 2
        ward.a.tellHub(after: report, over: ward.line)
        #expect(try told()?.photos == 3)
    }

    /// Another hub's page, or an older hub, at the address.
    private struct Deaf: HubTransport {
        let line: any HubTransport
        let error: AgentError

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            guard route == .device else { return try line.exchange(route, sending: next, receiving: take) }
            while try next() != nil {}
            throw error
        }
    }

    @Test func anOlderHubIsLeftAlone() throws {
        let deaf = Deaf(line: ward.line, error: AgentError(.hubNotAHub, ["status": "HTTP 404"]))
        #expect(try exchange(deaf) == [.sync, .device])
        #expect(try exchange(deaf) == [.sync])
        #expect(try ward.a.lastError() == nil && told() == nil)
        clock.pass(6 * Self.hour)
        #expect(try exchange() == [.sync, .device])
    }

    @Test func aLineThatBreaksThereIsTriedWithTheNextExchange() throws {
        let broken = Deaf(line: ward.line, error: AgentError(.hubUnreachable))
        #expect(try exchange(broken) == [.sync, .device])
        #expect(try ward.a.lastError() == nil)
        #expect(try exchange() == [.sync, .device])
        #expect(try told() != nil)
    }

    @Test func aRevokedDeviceIsToldNothingNewAndDoesNotInsist() throws {
        try ward.hub.revoke(ward.a.replica.word, reason: "mất")
        #expect(try exchange() == [.sync, .device])
        #expect(try exchange() == [.sync])
        #expect(try told() == nil)
    }

    @Test func aClockThatWasPutBackDoesNotSilenceIt() throws {
        _ = try exchange()
        clock.pass(-30 * 24 * Self.hour)
        #expect(try exchange() == [.sync, .device])
        #expect(try told()?.at == clock.now)
    }
}
