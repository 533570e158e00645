import Agent
import Causality
import Foundation
import Hub
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing

/// Rights that change while a machine is away: what its people saved ends in a verdict, and is never lost.
@Suite struct RightsOverTimeTests {
    private final class Clock: Sendable {
        /// 2026-11-02, 08:00 in Vietnam.
        private let time = Mutex<Int64>(1_793_581_200_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(days: Int64) { time.withLock { $0 += days * 86_400_000 } }
    }

    private let clock = Clock()
    private let ward: Ward

    init() throws {
        let clock = clock
        ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        _ = try ward.hub.capture(
            ["VPUBND", "31117"].map { code in
                Draft(
                    .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue), edits: [("code", .set(.text(code)))])
            })
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: "VPUBND", password: nil)
        try ward.sync(ward.a)
    }

    private func save(_ value: String, by author: String) throws -> String {
        try ward.save(
            ward.a, [("key", .set(.text(value))), ("value", .set(.decimal(DecimalNumber("1")!)))], by: author)
    }

    private func verdict(_ word: String) throws -> (state: DeliveryState, code: String) {
        let change = try #require(try ward.changes(ward.hub.store, word).first)
        return (change.state, change.code)
    }

    /// What the machine still has of a record that was refused whole.
    private func said(_ word: String) throws -> Value? {
        let change = try #require(try ward.changes(ward.a.store, word).first)
        return try ward.show(ward.a.store, word).filled(by: change).fields["key"]
    }

    private static func day(_ iso: String) -> CalendarDate { CalendarDate(iso: iso)! }

    @Test func whatWasSavedOnTheLastDayIsAcceptedWeeksLater() throws {
        try ward.hub.give(
            Grant(unit: Ward.unit, role: .wardStaff, until: Self.day("2026-11-04")), to: "lan", by: "viet")
        clock.pass(days: 2)
        let last = try save("ngày cuối", by: "lan")
        clock.pass(days: 1)
        let late = try save("hôm sau", by: "lan")
        clock.pass(days: 20)
        try ward.sync(ward.a)
        #expect(try verdict(last).state == .received)
        #expect(try verdict(late) == (.refused, "rights.days"))
        // It is all there on both sides, and an admin can take it in.
        #expect(try said(late) == .text("hôm sau"))
        let dot = try #require(try ward.changes(ward.hub.store, late).first?.dotWord)
        _ = try ward.hub.acceptRefused(dot, person: "viet")
        try ward.sync(ward.a)
        for store in [ward.hub.store, ward.a.store] {
            #expect(try ward.show(store, late).fields["key"] == .text("hôm sau"))
            #expect(try ward.show(store, late).state == .received)
        }
    }

    /// A machine whose clock is years behind keeps nobody from work that they had the right to.
    @Test func aClockThatIsBehindRefusesNothing() throws {
        let clock = clock
        let slow = World(now: { clock.now - 400 * 86_400_000 }, random: World.system.random)
        let ward = try Ward(world: slow)
        try ward.hub.give(
            Grant(unit: Ward.unit, role: .wardStaff, from: .inVietnam(milliseconds: clock.now - 400 * 86_400_000)),
            to: "lan")
        let word = try ward.save(ward.b, [("key", .set(.text("k")))], by: "lan")
        try ward.sync(ward.b)
        #expect(try ward.changes(ward.hub.store, word).first?.state == .received)
    }

    @Test func aRoleThatWasTakenAwayCountsAtOnce() throws {
        let word = try save("trước khi thu hồi", by: "lan")
        try ward.hub.withdraw(unit: Ward.unit, from: "lan", by: "viet")
        try ward.sync(ward.a)
        #expect(try verdict(word).code == "rights.role", "nothing is left that writes")
        try ward.hub.give(Grant(unit: "31117", role: .wardStaff), to: "lan", by: "viet")
        let other = try save("sau khi chuyển", by: "lan")
        try ward.sync(ward.a)
        #expect(try verdict(other).code == "rights.unit")
        #expect(try said(word) == .text("trước khi thu hồi"))
        #expect(try ward.hub.store.read { try $0.refusedWorkCount() } == 2)
    }

    /// Somebody of another unit who helps out for a fortnight signs in at this unit's machines, and only then.
    @Test func aHelperIsKnownAtTheUnitsMachinesForTheirTime() throws {
        try ward.hub.addPerson(id: "thu", name: "Thu", role: "inspector", unit: "31117", password: nil)
        func members() throws -> [String] { try ward.a.store.read { try $0.members(of: Ward.unit).map(\.id) } }
        #expect(try members() == ["lan", "minh"])
        try ward.hub.give(
            Grant(unit: Ward.unit, role: .inspector, from: Self.day("2026-11-05"), until: Self.day("2026-11-18")),
            to: "thu", by: "viet")
        try ward.sync(ward.a)
        #expect(try members() == ["lan", "minh"], "not yet")
        clock.pass(days: 3)
        #expect(try members() == ["lan", "thu", "minh"])
        let word = try save("giúp việc", by: "thu")
        try ward.sync(ward.a)
        #expect(try verdict(word).state == .received)
        clock.pass(days: 14)
        #expect(try members() == ["lan", "minh"], "over, without a line")
        #expect(try ward.hub.person("thu")?.role == .inspector, "at home they are what they were")
    }

    @Test func aWithdrawnHelperLeavesTheUnitsMachines() throws {
        try ward.hub.addPerson(id: "thu", name: "Thu", role: "inspector", unit: "31117", password: "chín con rồng")
        try ward.hub.give(Grant(unit: Ward.unit, role: .viewer), to: "thu", by: "viet")
        try ward.sync(ward.a)
        let member = try ward.a.store.read { try $0.members(of: Ward.unit).first { $0.id == "thu" } }
        #expect(member?.writes == false && member?.verifier?.accepts("chín con rồng") == true)
        try ward.hub.withdraw(unit: Ward.unit, from: "thu", by: "viet")
        try ward.sync(ward.a)
        #expect(try ward.a.store.read { try $0.members(of: Ward.unit).map(\.id) } == ["lan", "minh"])
        #expect(try ward.hub.signIn("thu", password: "chín con rồng").grants.map(\.unit) == ["31117"])
    }

    /// A role for one space of the unit is worth nothing in its others.
    @Test func aRoleForOneSpaceIsForThatSpace() throws {
        try ward.hub.give(
            Grant(unit: Ward.unit, role: .wardStaff, spaces: ["\(Ward.unit)/pccc"]), to: "lan", by: "viet")
        let word = try save("nơi khác", by: "lan")
        try ward.sync(ward.a)
        #expect(try verdict(word).state == .refused)
        #expect(try ward.a.store.read { try $0.members(of: Ward.unit).first { $0.id == "lan" }?.writes } == false)
    }
}
