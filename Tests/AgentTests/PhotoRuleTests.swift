import Causality
import Foundation
import Hub
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing

@testable import Agent

/// What people chose for photos of their machine: over which lines they go, and how long they stay.
@Suite struct PhotoRuleTests {
    private final class Clock: @unchecked Sendable {
        // One thread, the test's. Files on the disk bear the time of the real clock.
        private(set) var now = World.system.now()
        func advance(days: Int64) { now += days * 86_400_000 }
    }

    private struct Mobile: HubTransport {
        let line: any HubTransport
        var network: NetworkKind? { .mobile }

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws { try line.exchange(route, sending: next, receiving: take) }
    }

    private let clock = Clock()
    private let ward: Ward

    init() throws {
        let clock = clock
        ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        var place = FieldDefinition(name: "place", type: .text, label: Label(vi: "Nơi", en: "Place"))
        place.maxLength = 200
        let form = FormDefinition(
            form: StoreTransaction.photoForm, version: 1, title: Label(vi: "Ảnh", en: "Photo"), group: "photos",
            writers: .unit,
            fields: [
                FieldDefinition(
                    name: "sha256", type: .text, label: Label(vi: "Mã", en: "Hash"), required: true, key: true),
                place,
                FieldDefinition(name: "small", type: .image, label: Label(vi: "Nhỏ", en: "Small"), policy: .union),
            ])
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        try ward.sync(ward.a, ward.b)
    }

    /// A photo with its small picture, in a record.
    private func photograph(_ seed: UInt8) throws -> (photo: Records.Attachment, small: Hash256, record: String) {
        let photo = try ward.attach(Ward.photo(300_000, seed), on: ward.a)
        let picture = Ward.photo(9_000, seed &+ 100)
        try ward.a.attachments.keep(smallPicture: picture, of: photo.hash)
        let record = try ward.visit(with: [photo], on: ward.a, "Chợ \(seed)")
        return (photo, Hash256.of(picture), record)
    }

    private func set(_ rules: PhotoRules) throws { try ward.a.store.write { try $0.setPhotoRules(rules) } }

    @Test func smallPicturesGoOverAnyLineAndPhotosOverThoseThatWereChosen() throws {
        let (photo, small, _) = try photograph(1)
        let tiny = try ward.attach(Ward.photo(200, 7), on: ward.a)
        try ward.visit(with: [tiny], on: ward.a, "Bến")
        #expect(try ward.a.attachmentsToSend().map(\.hash) == [small, tiny.hash, photo.hash])
        try set(PhotoRules(networks: [.cable, .wifi]))
        let held = try ward.a.sync(over: Mobile(line: ward.line)).attachments
        #expect(held.sent == 1 && held.left == 0 && held.held == 2 && held.bytesHeld == 300_200)
        #expect(try ward.hub.blobs.isSound(small))
        #expect(try ward.hub.blobs.byteCount(of: photo.hash) == nil)
        // Whoever asks for them sends them over any line.
        let asked = try ward.a.sync(over: Mobile(line: ward.line), photos: true)
        #expect(asked.attachments.sent == 2 && asked.attachments.held == 0 && asked.complete)
        let view = try ward.hub.store.read { try $0.smallPicture(of: photo.hash, in: Ward.space) }
        #expect(view?.hash == small)
    }

    @Test func whatACameraWroteWronglyTakesTheSmallPictureNotWithIt() throws {
        let photo = try ward.attach(Ward.photo(90_000), on: ward.a)
        try ward.a.attachments.keep(smallPicture: Ward.photo(900), of: photo.hash)
        try ward.a.store.write { store in
            try store.note(PhotoFacts(takenAt: nil, place: String(repeating: "x", count: 70_000)), of: photo.hash)
        }
        try ward.visit(with: [photo], on: ward.a)
        #expect(try ward.a.store.read { try $0.smallPicture(of: photo.hash, in: Ward.space) }?.byteCount == 900)
    }

    @Test func smallPicturesOfOthersComeByThemselves() throws {
        let (photo, small, _) = try photograph(4)
        try ward.sync(ward.a, ward.b)
        #expect(try ward.b.blobs.isSound(small) && ward.b.blobs.byteCount(of: photo.hash) == nil)
        // While the hub has none of what is missing, it is not asked each time.
        let (_, second, _) = try photograph(5)
        try ward.a.blobs.remove(second)
        try ward.sync(ward.a)
        var routes: [HubRoute] = []
        let noting = NotingLine(ward.line) { routes.append($0) }
        for _ in 1...3 { _ = try ward.b.sync(over: noting) }
        #expect(routes.count { $0 == .askAttachments } == 1 && !routes.contains(.getAttachment))
        // Over a line that was not chosen they do not come.
        try ward.b.store.write { try $0.setPhotoRules(PhotoRules(networks: [.cable])) }
        let (_, third, _) = try photograph(6)
        clock.advance(days: 1)
        try ward.sync(ward.a, ward.b)
        #expect(try ward.b.blobs.byteCount(of: third) == nil)
    }

