import Causality
import Records
import SyncProtocol
import Testing

private let device = ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))!
private let hub = ReplicaIdentity(rawKey: [UInt8](repeating: 2, count: 32))!
private let peer = ReplicaIdentity(rawKey: [UInt8](repeating: 3, count: 32))!
private let space = "x/general"

private func header(_ target: ChangeHeader.Target = .creates, base: Base? = nil) -> ChangeHeader {
    ChangeHeader(
        form: FormReference("f", version: 1), target: target, author: "an", time: HybridTime(milliseconds: 1000),
        base: base)
}

/// A segment of `headers`, signed by the device, which starts its log.
private func segment(
    _ headers: [ChangeHeader], dependency: Dependency? = nil, first: UInt64 = 1, signer: ReplicaIdentity = device
) -> Segment {
    let position = LogPosition(epoch: 1, index: 5, hash: .of(tag: "position"))
    let dependency = dependency ?? Dependency(position: position, catalogue: 2)
    let changes = headers.enumerated().map { index, header in
        let payload = Payload([Operation(RegisterKey("a"), .integer(Int64(index)))])
        return LoggedChange(sequence: first + UInt64(index), header: header, payload: payload.canonicalBytes)
    }
    func build(_ signature: [UInt8]) -> Segment {
        Segment(
            space: space, replica: device.replica, previous: Chain.origin(space: space, replica: device.replica),
            dependency: dependency, changes: changes, signature: signature)
    }
    let unsigned = build([UInt8](repeating: 0, count: Signature.byteCount))
    let head = Head(sequence: unsigned.last, hash: unsigned.links().last!)
    let signed = Chain.signedBytes(space: space, replica: device.replica, head: head)
    return build(signer.sign(tag: Chain.segmentTag, signed))
}

@Suite struct SegmentTests {
    private let exceptions = Dependency(
        position: LogPosition(epoch: 1, index: 5, hash: .of(tag: "position")),
        exceptions: [peer.replica: Head(sequence: 3, hash: .of(tag: "head"))], catalogue: 2)

    private var rich: Segment {
        segment(
            [
                header(),
                header(.record(.created(Dot(peer.replica, 2))), base: Base(position: 4, dots: [Dot(peer.replica, 2)])),
                header(.record(.keyed(NaturalKey(high: 1, low: 2)))),
            ], dependency: exceptions)
    }

    @Test func segmentRoundTripsAndVerifies() throws {
        let read = try Segment(bytes: rich.bytes)
        #expect(read == rich)
        #expect(try read.verified(publicKey: device.publicKey) == rich.links())
        #expect(read.first == 1 && read.last == 3)
    }

    @Test func eachLinkHangsOnAllBefore() {
        let links = rich.links()
        #expect(Set(links).count == 3)
        #expect(segment([header()], dependency: exceptions).links()[0] == links[0])
        #expect(segment([header()]).links()[0] != links[0])
        #expect(
            Chain.origin(space: space, replica: device.replica)
                != Chain.origin(space: "y/general", replica: device.replica))
        #expect(
            Chain.origin(space: space, replica: device.replica) != Chain.origin(space: space, replica: peer.replica))
    }

    @Test func truncatedSegmentIsMalformed() {
        for bytes in Damage.truncations(of: rich.bytes) + [rich.bytes + [0]] {
            let error = #expect(throws: ProtocolError.self) { try Segment(bytes: bytes) }
            #expect(error?.kind == .malformed)
        }
    }

    @Test func changedByteIsMalformedOrKept() {
        let others = Damage.everyByte(of: rich.bytes).filter { bytes in
            (try? Segment(bytes: bytes)).map { $0.bytes != bytes } ?? false
        }
        #expect(others.isEmpty)
    }

    @Test func changedByteNeverVerifies() {
        for bytes in Damage.someBits(of: rich.bytes) {
            #expect(throws: ProtocolError.self) { try Segment(bytes: bytes).verified(publicKey: device.publicKey) }
        }
    }

    @Test func wrongKeyIsRefused() {
        let other = #expect(throws: ProtocolError.self) { try rich.verified(publicKey: peer.publicKey) }
        #expect(other?.kind == .signatureWrong)
        let forged = #expect(throws: ProtocolError.self) {
            try segment([header()], signer: peer).verified(publicKey: device.publicKey)
        }
        #expect(forged?.kind == .signatureWrong)
    }

    @Test func aLogBeginsAtItsOrigin() {
        let genuine = rich
        let moved = Segment(
            space: space, replica: genuine.replica, previous: .zero, dependency: genuine.dependency,
            changes: genuine.changes,
            signature: genuine.signature)
        let error = #expect(throws: ProtocolError.self) { try moved.verified(publicKey: device.publicKey) }
        #expect(error?.kind == .chainBroken)
    }

    @Test func tooLargeSegmentIsRefusedUnread() {
        let error = #expect(throws: ProtocolError.self) {
            try Segment(bytes: [UInt8](repeating: 0, count: ProtocolLimits.segmentBytes + 1))
        }
        #expect(error?.kind == .segmentTooLarge)
    }

    /// The second change of a segment that depends on position 5 and on the peer's first 3 changes.
    @Test(arguments: [
        (Base(position: 5), true), (Base(position: 6), false), (Base(dots: [Dot(device.replica, 1)]), true),
        (Base(dots: [Dot(device.replica, 2)]), false), (Base(vector: VersionVector([device.replica: 1])), true),
        (Base(vector: VersionVector([device.replica: 2])), false), (Base(dots: [Dot(peer.replica, 3)]), true),
        (Base(dots: [Dot(peer.replica, 4)]), false), (Base(vector: VersionVector([peer.replica: 3])), true),
        (Base(vector: VersionVector([peer.replica: 4])), false), (Base(dots: [Dot(hub.replica, 1)]), false),
        (Base(), true),
    ])
    func baseBeyondTheDependencyIsRefused(base: Base, holds: Bool) throws {
        let signed = segment([header(), header(base: base)], dependency: exceptions)
        if holds {
            _ = try signed.verified(publicKey: device.publicKey)
        } else {
            let error = #expect(throws: ProtocolError.self) { try signed.verified(publicKey: device.publicKey) }
            #expect(error?.kind == .baseBeyond)
        }
    }
}

