import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

@testable import Hub

/// The audit: what is in it, and that nobody changes it unseen.
@Suite final class AuditTests {
    private let folder: URL
    private let hub: Hub

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32)))
        hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: identity, world: .system)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func fill() throws {
        try hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: "VPUBND", password: nil)
        try hub.addPerson(id: "lan", name: "Lan", role: "ward_staff", unit: "31120", password: nil, by: "viet")
        try hub.give(
            Grant(unit: "31117", role: .inspector, until: CalendarDate(iso: "2026-12-31")), to: "lan", by: "viet")
        try hub.withdraw(unit: "31117", from: "lan", by: "viet")
        try hub.disablePerson("lan", by: "viet")
        _ = try hub.makeEnrolCode(unit: "31120", spaces: [], hours: 1, by: "viet")
    }

    private func entries(_ filter: AuditFilter = AuditFilter()) throws -> [AuditEntry] {
        try hub.store.read { try AuditLog.entries(filter, limit: 100, $0) }
    }

    @Test func everyActIsNoted() throws {
        try fill()
        let entries = try entries()
        #expect(
            entries.map(\.act) == [
                "code-made", "person-disabled", "role-taken", "role-given", "person-added", "person-added",
            ])
        #expect(entries.map(\.actor) == ["viet", "viet", "viet", "viet", "viet", ""])
        #expect(entries[3].details == ["role": "inspector", "until": "2026-12-31"] && entries[3].unit == "31117")
        var filter = AuditFilter()
        filter.object = "lan"
        #expect(try self.entries(filter).count == 4)
        filter.act = "role-given"
        #expect(try self.entries(filter).map(\.number) == [3])
        #expect(try hub.store.read { try AuditLog.actors($0) } == ["", "viet"])
        #expect(try hub.auditProblems().isEmpty)
    }

    /// What did not happen is not in it, and what is not in it did not happen.
    @Test func whatFailsLeavesNoEntry() throws {
        try fill()
        let head = try hub.store.read { try AuditLog.head($0) }
        #expect(throws: ReportedError.self) { try hub.disablePerson("viet", by: "lan") }
        #expect(throws: HubError.self) { try hub.disablePerson("viet", by: "viet") }
        #expect(throws: HubError.self) { try hub.give(Grant(unit: "no unit", role: .viewer), to: "lan", by: "viet") }
        #expect(throws: HubError.self) { try hub.withdraw(unit: "31117", from: "lan", by: "viet") }
        #expect(try hub.store.read { try AuditLog.head($0).hash } == head.hash)
        #expect(try hub.person("viet")?.disabled == false)
    }

    @Test func theTableTakesNoChange() throws {
        try fill()
        for sql in ["UPDATE audit SET actor = 'lan' WHERE number = 2", "DELETE FROM audit WHERE number = 6"] {
            #expect(throws: (any Error).self) { try hub.store.write { try $0.db.execute(sql: sql) } }
        }
        #expect(try entries().count == 6 && hub.auditProblems().isEmpty)
    }

    /// Somebody who writes the file itself gets round the triggers; the chain tells.
    @Test(arguments: [
        ("UPDATE audit SET actor = 'lan' WHERE number = 2", "2"), ("DELETE FROM audit WHERE number = 3", "3"),
        ("UPDATE audit SET details = '{}' WHERE number = 4", "4"),
        ("UPDATE audit SET time = time + 1 WHERE number = 6", "6"),
        ("UPDATE audit SET number = 9 WHERE number = 6", "6"),
        ("DELETE FROM audit WHERE number = 1", "1"),
    ]) func theChainTells(sql: String, number: String) throws {
        try fill()
        try hub.store.write { store in
            try store.db.execute(sql: "DROP TRIGGER audit_stands; DROP TRIGGER audit_stays")
            try store.db.execute(sql: sql)
        }
        #expect(try hub.auditProblems().map(\.detail) == [number])
        #expect(try hub.auditProblems().map(\.kind) == [.audit])
    }

    /// A chain that was cut at its end is whole; only whoever wrote its end down elsewhere knows.
    @Test func aCutEndIsFoundByWhoWroteItDown() throws {
        try fill()
        let head = try hub.store.read { try AuditLog.head($0) }
        #expect(try hub.store.read { try AuditLog.holds(number: head.number, hash: head.hash, $0) })
        try hub.enablePerson("lan", by: "viet")
        #expect(try hub.store.read { try AuditLog.holds(number: head.number, hash: head.hash, $0) })
        try hub.store.write { store in
            try store.db.execute(sql: "DROP TRIGGER audit_stays")
            try store.db.execute(sql: "DELETE FROM audit WHERE number >= 6")
        }
        #expect(try hub.auditProblems().isEmpty)
        #expect(try !hub.store.read { try AuditLog.holds(number: head.number, hash: head.hash, $0) })
    }

    /// Roles come back from the records that devices hold, to a hub that lost its tables of them.
    @Test func rolesComeBackFromTheirRecords() throws {
        try fill()
        try hub.give(Grant(unit: "31117", role: .unitLeader, from: CalendarDate(iso: "2026-12-01")), to: "lan")
        let before = try #require(try hub.person("lan"))
        try hub.store.write { store in
            try store.db.execute(
                sql: "DELETE FROM role_grant WHERE person = 'lan'; DELETE FROM person WHERE id = 'lan'")
            for unit in ["31117", "31120"] {
                try hub.adoptPeople(in: try store.space(SpaceName.people(unit)), store)
            }
        }
        let after = try #require(try hub.person("lan"))
        #expect(after.grants == before.grants)
        #expect(after.unit == "31120" && after.disabled && after.name == "Lan")
    }
}
