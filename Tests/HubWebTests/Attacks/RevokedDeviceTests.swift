import Agent
import AgentWeb
import Causality
import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import WebPages

/// A machine that was shut out while it held work: it takes nothing more, and nothing of its people's work is lost.
@Suite struct RevokedDeviceTests {
    private let siege: Siege
    private let word: String

    init() throws {
        siege = try Siege()
        let ward = siege.ward
        _ = try ward.shared()
        // Saved with no line; then the machine is reported lost, and later found again.
        word = try ward.save(
            ward.a, [("key", .set(.text("chưa gửi"))), ("value", .set(.decimal(DecimalNumber("7")!)))], by: "lan")
        try ward.hub.revoke(try ward.a.replica.word, reason: "mất máy", by: "viet")
        try ward.save(ward.b, [("key", .set(.text("mới"))), ("note", .set(.text("BÍ MẬT")))], by: "minh")
        try ward.sync(ward.b)
    }

    /// Lan at the machine's own pages; she is chosen by name.
    private static func lan(_ client: any TestClientProtocol) async throws -> PageClient {
        let browser = PageClient(client)
        #expect(try await browser.submit("/sign-in", ["name": "lan", "password": ""]).status == 303)
        return browser
    }

    @Test func itIsToldClearlyAndReadsNothingMore() async throws {
        let ward = siege.ward
        let sync = BackgroundSync(device: ward.a, isAutomatic: false) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        let report = try ward.a.sync(over: ward.line)
        #expect(report.refusals.values.contains("device.revoked") && !report.complete && report.changesDown == 0)
        try await application.test(.router) { client in
            let browser = try await Self.lan(client)
            for (language, told) in [("en", "This device was revoked"), ("vi", "Thiết bị này đã bị thu hồi")] {
                browser.language = language
                let outbox = try await browser.get("/outbox")
                #expect(outbox.status == 200 && outbox.html.contains(told), "\(language)")
                #expect(!outbox.html.contains("BÍ MẬT"))
            }
            // What it held is still to be read there, and to be taken along.
            #expect(try await browser.get("/records/\(word)").html.contains("chưa gửi"))
        }
        #expect(try ward.a.store.read { try $0.records(form: "reading") }.allSatisfy { $0.fields["note"] == nil })
        #expect(try ward.a.store.verify().isEmpty)
    }

    @Test func whatItBringsIsKeptAndCountsOnceAnAdminSaysSo() async throws {
        let ward = siege.ward
        let word = word
        _ = try ward.a.sync(over: ward.line)
        #expect(try ward.show(ward.hub.store, word).state == .refused)
        let change = try #require(try ward.changes(ward.hub.store, word).first)
        #expect(change.code == "device.revoked" && change.author == "lan")
        try await siege.storm { client, ward, _ in
            let admin = try await Siege.browser(client)
            let page = try await admin.get("/refused")
            #expect(page.html.contains("chưa gửi") && page.html.contains("This device was revoked"))
            let taken = try await admin.submit(
                page, action: "/refused/\(change.dotWord)", ["reason": "máy đã tìm lại", "outcome": "accept"])
            #expect(taken.status == 303, "\(taken.status)")
        }
        // It counts, under its author's name, and the unit's other machines have it.
        try ward.sync(ward.b)
        let views = try ward.b.store.read { try $0.records(form: "reading") }
        let found = try #require(views.first { $0.fields["key"] == .text("chưa gửi") })
        #expect(found.fields["value"] == .decimal(DecimalNumber("7")!) && found.state == .received)
        #expect(found.versions["value"]?.first?.author == "lan")
    }

    /// A thief who keeps writing on it: all of it is kept apart, none of it counts, and the unit's own work goes on.
    @Test func whatAThiefWritesOnItCountsForNothing() throws {
        let ward = siege.ward
        for number in 0..<20 {
            try ward.save(ward.a, [("key", .set(.text("giả \(number)")))], by: "lan")
            _ = try ward.a.sync(over: ward.line)
        }
        let views = try ward.hub.store.read { try $0.records(form: "reading") }
        #expect(
            views.filter { ($0.fields["key"]?.plainText ?? "").hasPrefix("giả") }.allSatisfy { $0.state == .refused })
        #expect(try ward.hub.store.verify().isEmpty)
        // Neither a new key nor another enrolment request with the old one lets it in again.
        try ward.a.store.write { try $0.goOnAsNew() }
        _ = try? ward.a.sync(over: ward.line)
        let last = try ward.save(ward.a, [("key", .set(.text("giả nữa")))], by: "lan")
        _ = try? ward.a.sync(over: ward.line)
        let state = try? ward.show(ward.hub.store, last).state
        #expect(state == nil || state == .refused)
        #expect(try ward.a.store.read { try $0.records(form: "reading") }.allSatisfy { $0.fields["note"] == nil })
    }

    /// Photos go neither way, and what it tells of itself is not taken.
    @Test func neitherPhotosNorReportsAreTaken() throws {
        let ward = siege.ward
        let (identity, hub) = (try ward.a.store.identity, ward.hub.replica)
        func code(_ message: [UInt8], _ route: HubRoute) throws -> String {
            (try? Refusal(bytes: try ward.hub.reply(to: message, at: route)))?.code ?? ""
        }
        let item = AttachmentQuery.Item(hash: .zero, byteCount: 10)
        #expect(
            try code(AttachmentQuery.bytes([item], signedBy: identity, hub: hub), .askAttachments) == "device.revoked")
        #expect(
            try code(AttachmentGet.bytes(.zero, from: 0, signedBy: identity, hub: hub), .getAttachment)
                == "device.revoked")
        let report = DeviceReport(version: "1", waiting: 0, photos: 0, free: 1, epoch: 1)
        #expect(try code(report.bytes(counter: 1 << 60, signedBy: identity, hub: hub), .device) == "device.revoked")
    }

    /// With no line at all, all that it holds is a file, which the unit's people hand in at the hub.
    @Test func whatNeverCameIsHandedInAsAFile() async throws {
        let ward = siege.ward
        let sync = BackgroundSync(device: ward.a, isAutomatic: false) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        let before = try await application.test(.router) { client in
            try await Self.lan(client).get("/outbox/file")
        }
        // Also after it was told that it is shut out.
        _ = try ward.a.sync(over: ward.line)
        let after = try await application.test(.router) { client in
            try await Self.lan(client).get("/outbox/file")
        }
        for reply in [before, after] {
            #expect(reply.status == 200 && reply.html.contains("chưa gửi"), "\(reply.status) \(reply.html.prefix(200))")
            #expect(reply.html.contains("\"lan\"") && !reply.html.contains("BÍ MẬT"))
        }
    }
}
