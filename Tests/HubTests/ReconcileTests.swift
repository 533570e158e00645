import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// Two devices of a ward and a hub, over a line without faults: what a person would call right.
@Suite final class ReconcileTests {
    private struct Line: HubTransport {
        let hub: Hub
        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            var message: [UInt8] = []
            while let piece = try next() { message += piece }
            let answer: [UInt8]
            do {
                answer = try route == .sync ? hub.answer(message) : hub.enrol(message)
            } catch let error as any CodedError {
                answer = Refusal(error).bytes
            }
            try take(answer)
        }
    }

    private static let unit = "31120"
    private static let space = SpaceName.general(unit)
    private static let form = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
            FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value")),
            FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note")),
        ])

    private let folder: URL
    private let hub: Hub
    private let a: AgentDevice
    private let b: AgentDevice

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let folder = folder
        func identity(_ byte: UInt8) throws -> ReplicaIdentity {
            try #require(ReplicaIdentity(rawKey: [UInt8](repeating: byte, count: 32)))
        }
        let hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: identity(1), world: .system)
        self.hub = hub
        // The form reaches the devices as a record of the catalogue.
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(Self.form.form))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: Self.form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        func device(_ byte: UInt8) throws -> AgentDevice {
            let device = try AgentDevice(
                path: folder.appendingPathComponent("\(byte).db").path, identity: identity(byte), unit: Self.unit,
                world: .system)
            let code = try hub.makeEnrolCode(unit: Self.unit, spaces: [], hours: 1).code
            _ = try device.enrol(url: "test:", code: try #require(EnrolmentCode(code.text)), over: Line(hub: hub))
            _ = try device.sync(over: Line(hub: hub))
            return device
        }
        a = try device(2)
        b = try device(3)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func sync(_ devices: AgentDevice...) throws {
        for device in devices { #expect(try device.sync(over: Line(hub: hub)).complete) }
    }

    private func save(
        _ device: AgentDevice, _ edits: [(String, Draft.Edit)], to word: String? = nil, base: String? = nil,
        by author: String = ""
    ) throws -> String {
        let target: Draft.Target = word.map { .edit($0) } ?? .new(form: "reading", space: Self.space)
        let captured = try device.capture([Draft(target, edits: edits, baseToken: base, author: author)])
        return try device.store.read { try $0.view(ofRow: captured[0].record).word }
    }

    private func show(_ store: ReplicaStore, _ word: String) throws -> RecordView {
        try store.read { try $0.view(ofRow: try $0.locate(word).row) }
    }

    private func token(_ device: AgentDevice, _ word: String) throws -> String {
        try device.store.read { store in
            let place = try store.locate(word)
            return try store.baseToken(record: place.record, in: place.space).text
        }
    }

    private func digests() throws -> Set<String> {
        Set(try [hub.store, a.store, b.store].map { try $0.read { try $0.space(Self.space).digest.hex } })
    }

    /// A record that everybody has: key `k`, value 1.
    private func shared() throws -> String {
        let word = try save(a, [("key", .set(.text("k"))), ("value", .set(.integer(1)))])
        try sync(a, b)
        return word
    }

    @Test func aFormOpenedBeforeASyncAndSavedAfterItIsAConflictOnTheSameField() throws {
        let word = try shared()
        let opened = try token(a, word)
        _ = try save(b, [("value", .set(.integer(2)))], to: word)
        try sync(b, a)
        _ = try save(a, [("value", .set(.integer(3)))], to: word, base: opened)
        try sync(a, b)
        for store in [hub.store, a.store, b.store] { #expect(try show(store, word).conflicts == ["value"]) }
        #expect(try digests().count == 1)
    }

    @Test func onAnotherFieldItMerges() throws {
        let word = try shared()
        let opened = try token(a, word)
        _ = try save(b, [("value", .set(.integer(2)))], to: word)
        try sync(b, a)
        _ = try save(a, [("note", .set(.text("đã rà soát")))], to: word, base: opened)
        try sync(a, b)
        let view = try show(b.store, word)
        #expect(view.conflicts.isEmpty)
        #expect(view.fields["value"] == .integer(2))
        #expect(view.fields["note"] == .text("đã rà soát"))
        #expect(view.state == .received)
    }

    @Test func editsInARowAreNeverAConflictWhateverIsSyncedBetween() throws {
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(2)))], to: word)
        try sync(a)
        _ = try save(a, [("value", .set(.integer(3)))], to: word)
        _ = try save(a, [("value", .set(.integer(4)))], to: word)
        try sync(a, b)
        #expect(try show(b.store, word).fields["value"] == .integer(4))
        #expect(try hub.store.read { try $0.conflictCount() } == 0)
    }

    @Test func theSameKeyMadeOfflineTwiceIsOneRecord() throws {
        let one = try save(a, [("key", .set(.text("same"))), ("value", .set(.integer(1)))])
        let two = try save(b, [("key", .set(.text("same"))), ("value", .set(.integer(2)))])
        #expect(one == two)
        try sync(a, b, a)
        #expect(try show(a.store, one).conflicts == ["value"])
        #expect(try digests().count == 1)
    }

    @Test func aSettledCaseIsSettledEverywhere() throws {
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(2)))], to: word)
        _ = try save(b, [("value", .set(.integer(3)))], to: word)
        try sync(a, b)
        #expect(try show(hub.store, word).conflicts == ["value"])
        _ = try hub.capture([
            Draft(.edit(word), edits: [("value", .set(.integer(3)))], author: "admin", reason: "đối chiếu")
        ])
        try sync(a, b)
        for store in [hub.store, a.store, b.store] {
            let view = try show(store, word)
            #expect(view.conflicts.isEmpty)
            #expect(view.fields["value"] == .integer(3))
        }
        #expect(try digests().count == 1)
    }

    @Test func aRefusedChangeBringsBackWhatItCoveredAndBlocksNothing() throws {
        try hub.addPerson(id: "lan", name: "Lan", role: "ward_staff", unit: Self.unit, password: nil)
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(9)))], to: word, by: "lan")
        _ = try save(a, [("note", .set(.text("sau đó")))], to: word)
        try hub.disablePerson("lan")
        try sync(a, b)
        for store in [hub.store, a.store, b.store] {
            let view = try show(store, word)
            #expect(view.fields["value"] == .integer(1))
            #expect(view.fields["note"] == .text("sau đó"))
            #expect(view.state == .refused)
            let refused = try store.read { try $0.openChanges(ownOnly: false) }
            #expect(refused.map(\.code) == ["person.disabled"])
        }
        #expect(try digests().count == 1)
        #expect(try hub.store.verify().isEmpty && a.store.verify().isEmpty && b.store.verify().isEmpty)
    }

    @Test func acceptedRefusedWorkCountsAgainUnderItsAuthorsName() throws {
        try hub.addPerson(id: "lan", name: "Lan", role: "ward_staff", unit: Self.unit, password: nil)
        let word = try save(a, [("key", .set(.text("q"))), ("value", .set(.integer(1)))])
        let offline = try save(a, [("value", .set(.integer(9)))], to: word, by: "lan")
        try hub.disablePerson("lan")
        try sync(a, b)
        let refused = try #require(try hub.store.read { try $0.openChanges(ownOnly: false) }.first)
        _ = try hub.acceptRefused(refused.dotWord, person: "admin")
        try sync(a, b)
        for store in [hub.store, a.store, b.store] {
            let view = try show(store, offline)
            #expect(view.fields["value"] == .integer(9))
            #expect(view.conflicts.isEmpty)
            #expect(view.state == .received)
            #expect(view.versions["value"]?.map(\.author) == ["lan"])
        }
        #expect(try digests().count == 1)
        #expect(throws: HubError.self) { try hub.acceptRefused(refused.dotWord, person: "admin") }
    }

    @Test func dismissedWorkStaysReadableAndItsAuthorSeesWhy() throws {
        try hub.addPerson(id: "lan", name: "Lan", role: "viewer", unit: Self.unit, password: nil)
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(9)))], to: word, by: "lan")
        try sync(a)
        let refused = try #require(try hub.store.read { try $0.openChanges(ownOnly: false) }.first)
        #expect(throws: HubError(.reasonMissing)) {
            try hub.dismissRefused(refused.dotWord, reason: "", person: "admin")
        }
        try hub.dismissRefused(refused.dotWord, reason: "nhập nhầm", person: "admin")
        try sync(a)
        #expect(try show(a.store, word).state == .received)
        let own = try #require(try a.store.read { try $0.openChanges(ownOnly: true) }.first)
        #expect(own.disposed?.reason == "nhập nhầm")
    }

    @Test func aCaseIsSettledByPickingOnceAndOnlyWithAReason() throws {
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(2)))], to: word)
        _ = try save(b, [("value", .set(.integer(3)))], to: word)
        try sync(a, b)
        let versions = try #require(try show(hub.store, word).versions["value"])
        let picked = try #require(versions.first { $0.value == .integer(2) })
        #expect(throws: HubError(.reasonMissing)) {
            try hub.settle(word, ["value": .pick(picked.dotWord)], reason: "", author: "admin")
        }
        _ = try hub.settle(word, ["value": .pick(picked.dotWord)], reason: "đối chiếu sổ", author: "admin")
        try sync(a, b)
        for store in [hub.store, a.store, b.store] {
            #expect(try show(store, word).fields["value"] == .integer(2))
            #expect(try show(store, word).conflicts.isEmpty)
        }
        #expect(throws: HubError.self) {
            try hub.settle(word, ["value": .pick(picked.dotWord)], reason: "lại", author: "other")
        }
    }

    @Test func aWarmSyncIsOneRequest() throws {
        _ = try shared()
        _ = try save(a, [("key", .set(.text("new")))])
        let report = try a.sync(over: Line(hub: hub))
        #expect(report.roundTrips == 1)
        #expect(report.changesUp == 1)
        #expect(try a.sync(over: Line(hub: hub)).changesUp == 0)
    }

    @Test func aPreviewTellsWhatASyncWouldDoAndChangesNothing() throws {
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(2)))], to: word)
        _ = try save(b, [("value", .set(.integer(3)))], to: word)
        try sync(b)
        let before = try a.store.read { try $0.space(Self.space) }
        let preview = try a.preview(over: Line(hub: hub))
        #expect(preview.changesUp == 1 && preview.changesDown == 1 && preview.newConflicts == 1 && !preview.complete)
        let after = try a.store.read { try $0.space(Self.space) }
        #expect(after.position == before.position && after.digest == before.digest)
        #expect(try a.store.read { try $0.conflictCount() } == 0)
        let report = try a.sync(over: Line(hub: hub))
        #expect(report.changesUp == 1 && report.changesDown == 1 && report.newConflicts == 1)
        #expect(try a.preview(over: Line(hub: hub)).complete)
    }

    @Test func twoProcessesOfADeviceMayAskAtOnce() throws {
        let word = try shared()
        _ = try save(b, [("note", .set(.text("n")))], to: word)
        try sync(b)
        let link = try #require(try a.hub())
        let other = try AgentDevice(
            path: folder.appendingPathComponent("2.db").path, identity: a.store.identity, unit: nil, world: .system)
        let exchanges = [DeviceExchange(a, with: link), DeviceExchange(other, with: link)]
        let answers = try exchanges.map { exchange in
            var request: [UInt8] = []
            while let piece = try exchange.nextPiece() { request += piece }
            return try hub.answer(request)
        }
        for (exchange, answer) in zip(exchanges, answers).reversed() {
            try exchange.take(answer)
            try exchange.finish()
        }
        #expect(exchanges.map(\.changesTaken) == [0, 1])
        #expect(try a.store.verify().isEmpty)
        #expect(try a.sync(over: Line(hub: hub)).complete)
        #expect(try digests().count == 1)
    }

    @Test func whoeverMakesARecordAnewHasNotSeenTheOneThatIsThere() throws {
        let word = try shared()
        _ = try save(b, [("key", .set(.text("k"))), ("value", .set(.integer(99)))], by: "minh")
        try sync(b, a)
        #expect(try show(a.store, word).conflicts == ["value"])
        #expect(try show(a.store, word).versions["value"]?.count == 2)
        // Their own they have seen.
        _ = try save(b, [("key", .set(.text("k"))), ("value", .set(.integer(98)))], by: "minh")
        #expect(try show(b.store, word).versions["value"]?.map(\.value).contains(.integer(99)) == false)
        try sync(b, a)
        #expect(try digests().count == 1)
    }

    @Test func whoeverKnowsThatARecordIsDeletedIsTold() throws {
        let word = try shared()
        let opened = try token(b, word)
        _ = try save(a, [("@deleted", .set(.flag(true)))], to: word)
        try sync(a, b)
        for attempt in [
            { try self.save(self.b, [("value", .set(.integer(2)))], to: word) },
            { try self.save(self.b, [("key", .set(.text("k"))), ("value", .set(.integer(2)))]) },
        ] {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.kind == .recordDeleted)
        }
        // A form that was opened before is another matter: its author did not know.
        _ = try save(b, [("value", .set(.integer(3)))], to: word, base: opened)
        #expect(try show(b.store, word).conflicts == ["@deleted"])
        try sync(b, a)
        #expect(try show(a.store, word).conflicts == ["@deleted"])
    }

    @Test(arguments: [[0, 1], [1, 0]])
    func acceptedEditsOfOnePersonInARowAreNoConflict(order: [Int]) throws {
        let word = try shared()
        try hub.addPerson(id: "minh", name: "Minh", role: "ward_staff", unit: Self.unit, password: nil)
        try hub.disablePerson("minh")
        _ = try save(b, [("value", .set(.integer(2)))], to: word, by: "minh")
        _ = try save(b, [("value", .set(.integer(3)))], to: word, by: "minh")
        try sync(b)
        let refused = try hub.store.read { try $0.openChanges(ownOnly: false).filter { $0.decision == .refused } }
        #expect(refused.count == 2)
        for index in order { _ = try hub.acceptRefused(refused[index].dotWord, person: "admin") }
        try sync(a, b)
        for store in [hub.store, a.store, b.store] {
            #expect(try show(store, word).fields["value"] == .integer(3))
            #expect(try show(store, word).conflicts.isEmpty)
            #expect(try store.verify().isEmpty)
        }
        #expect(try digests().count == 1)
    }

    @Test func aChangeOfARecordThatWasNeverMadeIsRefused() throws {
        try hub.addPerson(id: "minh", name: "Minh", role: "ward_staff", unit: Self.unit, password: nil)
        try hub.disablePerson("minh")
        let word = try save(b, [("key", .set(.text("z"))), ("value", .set(.integer(2)))], by: "minh")
        _ = try save(b, [("value", .set(.integer(3)))], to: word, by: "lan")
        try sync(b)
        let codes = try hub.store.read { try $0.openChanges(ownOnly: false).map(\.code) }
        #expect(codes.sorted() == ["person.disabled", "record.key-missing"])
    }

    @Test func onlyAdminsSettle() throws {
        let word = try shared()
        _ = try save(a, [("value", .set(.integer(2)))], to: word)
        _ = try save(b, [("value", .set(.integer(3)))], to: word)
        try sync(a, b)
        try hub.addPerson(id: "minh", name: "Minh", role: "ward_staff", unit: Self.unit, password: nil)
        let error = #expect(throws: ReportedError.self) {
            try hub.settle(word, ["value": .value(.integer(4))], reason: "r", author: "minh")
        }
        #expect(error?.code == "rights.settle")
        _ = try hub.settle(word, ["value": .value(.integer(4))], reason: "r", author: "")
    }

    @Test func aSmallBudgetBringsSomethingThroughEachTime() throws {
        for number in 0..<40 {
            _ = try save(a, [("key", .set(.text("k\(number)"))), ("note", .set(.text("n\(number)")))])
            if number % 10 == 9 { try a.store.write { try $0.seal(in: try $0.space(Self.space)) } }
        }
        var left = [40]
        while let last = left.last, last > 0, left.count < 10 {
            let report = try a.sync(over: Line(hub: hub), maxBytes: 200)
            #expect(report.left < last)
            left.append(report.left)
        }
        #expect(left.last == 0 && left.count > 2)
    }

    @Test func theHubLeavesSearchRowsForWhoeverSearches() throws {
        _ = try save(a, [("key", .set(.text("k"))), ("note", .set(.text("Đã rà soát")))])
        try sync(a)
        func found() throws -> Int {
            try hub.store.read { try $0.records(form: "reading", find: "ra soat").count }
        }
        #expect(try found() == 0)
        try hub.store.catchUpSearch()
        #expect(try found() == 1)
        #expect(try hub.store.verify().isEmpty)
    }

    @Test func whatWaitsForAFormIsDecidedWhenItComes() throws {
        var form = Self.form
        form.form = "visit"
        form.fields = [
            FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), max: "9")
        ]
        try a.store.write { try $0.storeForm(form) }
        let words = try [Int64(3), 5].map { value in
            let captured = try a.capture([
                Draft(.new(form: "visit", space: Self.space), edits: [("value", .set(.integer(value)))])
            ])
            return try a.store.read { try $0.view(ofRow: captured[0].record).word }
        }
        try sync(a)
        #expect(try words.map { try show(a.store, $0).state } == [.waiting, .waiting])
        form.fields[0].max = "4"
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text("visit"))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        try sync(a, b)
        #expect(try words.map { try show(a.store, $0).state } == [.received, .refused])
        #expect(try digests().count == 1)
        #expect(try hub.store.verify().isEmpty)
    }

    @Test func aDevicePutBackFromACopyBeginsAnotherSession() throws {
        let word = try shared()
        let old = try #require(try a.store.read { try $0.setting("sync.session") })
        for number in 2..<5 {
            _ = try save(a, [("value", .set(.integer(Int64(number))))], to: word)
            try sync(a)
        }
        try a.store.write { try $0.setSetting("sync.session", old) }
        _ = try save(a, [("value", .set(.integer(9)))], to: word)
        let report = try a.sync(over: Line(hub: hub))
        #expect(report.complete && report.roundTrips == 2)
        try sync(b)
        #expect(try digests().count == 1)
    }

    @Test func aHubThatWasRestartedCostsOneRequestMore() throws {
        let word = try shared()
        let restarted = try Hub(
            path: folder.appendingPathComponent("hub.db").path, identity: hub.store.identity, world: .system)
        _ = try save(a, [("value", .set(.integer(5)))], to: word)
        let report = try a.sync(over: Line(hub: restarted))
        #expect(report.complete && report.roundTrips == 2)
        #expect(try a.sync(over: Line(hub: restarted)).roundTrips == 1)
    }

    @Test func aRevokedDevicesWorkIsKeptAsRefusedOnBothSides() throws {
        let word = try shared()
        try hub.revoke(a.replica.word, reason: "mất máy")
        _ = try save(a, [("value", .set(.integer(7)))], to: word)
        _ = try save(b, [("note", .set(.text("n")))], to: word)
        try sync(b)
        let report = try a.sync(over: Line(hub: hub))
        #expect(Set(report.refusals.values) == ["device.revoked"] && !report.complete && report.changesDown == 0)
        let refused = try hub.store.read { try $0.openChanges(ownOnly: false) }
        #expect(refused.map(\.code) == ["device.revoked"])
        #expect(try show(hub.store, word).fields["value"] == .integer(1))
        #expect(try show(a.store, word).fields["value"] == .integer(1))
        #expect(try show(a.store, word).state == .refused)
        #expect(try a.store.verify().isEmpty)
        // It is a verdict, and what comes later gets it too; nothing is read any more.
        _ = try save(a, [("value", .set(.integer(8)))], to: word)
        #expect(try a.sync(over: Line(hub: hub)).refused == 2)
        #expect(try show(a.store, word).fields["note"] == nil)
    }

    @Test func anUnknownDeviceAndAUsedCodeAreRefused() throws {
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 9, count: 32)))
        let stranger = try AgentDevice(
            path: folder.appendingPathComponent("9.db").path, identity: identity, unit: Self.unit, world: .system)
        let code = try hub.makeEnrolCode(unit: Self.unit, spaces: [], hours: 1).code
        let wrong = try #require(EnrolmentCode(code.text.dropLast() + (code.text.hasSuffix("0") ? "1" : "0")))
        #expect(throws: Refusal(code: "enrol.code-unknown")) {
            try stranger.enrol(url: "x", code: wrong, over: Line(hub: hub))
        }
        let elsewhere = try hub.makeEnrolCode(unit: "31135", spaces: [], hours: 1).code
        #expect(throws: (any Error).self) { try stranger.enrol(url: "x", code: elsewhere, over: Line(hub: hub)) }
        _ = try stranger.enrol(url: "x", code: code, over: Line(hub: hub))
        let another = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 10, count: 32)))
        let late = try AgentDevice(
            path: folder.appendingPathComponent("10.db").path, identity: another, unit: Self.unit, world: .system)
        #expect(throws: Refusal(code: "enrol.code-used")) { try late.enrol(url: "x", code: code, over: Line(hub: hub)) }
    }
}