@Suite struct RefusalTests {
    private let refusal = Refusal(code: "hub.busy", details: ["seconds": "30", "à": "é"], retryable: true)

    @Test func refusalRoundTrips() throws {
        #expect(try Refusal(bytes: refusal.bytes) == refusal)
        #expect(Refusal(ProtocolError(.segmentGap, ["a": "b"])).code == "segment.gap")
    }

    @Test func damagedRefusalIsMalformedOrKept() {
        for cut in Damage.truncations(of: refusal.bytes) + [refusal.bytes + [0]] {
            #expect(throws: ProtocolError.self) { try Refusal(bytes: cut) }
        }
        let others = Damage.everyByte(of: refusal.bytes).filter { damaged in
            (try? Refusal(bytes: damaged)).map { $0.bytes != damaged } ?? false
        }
        #expect(others.isEmpty)
    }

    @Test func aLongDetailIsCutAndStillReads() throws {
        for lead in ["", "a", "ab"] {
            let long = Refusal(code: "c", details: ["d": lead + String(repeating: "ở", count: 1000)])
            let read = try Refusal(bytes: long.bytes)
            #expect(read.details["d"]?.hasPrefix(lead + "ởở") == true)
        }
    }
}

@Suite struct LogEntryTests {
    static let entries: [LogEntry] = [
        .receipt(Receipt(replica: device.replica, first: 1, last: 1, end: .of(tag: "e"), time: 5, waiting: [])),
        .receipt(
            Receipt(replica: device.replica, first: 3, last: 300, end: .of(tag: "e"), time: -5, waiting: [3, 9, 300])),
        .verdict(Verdict(dot: Dot(device.replica, 2), accepted: true)),
        .verdict(
            Verdict(
                dot: Dot(device.replica, 2), accepted: false, code: "field.range",
                details: ["field": "a", "max": "7", "min": "1"])),
        .disposition(
            Disposition(dot: Dot(device.replica, 2), outcome: .accepted, person: "an", reason: "đúng", time: 5)),
        .disposition(Disposition(dot: Dot(device.replica, 2), outcome: .dismissed, person: "an", reason: "", time: 0)),
    ]

    @Test(arguments: entries)
    func entryRoundTripsAndDamageShows(entry: LogEntry) throws {
        #expect(try LogEntry(bytes: entry.bytes) == entry)
        for cut in Damage.truncations(of: entry.bytes) + [entry.bytes + [0]] {
            #expect(throws: DecodingFailure.self) { try LogEntry(bytes: cut) }
        }
        let others = Damage.everyByte(of: entry.bytes).filter { damaged in
            (try? LogEntry(bytes: damaged)).map { $0.bytes != damaged } ?? false
        }
        #expect(others.isEmpty)
    }

    @Test(arguments: [[2], [11], [5, 4], [5, 5], [0]] as [[UInt64]])
    func waitingChangesAreInTheReceiptAndAscending(waiting: [UInt64]) {
        let receipt = Receipt(replica: device.replica, first: 3, last: 10, end: .zero, time: 0, waiting: waiting)
        #expect(throws: DecodingFailure.self) { try LogEntry(bytes: LogEntry.receipt(receipt).bytes) }
    }

