import Agent
import Causality
import Foundation
import Hub
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// Photos and files between two devices and their hub, at the engines.
@Suite struct AttachmentTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    @Test func aPhotoComesToTheHubAfterItsRecordAndToWhoeverAsks() throws {
        let bytes = Ward.photo(300_000)
        let photo = try ward.attach(bytes, on: ward.a)
        #expect(photo.byteCount == 300_000 && photo.kind == .jpeg)
        let word = try ward.visit(with: [photo], on: ward.a)
        #expect(try ward.a.attachmentsToSend() == [photo])
        let report = try ward.a.sync(over: ward.line)
        #expect(report.complete && report.attachments.sent == 1 && report.attachments.left == 0)
        #expect(try ward.a.attachmentsToSend() == [])
        #expect(try ward.hub.blobs.read(photo.hash, from: 0, count: 400_000) == bytes)
        try ward.sync(ward.b)
        #expect(try ward.show(ward.b.store, word).fields["photos"] == .items([photo.word]))
        #expect(try ward.b.blobs.byteCount(of: photo.hash) == nil)
        try ward.b.fetchAttachment(photo.hash, over: ward.line)
        #expect(try ward.b.blobs.read(photo.hash, from: 0, count: 400_000) == bytes)
        // What came from the hub is not offered to it.
        #expect(try ward.b.attachmentsToSend() == [])
        for (keeper, isHub) in [(ward.a.store, false), (ward.b.store, false), (ward.hub.store, true)] {
            let blobs = isHub ? ward.hub.blobs : keeper === ward.a.store ? ward.a.blobs : ward.b.blobs
            #expect(try keeper.attachmentProblems(in: blobs, isHub: isHub) == [])
        }
    }

    @Test func theSamePhotoIsStoredAndSentOnce() throws {
        let bytes = Ward.photo(200_000)
        let photos = try [ward.a, ward.a, ward.b].map { try ward.attach(bytes, on: $0) }
        #expect(Set(photos).count == 1)
        try ward.visit(with: [photos[0]], on: ward.a)
        try ward.visit(with: [photos[0]], on: ward.a, "Bến")
        try ward.visit(with: [photos[0]], on: ward.b, "Kho")
        let first = try ward.a.sync(over: ward.line)
        let second = try ward.b.sync(over: ward.line)
        #expect(first.attachments.sent == 1 && first.attachments.bytesSent == 200_000)
        #expect(second.attachments.sent == 1 && second.attachments.bytesSent == 0)
    }

    @Test func smallOnesGoFirst() throws {
        let sizes = [500_000, 3_000, 90_000]
        let photos = try sizes.map { try ward.attach(Ward.photo($0, UInt8($0 % 251)), on: ward.a) }
        try ward.visit(with: photos, on: ward.a)
        #expect(try ward.a.attachmentsToSend().map(\.byteCount) == sizes.sorted())
        // The budget ends it between two chunks, and the rest goes with the next.
        let report = try ward.a.sync(over: ward.line, maxBytes: 250_000)
        #expect(report.attachments.sent == 2 && report.attachments.left == 1 && !report.complete)
        #expect(try ward.hub.blobs.beginning(of: photos[0].hash) == ProtocolLimits.attachmentChunkBytes)
        let rest = try ward.a.sync(over: ward.line)
        #expect(rest.complete && rest.attachments.bytesSent == 500_000 - ProtocolLimits.attachmentChunkBytes)
    }

    @Test(arguments: [0, 1, 100, 9_000, 131_071, 131_200, 200_000, 262_500, 390_000, 393_000])
    func aCutCostsTheChunkThatWasUnderWay(after room: Int) throws {
        let photo = try ward.attach(Ward.photo(400_000), on: ward.a)
        try ward.visit(with: [photo], on: ward.a)
        let line = CutLine(ward.line, after: room)
        #expect(throws: (any Error).self) { try ward.a.sync(over: line) }
        // The record is there; the photo has come as far as whole chunks go.
        #expect(try ward.a.waitingCount() == 0)
        let whole = try ward.hub.blobs.beginning(of: photo.hash) / ProtocolLimits.attachmentChunkBytes
        let again = CutLine(ward.line, after: .max)
        let report = try ward.a.sync(over: again)
        #expect(report.complete && report.attachments.sent == 1)
        #expect(line.sent + again.sent < 400_000 + ProtocolLimits.attachmentChunkBytes + 2_000)
        #expect(report.attachments.bytesSent == 400_000 - whole * ProtocolLimits.attachmentChunkBytes)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    @Test func aHubThatWasPutBackIsAskedAboutEverythingAgain() throws {
        let photo = try ward.attach(Ward.photo(150_000), on: ward.a)
        try ward.visit(with: [photo], on: ward.a)
        try ward.sync(ward.a)
        try ward.hub.blobs.remove(photo.hash)
        #expect(
            try ward.hub.store.attachmentProblems(in: ward.hub.blobs, isHub: true).map(\.kind) == [.attachmentGone])
        _ = try ward.hub.openEpoch(after: 1)
        let report = try ward.a.sync(over: ward.line)
        #expect(report.attachments.sent == 1)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    @Test func fetchingTakesNothingAwayAndMendsWhatIsDamaged() throws {
        // Chosen for a form that nobody saved yet: no record lists it.
        let draft = try ward.attach(Ward.photo(9_000, 3), on: ward.a)
        try ward.a.fetchAttachment(draft.hash, over: ward.line)
        #expect(try ward.a.blobs.isSound(draft.hash))
        let bytes = Ward.photo(150_000)
        let photo = try ward.attach(bytes, on: ward.a)
        try ward.visit(with: [photo], on: ward.a)
        try ward.sync(ward.a, ward.b)
        try ward.b.fetchAttachment(photo.hash, over: ward.line)
        let path = ward.path + "/3.attachments/\(photo.name.prefix(2))/\(photo.name.dropFirst(2))"
        try Data(bytes.prefix(70_000)).write(to: URL(fileURLWithPath: path))
        #expect(throws: (any Error).self) {
            try ward.b.fetchAttachment(photo.hash, over: DeadForPhotos(line: ward.line, route: .getAttachment))
        }
        #expect(try ward.b.blobs.byteCount(of: photo.hash) == 70_000)
        try ward.b.fetchAttachment(photo.hash, over: ward.line)
        #expect(try ward.b.blobs.isSound(photo.hash))
    }

    @Test func aPhotoTakenOutOfARecordStaysWhatItsHistoryShows() throws {
        let photo = try ward.attach(Ward.photo(5_000), on: ward.a)
        let word = try ward.visit(with: [photo], on: ward.a)
        try ward.save(ward.a, [("photos", .drop(photo.word))], to: word)
        #expect(try ward.a.sync(over: ward.line).attachments.sent == 1)
        #expect(try ward.show(ward.hub.store, word).fields["photos"] ?? .null == .null)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    @Test func whatTheHubLostIsAskedForAgainAfterSomeDays() throws {
        let clock = Clock()
        let ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        let intake = try ward.a.attachmentIntake()
        try intake.add(Ward.photo(5_000))
        let photo = try intake.finish()
        try ward.save(
            ward.a, [("place", .set(.text("Chợ"))), ("photos", .set(.items([photo.word])))], form: "visit")
        try ward.sync(ward.a)
        try ward.hub.blobs.remove(photo.hash)
        clock.advance(days: 3)
        try ward.sync(ward.a)
        #expect(try ward.hub.blobs.byteCount(of: photo.hash) == nil)
        clock.advance(days: 5)
        try ward.sync(ward.a)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    private final class Clock: @unchecked Sendable {
        // One thread, the test's.
        private(set) var now: Int64 = 1_790_000_000_000
        func advance(days: Int64) { now += days * 86_400_000 }
    }

    @Test func whatIsSavedWhilePhotosGoIsSentBeforeTheRest() throws {
        let photos = try (1...4).map { try ward.attach(Ward.photo(200_000, UInt8($0)), on: ward.a) }
        try ward.visit(with: photos, on: ward.a)
        var order: [HubRoute] = []
        let line = NotingLine(ward.line) { order.append($0) }
        var isSaved = false
        let report = try ward.a.sync(
            over: line,
            progress: { report in
                guard report.attachments.sent == 1, !isSaved else { return }
                isSaved = true
                _ = try? self.ward.visit(with: [], on: self.ward.a, "Bến")
            })
        #expect(report.complete && report.attachments.sent == 4 && report.changesUp == 2)
        let second = try #require(order.lastIndex(of: .sync))
        #expect(order[second...].count { $0 == .putAttachment } == 3)
    }

    @Test func aLineThatBringsNothingIsGivenUpAndRecordsCountAsSent() throws {
        let photo = try ward.attach(Ward.photo(300_000), on: ward.a)
        try ward.visit(with: [photo], on: ward.a)
        let line = DeadForPhotos(line: ward.line)
        let report = try ward.a.sync(over: line)
        #expect(report.left == 0 && report.attachments.left == 1 && !report.complete)
        #expect(report.attachments.trouble == "hub.unreachable" && line.tries == 3)
        #expect(try ward.a.lastError() == nil)
    }
}
