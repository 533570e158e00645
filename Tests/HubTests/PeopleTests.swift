import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

@Suite final class PeopleTests {
    private let folder: URL
    private let hub: Hub

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-people-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32)))
        hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: identity, world: .system)
        try hub.addPerson(id: "admin", name: "Quản trị", role: "hub_admin", unit: "31120", password: "Phù Sa 2026")
        try hub.addPerson(id: "lan", name: "Lan", role: "ward_staff", unit: "31120", password: nil)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func onlyTheRightPasswordSignsIn() throws {
        #expect(try hub.signIn("admin", password: "Phù Sa 2026").id == "admin")
        // The same text, typed with combining marks.
        #expect(try hub.signIn("admin", password: "Phu\u{300} Sa 2026").id == "admin")
        for wrong in [""] + (0..<30).map({ "Phù Sa \($0)" }) {
            #expect(throws: HubError.self, "\(wrong)") { try hub.signIn("admin", password: wrong) }
        }
    }

    @Test func nobodyElseSignsIn() throws {
        for id in ["lan", "nobody", ""] {
            let error = #expect(throws: HubError.self) { try hub.signIn(id, password: "") }
            #expect(error?.kind == .signInWrong)
        }
        try hub.disablePerson("admin")
        #expect(throws: HubError.self) { try hub.signIn("admin", password: "Phù Sa 2026") }
    }

    /// People were published without verifiers once: such a record, given back to a hub that was put back, locks nobody out.
    @Test func aRecordWithoutAVerifierTakesNobodysPasswordAway() throws {
        let space = SpaceName.people("31120")
        try hub.store.write { store in
            let record = Draft(
                .put(form: BuiltInForm.person.form, space: space),
                edits: [("person", .set(.text("admin"))), (BuiltInForm.verifier, .set(.null))])
            _ = try hub.capture([record], in: store)
            try hub.adoptPeople(in: try store.space(space), store)
        }
        #expect(try hub.signIn("admin", password: "Phù Sa 2026").id == "admin")
    }
}