    @Test func theLogsLinkHangsOnAllItsParts() {
        let links = [
            LogEntry.link(after: .zero, index: 1, entry: [1]), LogEntry.link(after: .zero, index: 2, entry: [1]),
            LogEntry.link(after: .zero, index: 1, entry: [2]),
            LogEntry.link(after: .of(tag: "x"), index: 1, entry: [1]),
        ]
        #expect(Set(links).count == links.count)
    }
}

@Suite struct CertificateTests {
    private let certificate = Certificate(
        publicKey: device.publicKey, unit: "x", spaces: [space, "x/people"], issued: 1000, hub: hub)

    @Test func certificateRoundTrips() throws {
        #expect(try Certificate(bytes: certificate.bytes, hubKey: hub.publicKey) == certificate)
        #expect(certificate.replica == device.replica)
    }

    @Test func certificateOfAnotherHubIsRefused() {
        let error = #expect(throws: ProtocolError.self) {
            try Certificate(bytes: certificate.bytes, hubKey: peer.publicKey)
        }
        #expect(error?.kind == .certificateWrong)
    }

    @Test func damagedCertificateIsRefused() {
        let bytes = certificate.bytes
        for damaged in Damage.truncations(of: bytes) + Damage.someBits(of: bytes) + [bytes + [0]] {
            #expect(throws: ProtocolError.self) { try Certificate(bytes: damaged, hubKey: hub.publicKey) }
        }
    }
}

@Suite struct EnrolmentTests {
    private let code = EnrolmentCode(random: (0..<13).map { $0 &* 37 &+ 11 })
    private let other = EnrolmentCode(random: [UInt8](repeating: 9, count: 13))
    private let request = EnrolRequest(
        codeName: "0ABC", publicKey: device.publicKey, unit: "x",
        forms: [FormReference("a", version: 2): .of(tag: "a"), FormReference("b", version: 1): .of(tag: "b")])

    @Test func codeIsReadHoweverItIsTyped() throws {
        let text = code.text
        #expect(text.split(separator: "-").map(\.count) == [4, 4, 4, 4, 4])
        let plain = text.split(separator: "-").joined()
        for typed in [
            text, text.lowercased(), plain, " " + text + " ", text.split(separator: "-").joined(separator: " "),
        ] {
            #expect(EnrolmentCode(typed) == code, "\(typed)")
        }
        let zeros = try #require(EnrolmentCode("OooO-IiLl-0000-1111-0000"))
        #expect(zeros == EnrolmentCode("0000-1111-0000-1111-0000"))
        #expect(zeros.text == "0000-1111-0000-1111-0000")
    }

    @Test(arguments: [
        "", "0000", "0000-1111-0000-1111-000", "0000-1111-0000-1111-00000", "0000-1111-0000-1111-000U",
        "ộ000-1111-0000-1111-0000",
    ])
    func otherTextsAreNoCodes(typed: String) {
        #expect(EnrolmentCode(typed) == nil)
    }

    @Test func requestRoundTripsAndIsProven() throws {
        let bytes = request.bytes(code: code)
        #expect(try EnrolRequest(bytes: bytes) == request)
        #expect(EnrolRequest.isProven(bytes, by: code))
        #expect(!EnrolRequest.isProven(bytes, by: other))
        #expect(!EnrolRequest.isProven([], by: code))
    }

    @Test func damagedRequestIsMalformedOrKeptAndNeverProven() {
        let bytes = request.bytes(code: code)
        for cut in Damage.truncations(of: bytes) + [bytes + [0]] {
            #expect(throws: ProtocolError.self) { try EnrolRequest(bytes: cut) }
            #expect(!EnrolRequest.isProven(cut, by: code))
        }
        let others = Damage.everyByte(of: bytes.dropLast(32)).filter { damaged in
            let read = try? EnrolRequest(bytes: damaged + bytes.suffix(32))
            return read.map { $0.bytes(code: code).dropLast(32) != damaged[...] } ?? false
        }
        #expect(others.isEmpty)
        for damaged in Damage.someBits(of: bytes) { #expect(!EnrolRequest.isProven(damaged, by: code)) }
    }

    @Test func answerRoundTripsAndProvesItsSender() throws {
        let asked = request.bytes(code: code)
        let answer = EnrolAnswer(hubKey: hub.publicKey, certificate: [1, 2, 3])
        let bytes = answer.bytes(code: code, request: asked)
        #expect(try EnrolAnswer(bytes: bytes, code: code, request: asked) == answer)
        let stranger = #expect(throws: ProtocolError.self) {
            try EnrolAnswer(bytes: bytes, code: other, request: asked)
        }
        #expect(stranger?.kind == .signatureWrong)
        #expect(throws: ProtocolError.self) { try EnrolAnswer(bytes: bytes, code: code, request: asked + [0]) }
        for damaged in Damage.truncations(of: bytes) + Damage.someBits(of: bytes) + [bytes + [0]] {
            #expect(throws: ProtocolError.self) { try EnrolAnswer(bytes: damaged, code: code, request: asked) }
        }
    }
}
