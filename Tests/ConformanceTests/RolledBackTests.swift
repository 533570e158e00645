import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

/// A hub that was put back to an earlier state of one space.
@Suite struct RolledBackTests {
    private static let other = "31120/extra-1"
    private let stage: Stage
    private let a: Stage.Actor

    init() throws {
        stage = try Stage()
        a = try stage.device("a", key: 2)
        let code = try stage.hub.makeEnrolCode(unit: Stage.unit, spaces: [Self.other], hours: 1).code
        _ = try a.device.enrol(url: "test:", code: code, over: StageLine(stage: stage))
        _ = try a.device.sync(over: StageLine(stage: stage))
    }

    private func head(_ store: ReplicaStore, in space: String) throws -> Head {
        try store.read { try $0.head(of: a.identity.replica, in: $0.space(space)) }
    }

    private func digest(_ store: ReplicaStore, in space: String) throws -> StateDigest {
        try store.read { try $0.space(space).digest }
    }

    /// What the device sends of the space refers to entries that the hub has no longer: records by known changes, places, bases.
    @Test func theSpaceIsGivenBackAndOtherSpacesGoOn() throws {
        try stage.keepCopy()
        let words = try ["k", "l"].map { try a.save([("key", .set(.text($0))), ("value", .set(.integer(1)))]) }
        _ = try a.device.sync(over: StageLine(stage: stage))
        let token = try a.token(words[0])
        _ = try a.save([("note", .set(.text("x")))], to: words[0])
        _ = try a.device.sync(over: StageLine(stage: stage))
        try stage.putCopyBack()
        _ = try a.save([("value", .set(.integer(2)))], to: words[0], base: token)
        _ = try a.save([("value", .set(.integer(2)))], to: words[1])
        _ = try a.save([("name", .set(.text("y")))], form: "visit", in: Self.other)
        let before = try head(a.device.store, in: Stage.space)

        let report = try a.device.sync(over: StageLine(stage: stage))
        #expect(report.complete)
        #expect(report.hubEpoch == 2)
        #expect(try head(stage.hub.store, in: Self.other).sequence == 1)
        // The device writes under its own key still, and the hub has all of it again.
        #expect(try a.device.replica == a.identity.replica)
        #expect(try head(a.device.store, in: Stage.space) == before)
        for space in [Stage.space, Self.other] {
            #expect(try head(stage.hub.store, in: space) == head(a.device.store, in: space))
            #expect(try digest(stage.hub.store, in: space) == digest(a.device.store, in: space))
        }
        #expect(try a.device.store.verify().isEmpty)
        #expect(try stage.hub.store.verify().isEmpty)
    }
}
