import Agent
import Causality
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// Damaged requests to a hub and damaged answers to a device: what both hold stays as it was, or goes on validly.
@Suite struct EngineDamageTests {
    private let stage: Stage
    private let a: Stage.Actor
    private let b: Stage.Actor

    init() throws {
        stage = try Stage()
        a = try stage.device("a", key: 2)
        b = try stage.device("b", key: 3)
        for actor in [a, b] {
            let code = try stage.hub.makeEnrolCode(unit: Stage.unit, spaces: [], hours: 1).code
            _ = try actor.device.enrol(url: "test:", code: code, over: StageLine(stage: stage))
            _ = try actor.device.sync(over: StageLine(stage: stage))
        }
    }

    /// All that a store holds of its spaces.
    private struct Holdings: Equatable {
        var positions: [LogPosition] = []
        var digests: [String] = []
        var heads: [[Head]] = []
        var rows: [Int] = []

        init(_ store: ReplicaStore) throws {
            try store.read { store in
                for space in try store.allSpaces() {
                    positions.append(space.position)
                    digests.append(space.digest.hex)
                    heads.append(try store.heads(in: space).map(\.head))
                }
                rows = try ["change", "segment", "log", "version", "record", "replica", "checkpoint"].map { table in
                    try Int.fetchOne(store.db, sql: "SELECT count(*) FROM \(table)") ?? -1
                }
            }
        }
    }

    private func request(of actor: Stage.Actor) throws -> (exchange: DeviceExchange, bytes: [UInt8]) {
        let exchange = DeviceExchange(actor.device, with: try #require(try actor.device.hub()))
        var bytes: [UInt8] = []
        while let piece = try exchange.nextPiece() { bytes += piece }
        return (exchange, bytes)
    }

    private static func damage(_ bytes: [UInt8], _ number: Int) -> [UInt8] {
        let index = number / 4 % bytes.count
        var damaged = bytes
        switch number % 4 {
        case 0: damaged[index] ^= 1
        case 1: damaged[index] ^= 0x80
        case 2: damaged.remove(at: index)
        default: damaged.insert(bytes[index], at: index)
        }
        return damaged
    }

    private func save(_ actor: Stage.Actor, _ number: Int) throws {
        _ = try actor.save([("key", .set(.text("k\(number)"))), ("value", .set(.integer(7)))])
    }

    @Test func aDamagedRequestChangesNothingOrWhatItWouldHaveChanged() throws {
        try save(a, 0)
        var before = try Holdings(stage.hub.store)
        var (refused, advanced) = (0, 0)
        let length = try request(of: a).bytes.count
        for number in stride(from: 0, to: length * 4, by: 3) {
            let damaged = Self.damage(try request(of: a).bytes, number)
            do { _ = try stage.hub.answer(damaged) } catch {
                #expect(error is any CodedError)
                refused += 1
            }
            let after = try Holdings(stage.hub.store)
            guard after != before else { continue }
            advanced += 1
            #expect(try stage.hub.store.verify().isEmpty)
            // What came is what the device holds, whole.
            let own = try a.device.store.read { try $0.head(of: a.identity.replica, in: try $0.space(Stage.space)) }
            let came = try stage.hub.store.read { try $0.head(of: a.identity.replica, in: try $0.space(Stage.space)) }
            #expect(came == own)
            try save(a, number + 1)
            before = after
        }
        #expect(refused > length / 2)
        #expect(advanced < length)
        let report = try a.device.sync(over: StageLine(stage: stage))
        #expect(report.complete)
        #expect(try stage.hub.store.verify().isEmpty)
    }

    @Test func aDamagedAnswerChangesNothing() throws {
        try save(a, 0)
        _ = try a.device.sync(over: StageLine(stage: stage))
        try save(b, 1)
        let before = try Holdings(b.device.store)
        let (_, genuine) = try request(of: b)
        let length = try stage.hub.answer(genuine).count
        for number in stride(from: 0, to: length * 4, by: 3) {
            let (exchange, bytes) = try request(of: b)
            let damaged = Self.damage(try stage.hub.answer(bytes), number)
            do {
                try exchange.take(damaged)
                try exchange.finish()
                Issue.record("a damaged answer was taken: \(number)")
            } catch {
                #expect(error is any CodedError)
            }
            // Trailing bytes come after what was proven and taken in.
            guard number < (length - 1) * 4 else { continue }
            #expect(try Holdings(b.device.store) == before)
        }
        #expect(try b.device.sync(over: StageLine(stage: stage)).complete)
        #expect(try b.device.store.verify().isEmpty)
        let digests = try [stage.hub.store, b.device.store].map { try $0.read { try $0.space(Stage.space).digest } }
        #expect(digests[0] == digests[1])
    }

    @Test func aDamagedFirstAnswerChangesNothing() throws {
        let fresh = try stage.device("c", key: 4)
        let code = try stage.hub.makeEnrolCode(unit: Stage.unit, spaces: [], hours: 1).code
        _ = try fresh.device.enrol(url: "test:", code: code, over: StageLine(stage: stage))
        let before = try Holdings(fresh.device.store)
        let (exchange, bytes) = try request(of: fresh)
        let answer = try stage.hub.answer(bytes)
        #expect(answer.count > 500)
        for number in stride(from: 0, to: (answer.count - 1) * 4, by: 7) {
            let copy = DeviceExchange(fresh.device, with: try #require(try fresh.device.hub()))
            var request: [UInt8] = []
            while let piece = try copy.nextPiece() { request += piece }
            let genuine = try stage.hub.answer(request)
            #expect(throws: (any Error).self) {
                try copy.take(Self.damage(genuine, number))
                try copy.finish()
            }
            #expect(try Holdings(fresh.device.store) == before)
        }
        _ = exchange
        #expect(try fresh.device.sync(over: StageLine(stage: stage)).complete)
    }
}