    @Test func overALineOfWhichNothingIsKnownPhotosWaitUnlessAnyWillDo() throws {
        _ = try photograph(1)
        try set(PhotoRules(networks: [.cable, .wifi, .other]))
        #expect(try ward.a.sync(over: ward.line).attachments.held == 1)
        try set(PhotoRules())
        #expect(try ward.a.sync(over: ward.line).attachments.held == 0)
    }

    /// Walks out of the office's Wi-Fi after the first photo.
    private final class Walking: HubTransport {
        let line: any HubTransport
        private var puts = 0
        init(_ line: any HubTransport) { self.line = line }
        var network: NetworkKind? { puts > 1 ? .mobile : .wifi }

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            if route == .putAttachment { puts += 1 }
            try line.exchange(route, sending: next, receiving: take)
        }
    }

    @Test func theLineIsLookedAtBeforeEachPhoto() throws {
        let photos = try (1...3).map { try ward.attach(Ward.photo(150_000, UInt8($0)), on: ward.a) }
        try ward.visit(with: photos, on: ward.a)
        try set(PhotoRules(networks: [.wifi]))
        let report = try ward.a.sync(over: Walking(ward.line)).attachments
        #expect(report.sent == 2 && report.bytesSent == 300_000)
        #expect(try ward.a.attachmentsToSend().count == 1)
    }

    @Test func whatTheHubLostWaitsForItsLineToo() throws {
        let (photo, _, _) = try photograph(9)
        try ward.sync(ward.a)
        try ward.hub.blobs.remove(photo.hash)
        try set(PhotoRules(networks: [.cable]))
        clock.advance(days: 8)
        let report = try ward.a.sync(over: Mobile(line: ward.line)).attachments
        #expect(report.bytesSent == 0)
        #expect(try ward.a.attachmentsToSend() == [photo] && ward.hub.blobs.byteCount(of: photo.hash) == nil)
    }

    @Test func aPictureThatIsDamagedAtTheHubKeepsNoOtherFromComing() throws {
        let (_, first, _) = try photograph(10)
        let (_, second, _) = try photograph(11)
        try ward.sync(ward.a)
        let path = ward.path + "/hub.attachments/\(first.hex.prefix(2))/\(first.hex.dropFirst(2))"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[100] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        var routes: [HubRoute] = []
        for _ in 1...2 { _ = try ward.b.sync(over: NotingLine(ward.line) { routes.append($0) }) }
        #expect(try ward.b.blobs.isSound(second) && ward.b.blobs.byteCount(of: first) == nil)
        #expect(routes.count { $0 == .getAttachment } == 2, "and is not asked for each time")
    }

    @Test func aPhotoLeavesWhenTheHubHasItAndItsTimeIsOver() throws {
        let (photo, small, record) = try photograph(2)
        let alone = try ward.attach(Ward.photo(90_000, 5), on: ward.a)
        try ward.visit(with: [alone], on: ward.a, "Kho")
        try set(PhotoRules(keptDays: 30))
        try ward.sync(ward.a, ward.b)
        clock.advance(days: 29)
        #expect(try ward.a.sync(over: ward.line).attachments.letGo == 0)
        clock.advance(days: 2)
        #expect(try ward.a.sync(over: Mobile(line: ward.line), maxBytes: 1).attachments.letGo == 0)
        #expect(try ward.a.sync(over: ward.line).attachments.letGo == 1)
        #expect(try ward.a.blobs.byteCount(of: photo.hash) == nil)
        #expect(try ward.a.blobs.isSound(small), "its small picture stays")
        #expect(try ward.a.blobs.isSound(alone.hash), "of which nothing would be left to see")
        #expect(try ward.a.store.attachmentProblems(in: ward.a.blobs, isHub: false) == [])
        // It is asked about no more, and comes back to whoever wants to see it.
        #expect(try ward.a.sync(over: ward.line).complete)
        try ward.a.fetchAttachment(photo.hash, over: ward.line)
        #expect(try ward.a.blobs.isSound(photo.hash))
        #expect(try ward.show(ward.b.store, record).fields["photos"] == .items([photo.word]))
    }

    @Test func whatTheHubHasNotStays() throws {
        let (photo, _, _) = try photograph(3)
        try set(PhotoRules(networks: [], keptDays: 1))
        clock.advance(days: 400)
        #expect(try ward.a.sync(over: ward.line).attachments.letGo == 0)
        #expect(try ward.a.blobs.isSound(photo.hash))
        try set(PhotoRules())
        _ = try ward.a.sync(over: ward.line, photos: true)
        try set(PhotoRules(keptDays: 1))
        // The hub loses it after it had said to have it: it is asked once more before anything goes.
        try ward.hub.blobs.remove(photo.hash)
        clock.advance(days: 2)
        #expect(try ward.a.sync(over: ward.line).attachments.letGo == 0)
        #expect(try ward.a.blobs.isSound(photo.hash))
        #expect(try ward.a.attachmentsToSend() == [photo])
    }

    @Test func whatNoRecordListsStaysRefusedWorkAndDraftsToo() throws {
        try set(PhotoRules(keptDays: 1))
        try ward.hub.disablePerson("lan")
        let photo = try ward.attach(Ward.photo(50_000, 1), on: ward.a)
        try ward.a.attachments.keep(smallPicture: Ward.photo(900), of: photo.hash)
        try ward.save(
            ward.a, [("place", .set(.text("Chợ"))), ("photos", .set(.items([photo.word])))], form: "visit", by: "lan")
        let inDraft = try ward.attach(Ward.photo(5_000, 2), on: ward.a)
        for _ in 1...3 {
            clock.advance(days: 40)
            #expect(try ward.a.sync(over: ward.line).attachments.letGo == 0)
        }
        #expect(try ward.a.store.read { try $0.ownCounts().refused } > 0)
        #expect(try ward.a.blobs.isSound(photo.hash) && ward.a.blobs.isSound(inDraft.hash))
        // An admin accepts it in the end, and the photo goes where it belongs.
        for work in try ward.hub.store.read({ try $0.refusedWork(limit: 10) }) {
            _ = try ward.hub.acceptRefused(work.dotWord, person: "")
        }
        #expect(try ward.a.sync(over: ward.line).attachments.sent > 0)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    @Test(arguments: [0, -1, 3_651]) func daysAreBounded(_ days: Int) throws {
        #expect(throws: AgentError.self) { try set(PhotoRules(keptDays: days)) }
        #expect(try ward.a.store.read { try $0.photoRules() } == PhotoRules())
    }

    @Test func smallPicturesAreSmallAndPictures() throws {
        let photo = try ward.attach(Ward.photo(90_000), on: ward.a)
        for bytes in [Ward.photo(RecordLimits.smallPictureBytes + 1), Array("%PDF-1.7 and so on".utf8), [], [0xFF]] {
            #expect(throws: (any Error).self) { try ward.a.attachments.keep(smallPicture: bytes, of: photo.hash) }
        }
        #expect(throws: StoreError.self) {
            try ward.a.attachments.keep(smallPicture: Ward.photo(900), of: Hash256.of([1, 2, 3]))
        }
        #expect(try ward.a.blobs.all() == [photo.hash])
    }

    @Test func linesAreToldByWhatTheSystemHasOnThem() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-net-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func make(_ name: String, uevent: String = "", entries: [String] = [], driver: String? = nil) throws {
            let place = folder.appendingPathComponent(name)
            for entry in entries + [""] {
                try FileManager.default.createDirectory(
                    at: place.appendingPathComponent(entry), withIntermediateDirectories: true)
            }
            try Data(uevent.utf8).write(to: place.appendingPathComponent("uevent"))
            guard let driver else { return }
            let device = place.appendingPathComponent("device")
            try FileManager.default.createDirectory(at: device, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: device.appendingPathComponent("driver").path, withDestinationPath: "../../drivers/\(driver)")
        }
        try make("enp3s0", entries: ["device"], driver: "r8169")
        try make("wlp2s0", uevent: "DEVTYPE=wlan\nINTERFACE=wlp2s0", entries: ["device", "wireless"])
        try make("wlx00", entries: ["phy80211", "device"])
        try make("wwan0", uevent: "DEVTYPE=wwan", entries: ["device"])
        try make("ppp0")
        try make("enp0s20u1", entries: ["device"], driver: "rndis_host")
        try make("eth1", entries: ["device"], driver: "ipheth")
        try make("usb0", entries: ["device"], driver: "cdc_ncm")
        try make("tun0")
        try make("lo")
        let found = [
            "enp3s0", "wlp2s0", "wlx00", "wwan0", "ppp0", "enp0s20u1", "eth1", "usb0", "tun0", "lo", "nothing",
        ].map {
            NetworkKind(interface: $0, in: folder.path)
        }
        #expect(
            found == [.cable, .wifi, .wifi, .mobile, .mobile, .mobile, .mobile, .other, .other, .other, .other])
        #expect(NetworkKind(localAddress: "127.0.0.1") == .other)
        #expect(NetworkKind(localAddress: "203.0.113.9", interfaces: folder.path) == nil)
    }
}
