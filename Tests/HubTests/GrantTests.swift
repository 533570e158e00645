import Causality
import Foundation
import RecordStore
import Records
import Testing

@testable import Hub

/// Roles by unit, space and day, without a machine: the table of rights itself.
@Suite struct GrantTests {
    private static let today = CalendarDate(iso: "2026-11-29")!
    private static let space = "31120/general"

    private static func day(_ offset: Int32) -> CalendarDate { CalendarDate(days: today.days + offset) }

    @Test func aRoleHoldsFromItsFirstToTheEndOfItsLastDay() {
        let grant = Grant(unit: "31120", role: .wardStaff, from: Self.day(-1), until: Self.day(1))
        let rights = Rights([grant])
        for offset in Int32(-3)...3 {
            let day = Self.day(offset)
            #expect(rights.allow(.record, in: Self.space, on: day) == (-1...1).contains(offset), "\(offset)")
        }
        #expect(
            rights.allow(.record, in: Self.space, on: Self.day(1)...Self.day(9)), "saved on the last day, sent later")
        #expect(rights.allow(.record, in: Self.space, on: Self.day(-9)...Self.day(-1)), "or sent on the first")
        #expect(!rights.allow(.record, in: Self.space, on: Self.day(2)...Self.day(9)))
        #expect(!rights.allow(.record, in: Self.space, on: Self.day(-9)...Self.day(-2)))
    }

    @Test func aRoleIsForItsUnitAndItsSpaces() {
        let all = Rights([Grant(unit: "31120", role: .inspector)])
        #expect(all.allow(.record, in: "31120/pccc", on: Self.today))
        #expect(!all.allow(.record, in: "31117/general", on: Self.today))
        #expect(!all.allow(.record, in: "31120/people", on: Self.today))
        #expect(!all.allow(.record, in: SpaceName.catalogue, on: Self.today))
        let one = Rights([Grant(unit: "31120", role: .inspector, spaces: ["31120/pccc"])])
        #expect(one.allow(.record, in: "31120/pccc", on: Self.today))
        #expect(!one.allow(.record, in: Self.space, on: Self.today))
        // A role whose right holds everywhere needs no unit.
        #expect(Rights([Grant(unit: "VPUBND", role: .hubAdmin)]).allow(.record, in: Self.space, on: Self.today))
    }

    @Test func scopesAddUp() {
        let rights = Rights([
            Grant(unit: "31120", role: .unitLeader), Grant(unit: "31117", role: .viewer),
            Grant(unit: "31123", role: .unitLeader, until: Self.day(-1)),
        ])
        #expect(rights.scope(of: .readRecords, on: Self.today) == .units(["31120", "31117"]))
        #expect(rights.scope(of: .readDesk, on: Self.today) == .units(["31120"]))
        #expect(rights.scope(of: .settle, on: Self.today).isNowhere)
        let admin = Rights(rights.grants + [Grant(unit: "VPUBND", role: .hubAdmin)])
        #expect(admin.scope(of: .settle, on: Self.today) == .everywhere)
    }

    @Test func whatIsPublishedIsReadBack() throws {
        let verifier = try PasswordVerifier("mật khẩu dài", salt: [UInt8](repeating: 7, count: 16))
        let grants = [
            Grant(
                unit: "31120", role: .inspector, spaces: ["31120/pccc", "31120/atgt"], from: Self.day(-3),
                until: Self.day(3)),
            Grant(unit: "31120", role: .viewer),
        ]
        for grant in grants.map(Optional.some) + [nil] {
            for standing in [PublishedPerson.Standing.active, .disabled, .withdrawn] {
                let person = PublishedPerson(
                    id: "lan", name: "Nguyễn Thị Lan", home: "31117", standing: standing, grant: grant,
                    verifier: grant == nil ? nil : verifier)
                let fields = Dictionary(uniqueKeysWithValues: person.fields.map { ($0.field, $0.value) })
                let read = try #require(PublishedPerson(fields, in: "31120"))
                #expect(read.id == "lan" && read.name == "Nguyễn Thị Lan" && read.home == "31117")
                #expect(read.standing == standing && read.grant == grant && read.verifier == person.verifier)
            }
        }
        #expect(PublishedPerson(["name": .text("x")], in: "31120") == nil)
        // A role or a standing from a newer hub lets nobody in by mistake.
        let newer = try #require(
            PublishedPerson(["person": .text("x"), "role": .text("chief"), "disabled": .text("moon")], in: "31120"))
        #expect(newer.grant == nil && newer.standing == .disabled)
    }
}
