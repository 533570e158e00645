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

/// Photos and files that are not what they should be, and whoever has no right to them.
@Suite struct AttachmentRefusalTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func code(_ body: () throws -> Void) -> String {
        do { try body() } catch let error as any CodedError { return error.code } catch { return "\(error)" }
        return ""
    }

    @Test func whatIsNoPhotoOrTooLargeIsRefusedAndNothingOfItStays() throws {
        let device = ward.a
        #expect(code { _ = try ward.attach([], on: device) } == "attachment.empty")
        #expect(code { _ = try ward.attach(Array("MZ no picture".utf8), on: device) } == "attachment.kind-unknown")
        #expect(code { _ = try ward.attach([0xFF, 0xD8], on: device) } == "attachment.kind-unknown")
        // Ten gigabytes are not read to the end.
        var pieces = 0
        let piece = Ward.photo(1 << 20)
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
        let bytes = Ward.photo(200_000)
        let hash = Hash256.sha(of: bytes)
        let item = AttachmentQuery.Item(hash: hash, byteCount: bytes.count)
        #expect(refusal(try put(bytes, as: item, by: ward.a)) == "attachment.unlisted")
        let photo = Records.Attachment(hash: hash, byteCount: bytes.count, kind: .jpeg)
        #expect(code { try ward.visit(with: [photo], on: ward.a) } == "attachment.missing")
        #expect(try ward.attach(bytes, on: ward.a) == photo)
        try ward.visit(with: [photo], on: ward.a)
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
        let photo = try ward.attach(Ward.photo(50_000), on: ward.a)
        try ward.visit(with: [photo], on: ward.a)
        try ward.sync(ward.a)
        let hub = ward.hub.replica
        let identity = try ward.b.store.identity
        func get(_ message: [UInt8]) throws -> String { refusal(try ward.hub.reply(to: message, at: .getAttachment)) }
        let good = AttachmentGet.bytes(photo.hash, from: 0, signedBy: identity, hub: hub)
        #expect(try get(good) == "")
        // Whoever only knows what a photo is called, from a printed record for instance, does not get it.
        try ward.hub.blobs.remove(photo.hash)
        #expect(try get(good) == "attachment.missing")
        try ward.hub.blobs.append(Ward.photo(50_000), at: 0, to: photo.hash)
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
        try intake.add(Ward.photo(50_000))
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
        let photo = try ward.attach(Ward.photo(50_000), on: ward.a)
        try ward.visit(with: [photo], on: ward.a)
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
