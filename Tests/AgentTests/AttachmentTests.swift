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

    /// Bytes that begin as a JPEG does and are otherwise their own.
    static func photo(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        return [0xFF, 0xD8, 0xFF, 0xE0]
            + (0..<max(0, count - 4)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
    }

    private func attach(_ bytes: [UInt8], on device: AgentDevice) throws -> Records.Attachment {
        let intake = try device.attachmentIntake()
        // The first piece does not tell what it is.
        var rest: ArraySlice<UInt8> = bytes[...]
        try intake.add(Array(rest.prefix(3)))
        rest = rest.dropFirst(3)
        while !rest.isEmpty {
            try intake.add(Array(rest.prefix(10_000)))
            rest = rest.dropFirst(10_000)
        }
        return try intake.finish()
    }

    @discardableResult
    private func visit(with attachments: [Records.Attachment], on device: AgentDevice, _ place: String = "Chợ") throws
        -> String
    {
        try ward.save(
            device, [("place", .set(.text(place))), ("photos", .set(.items(attachments.map(\.word).sorted())))],
            form: "visit")
    }

    private func code(_ body: () throws -> Void) -> String {
        do { try body() } catch let error as any CodedError { return error.code } catch { return "\(error)" }
        return ""
    }

    /// A line that is cut after so many bytes of messages to one address.
    private final class CutLine: HubTransport {
        let line: any HubTransport
        var room: Int
        /// Bytes of chunks that came over it, by their place in all that were sent.
        var sent = 0

        init(_ line: any HubTransport, after room: Int) {
            self.line = line
            self.room = room
        }

        struct Cut: Error {}

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            guard route == .putAttachment else { return try line.exchange(route, sending: next, receiving: take) }
            var message: [UInt8] = []
            var isCut = false
            while let piece = try next() {
                message += piece
                room -= piece.count
                isCut = room < 0
                if isCut { break }
            }
            if isCut { message.removeLast(min(message.count, -room)) }
            sent += message.count
            try line.exchange(message, to: route, take)
            if isCut { throw Cut() }
        }
    }

    // MARK: What comes and goes

    @Test func aPhotoComesToTheHubAfterItsRecordAndToWhoeverAsks() throws {
        let bytes = Self.photo(300_000)
        let photo = try attach(bytes, on: ward.a)
        #expect(photo.byteCount == 300_000 && photo.kind == .jpeg)
        let word = try visit(with: [photo], on: ward.a)
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
        let bytes = Self.photo(200_000)
        let photos = try [ward.a, ward.a, ward.b].map { try attach(bytes, on: $0) }
        #expect(Set(photos).count == 1)
        try visit(with: [photos[0]], on: ward.a)
        try visit(with: [photos[0]], on: ward.a, "Bến")
        try visit(with: [photos[0]], on: ward.b, "Kho")
        let first = try ward.a.sync(over: ward.line)
        let second = try ward.b.sync(over: ward.line)
        #expect(first.attachments.sent == 1 && first.attachments.bytesSent == 200_000)
        #expect(second.attachments.sent == 1 && second.attachments.bytesSent == 0)
    }

    @Test func smallOnesGoFirst() throws {
        let sizes = [500_000, 3_000, 90_000]
        let photos = try sizes.map { try attach(Self.photo($0, UInt8($0 % 251)), on: ward.a) }
        try visit(with: photos, on: ward.a)
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
        let photo = try attach(Self.photo(400_000), on: ward.a)
        try visit(with: [photo], on: ward.a)
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
        let photo = try attach(Self.photo(150_000), on: ward.a)
        try visit(with: [photo], on: ward.a)
        try ward.sync(ward.a)
        try ward.hub.blobs.remove(photo.hash)
        #expect(
            try ward.hub.store.attachmentProblems(in: ward.hub.blobs, isHub: true).map(\.kind) == [.attachmentGone])
        _ = try ward.hub.openEpoch(after: 1)
        let report = try ward.a.sync(over: ward.line)
        #expect(report.attachments.sent == 1)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    @Test func aPhotoTakenOutOfARecordStaysWhatItsHistoryShows() throws {
        let photo = try attach(Self.photo(5_000), on: ward.a)
        let word = try visit(with: [photo], on: ward.a)
        try ward.save(ward.a, [("photos", .drop(photo.word))], to: word)
        #expect(try ward.a.sync(over: ward.line).attachments.sent == 1)
        #expect(try ward.show(ward.hub.store, word).fields["photos"] ?? .null == .null)
        #expect(try ward.hub.blobs.isSound(photo.hash))
    }

    @Test func whatTheHubLostIsAskedForAgainAfterSomeDays() throws {
        let clock = Clock()
        let ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        let intake = try ward.a.attachmentIntake()
        try intake.add(Self.photo(5_000))
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
        let photos = try (1...4).map { try attach(Self.photo(200_000, UInt8($0)), on: ward.a) }
        try visit(with: photos, on: ward.a)
        var order: [HubRoute] = []
        let line = NotingLine(ward.line) { order.append($0) }
        var isSaved = false
        let report = try ward.a.sync(
            over: line,
            progress: { report in
                guard report.attachments.sent == 1, !isSaved else { return }
                isSaved = true
                _ = try? self.visit(with: [], on: self.ward.a, "Bến")
            })
        #expect(report.complete && report.attachments.sent == 4 && report.changesUp == 2)
        let second = try #require(order.lastIndex(of: .sync))
        #expect(order[second...].count { $0 == .putAttachment } == 3)
    }

    private struct NotingLine: HubTransport {
        let line: any HubTransport
        let note: (HubRoute) -> Void

        init(_ line: any HubTransport, _ note: @escaping (HubRoute) -> Void) {
            self.line = line
            self.note = note
        }

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            note(route)
            try line.exchange(route, sending: next, receiving: take)
        }
    }

    @Test func aLineThatBringsNothingIsGivenUpAndRecordsCountAsSent() throws {
        let photo = try attach(Self.photo(300_000), on: ward.a)
        try visit(with: [photo], on: ward.a)
        let line = DeadForPhotos(line: ward.line)
        let report = try ward.a.sync(over: line)
        #expect(report.left == 0 && report.attachments.left == 1 && !report.complete)
        #expect(report.attachments.trouble == "hub.unreachable" && line.tries == 3)
        #expect(try ward.a.lastError() == nil)
    }

    private final class DeadForPhotos: HubTransport {
        let line: any HubTransport
        private(set) var tries = 0

        init(line: any HubTransport) { self.line = line }

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            guard route == .putAttachment else { return try line.exchange(route, sending: next, receiving: take) }
            tries += 1
            while try next() != nil {}
            throw AgentError(.hubUnreachable, ["problem": "cut"])
        }
    }

    // MARK: What is refused

    @Test func whatIsNoPhotoOrTooLargeIsRefusedAndNothingOfItStays() throws {
        let device = ward.a
        #expect(code { _ = try attach([], on: device) } == "attachment.empty")
        #expect(code { _ = try attach(Array("MZ no picture".utf8), on: device) } == "attachment.kind-unknown")
        #expect(code { _ = try attach([0xFF, 0xD8], on: device) } == "attachment.kind-unknown")
        // Ten gigabytes are not read to the end.
        var pieces = 0
        let piece = Self.photo(1 << 20)
        let endless = code {
            let intake = try device.attachmentIntake()
            while pieces < 10_000 {
                pieces += 1
                try intake.add(piece)
            }
        }
        #expect(endless == "attachment.too-large" && pieces <= 34)
        #expect(code { _ = try device.attach(fileAt: "/no/such/photo.jpg") } == "attachment.unreadable")
        #expect(try device.blobs.all() == [])
        let left = try FileManager.default.subpathsOfDirectory(atPath: ward.path).filter { $0.contains("new-") }
        #expect(left == [])
    }

    @Test(arguments: [
        "../../etc/passwd", "x.1.jpg", String(repeating: "a", count: 64) + ".0.jpg",
        String(repeating: "a", count: 64) + ".01.jpg", String(repeating: "A", count: 64) + ".1.jpg",
        String(repeating: "a", count: 64) + ".1.exe", String(repeating: "a", count: 64) + ".99999999999.jpg",
        String(repeating: "a", count: 64) + ".1.pdf",
    ]) func onlyAnAttachmentsWordIsListed(word: String) throws {
        let found = code {
            try ward.save(
                ward.a, [("place", .set(.text("Chợ"))), ("photos", .set(.items([word])))], form: "visit")
        }
        // A document may be an attachment, which is asked for first, and is no photo.
        #expect(found == (word.hasSuffix(".1.pdf") ? "attachment.missing" : "field.attachment"))
        let text = code { _ = try Ward.visit.field("photos")?.parse(word) }
        #expect(text == "field.attachment")
    }

    private func put(
        _ bytes: [UInt8], as item: AttachmentQuery.Item, first: Int = 0, by device: AgentDevice,
        hashes: [Hash256]? = nil
    ) throws -> [UInt8] {
        let size = ProtocolLimits.attachmentChunkBytes
        let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        let identity = try device.store.identity
        let head = AttachmentPut(
            replica: identity.replica, item: item, first: first, chunks: hashes ?? chunks.map(AttachmentChunks.hash)
        ).bytes(signedBy: identity, hub: ward.hub.replica)
        let message = head + chunks.dropFirst(first).flatMap(AttachmentPut.chunk)
        return try ward.hub.reply(to: message, at: .putAttachment)
    }

    private func refusal(_ answer: [UInt8]) -> String { (try? Refusal(bytes: answer))?.code ?? "" }

    @Test func theHubTakesOnlyWhatARecordListsAndOnlyItsOwnBytes() throws {
        let bytes = Self.photo(200_000)
        let hash = Hash256.sha(of: bytes)
        let item = AttachmentQuery.Item(hash: hash, byteCount: bytes.count)
        #expect(refusal(try put(bytes, as: item, by: ward.a)) == "attachment.unlisted")
        let photo = Records.Attachment(hash: hash, byteCount: bytes.count, kind: .jpeg)
        #expect(code { try visit(with: [photo], on: ward.a) } == "attachment.missing")
        #expect(try attach(bytes, on: ward.a) == photo)
        try visit(with: [photo], on: ward.a)
        try ward.a.blobs.remove(hash)
        try ward.sync(ward.a)
        // Of another length than the record says.
        let short = AttachmentQuery.Item(hash: hash, byteCount: 100)
        #expect(refusal(try put(Array(bytes.prefix(100)), as: short, by: ward.a)) == "attachment.unlisted")
        // A chunk that is not what the head says.
        var wrong = bytes
        wrong[150_000] ^= 1
        let hashes = [bytes[..<131_072], bytes[131_072...]].map { AttachmentChunks.hash(Array($0)) }
        #expect(refusal(try put(wrong, as: item, by: ward.a, hashes: hashes)) == "attachment.hash-wrong")
        #expect(try ward.hub.blobs.beginning(of: hash) == 131_072)
        // A head that agrees with its chunks and not with the hash: all of it is forgotten.
        #expect(refusal(try put(wrong, as: item, by: ward.a)) == "attachment.hash-wrong")
        #expect(try ward.hub.blobs.beginning(of: hash) == 0)
        #expect(refusal(try put(bytes, as: item, first: 1, by: ward.a)) == "attachment.gap")
        #expect(try ward.hub.blobs.all() == [])
        #expect(refusal(try put(bytes, as: item, by: ward.a)) == "")
        #expect(try ward.hub.blobs.isSound(hash))
    }

    @Test func onlyWhoProvesToBeADeviceOfTheUnitGetsAnything() throws {
        let photo = try attach(Self.photo(50_000), on: ward.a)
        try visit(with: [photo], on: ward.a)
        try ward.sync(ward.a)
        let hub = ward.hub.replica
        let identity = try ward.b.store.identity
        func get(_ message: [UInt8]) throws -> String { refusal(try ward.hub.reply(to: message, at: .getAttachment)) }
        let good = AttachmentGet.bytes(photo.hash, from: 0, signedBy: identity, hub: hub)
        #expect(try get(good) == "")
        // Whoever only knows what a photo is called, from a printed record for instance, does not get it.
        try ward.hub.blobs.remove(photo.hash)
        #expect(try get(good) == "attachment.missing")
        try ward.hub.blobs.append(Self.photo(50_000), at: 0, to: photo.hash)
        #expect(try ward.hub.blobs.finish(photo.hash))
        var forged = good
        forged[forged.count - 70] ^= 1
        #expect(["request.forged", "wire.malformed"].contains(try get(forged)))
        #expect(
            try get(AttachmentGet.bytes(photo.hash, from: 0, signedBy: identity, hub: identity.replica))
                == "request.forged")
        let stranger = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 77, count: 32)))
        #expect(try get(AttachmentGet.bytes(photo.hash, from: 0, signedBy: stranger, hub: hub)) == "device.unknown")
        #expect(try get(AttachmentGet.bytes(.zero, from: 0, signedBy: identity, hub: hub)) == "attachment.unlisted")
        // A device of another unit does not learn that it is there.
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [
                    ("code", .set(.text("31135"))), ("name_vi", .set(.text("Ninh Kiều"))),
                    ("name_en", .set(.text("NK"))),
                ])
        ])
        let other = try AgentDevice(
            path: ward.path + "/other.db", identity: stranger, unit: "31135", world: .system)
        let code = try ward.hub.makeEnrolCode(unit: "31135", spaces: [], hours: 1).code
        _ = try other.enrol(url: "test:", code: code, over: ward.line)
        #expect(
            try get(AttachmentGet.bytes(photo.hash, from: 0, signedBy: stranger, hub: hub)) == "attachment.unlisted")
        let query = AttachmentQuery.bytes(
            [AttachmentQuery.Item(hash: photo.hash, byteCount: photo.byteCount)], signedBy: stranger, hub: hub)
        let answer = try ward.hub.reply(to: query, at: .askAttachments)
        #expect(try AttachmentAnswer.standings(answer, count: 1) == [.unlisted])
        // Listed by a record of its own, it still has to bring the bytes before it is given them.
        _ = try other.sync(over: ward.line)
        let intake = try other.attachmentIntake()
        try intake.add(Self.photo(50_000))
        #expect(try intake.finish() == photo)
        _ = try other.capture([
            Draft(
                .new(form: "visit", space: other.space),
                edits: [("place", .set(.text("Chợ"))), ("photos", .set(.items([photo.word])))])
        ])
        _ = try other.sync(over: ward.line, maxBytes: 20_000)
        let wish = AttachmentGet.bytes(photo.hash, from: 0, signedBy: stranger, hub: hub)
        #expect(try get(wish) == "attachment.missing")
        #expect(try other.sync(over: ward.line).attachments.bytesSent == 50_000)
        #expect(try get(wish) == "")
        try ward.hub.revoke(identity.replica.word, reason: "mất máy")
        #expect(try get(good) == "device.revoked")
    }

    @Test func bytesThatWereAlteredOnTheDiskAreFound() throws {
        let photo = try attach(Self.photo(50_000), on: ward.a)
        try visit(with: [photo], on: ward.a)
        let folder = ward.path + "/2.attachments/" + photo.hash.hex.prefix(2)
        let path = folder + "/" + photo.hash.hex.dropFirst(2)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        bytes[20_000] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try ward.a.store.attachmentProblems(in: ward.a.blobs, isHub: false).map(\.kind) == [.attachmentAlone])
        // It is not sent: the hub would take it for what it is not.
        let report = try ward.a.sync(over: ward.line)
        #expect(report.attachments.trouble == "attachment.hash-wrong" && report.attachments.bytesSent == 0)
        #expect(!report.complete && report.left == 0)
        try ward.a.blobs.remove(photo.hash)
        #expect(try ward.a.store.attachmentProblems(in: ward.a.blobs, isHub: false).map(\.kind) == [.attachmentGone])
    }
}

extension Hash256 {
    static func sha(of bytes: [UInt8]) -> Hash256 {
        var sum = RunningHash()
        sum.add(bytes)
        return sum.value
    }
}

extension HubTransport {
    fileprivate func exchange(_ message: [UInt8], to route: HubRoute, _ take: ([UInt8]) throws -> Void) throws {
        var rest: [UInt8]? = message
        try exchange(
            route,
            sending: {
                defer { rest = nil }
                return rest
            }, receiving: take)
    }
}
