import Causality
import Records
import SyncProtocol

/// Certificates, enrolment, refusals and what requests and answers begin with.
enum MessageVectors {
    private static let code = EnrolmentCode(random: (0..<13).map { $0 &* 37 &+ 11 })

    static func add(to book: inout VectorBook) {
        addCertificates(to: &book)
        addRefusals(to: &book)
        addEnrolments(to: &book)
        addWelcomes(to: &book)
        addRequestHeads(to: &book)
        addAnswerHeads(to: &book)
    }

    private static func addCertificates(to book: inout VectorBook) {
        let context: JSON = ["hubKey": .hex(Fixed.hub.publicKey)]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let certificate = try Certificate(bytes: bytes, hubKey: Fixed.hub.publicKey)
            guard case .object(let members) = Describe.certificate(certificate) else { return .null }
            return .object(members + [.init(name: "replica", value: .hex(certificate.replica.bytes))])
        }
        let certificate = Certificate(
            publicKey: Fixed.device.publicKey, unit: "31120",
            spaces: [Fixed.space, "31120/people", "city/catalog"], issued: 1_790_000_000_000, hub: Fixed.hub)
        let foreign = Certificate(
            publicKey: Fixed.device.publicKey, unit: "31120", spaces: [], issued: 0, hub: Fixed.peer)
        book.accept(
            "certificate", "of-a-ward", ["E-22", "I-3"], context: context, certificate.bytes, isProven: true,
            encode: { try Certificate(bytes: $0, hubKey: Fixed.hub.publicKey).bytes }, decode: decode)
        let last = certificate.bytes.count - 1
        let refused: [(String, [String], String, [UInt8])] = [
            ("of-another-hub", ["E-22", "I-3"], "certificate.wrong", foreign.bytes),
            (
                "signature-changed", ["E-22", "I-3"], "certificate.wrong",
                certificate.bytes.with(certificate.bytes[last] ^ 1, at: last)
            ),
            ("version-unknown", ["E-2"], "bytes.unknown-kind", certificate.bytes.with(2, at: 0)),
            ("cut", ["E-2"], "bytes.truncated", Array(certificate.bytes.dropLast())),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("certificate", name, ids, code, context: context, bytes, decode: decode)
        }
    }

    private static func addRefusals(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let refusal = try Refusal(bytes: bytes)
            return [
                "code": .text(refusal.code), "details": Describe.details(refusal.details),
                "retryable": .bool(refusal.retryable),
            ]
        }
        let refusal = Refusal(code: "hub.busy", details: ["seconds": "30", "à": "é"], retryable: true)
        book.accept(
            "refusal", "with-details", ["X-1"], refusal.bytes, encode: { try Refusal(bytes: $0).bytes }, decode: decode)
        book.accept(
            "refusal", "bare", ["X-1"], Refusal(code: "device.unknown").bytes,
            encode: { try Refusal(bytes: $0).bytes }, decode: decode)
        let unsorted = bytes {
            $0.raw([5, 1])
            $0.text("c")
            $0.varint(2)
            for name in ["b", "a"] {
                $0.text(name)
                $0.text("")
            }
            $0.byte(0)
        }
        let refused: [(String, [String], String, [UInt8])] = [
            ("another-kind", ["X-2"], "wire.not-a-message", refusal.bytes.with(9, at: 0)),
            ("a-page", ["X-2"], "wire.not-a-message", Array("<!DOCTYPE html>".utf8)),
            ("another-version", ["X-6", "V-3"], "wire.version-unknown", refusal.bytes.with(2, at: 1)),
            ("details-out-of-order", ["E-2"], "bytes.not-canonical", unsorted),
            ("neither-retryable-nor-not", ["E-2"], "bytes.unknown-kind", refusal.bytes.dropLast() + [2]),
        ]
        for (name, ids, code, bytes) in refused { book.reject("refusal", name, ids, code, bytes, decode: decode) }
    }

    private static func addEnrolments(to book: inout VectorBook) {
        let context: JSON = ["code": .text(code.text)]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let request = try EnrolRequest(bytes: bytes)
            guard EnrolRequest.isProven(bytes, by: code) else { throw Refusal(code: "enrol.code-unknown") }
            let forms = request.forms.sorted { ($0.key.form, $0.key.version) < ($1.key.form, $1.key.version) }
            return [
                "codeName": .text(request.codeName), "publicKey": .hex(request.publicKey), "unit": .text(request.unit),
                "forms": .list(
                    forms.map {
                        [
                            "form": .text($0.key.form), "version": .natural($0.key.version),
                            "digest": .text($0.value.hex),
                        ]
                    }),
            ]
        }
        let request = EnrolRequest(
            codeName: code.name, publicKey: Fixed.device.publicKey, unit: "31120",
            forms: [FormReference("a", version: 2): Fixed.hash, FormReference("b", version: 1): .zero])
        let whole = request.bytes(code: code)
        let bare = EnrolRequest(codeName: code.name, publicKey: Fixed.device.publicKey, unit: "", forms: [:])
        let encode: @Sendable ([UInt8]) throws -> [UInt8] = { try EnrolRequest(bytes: $0).bytes(code: code) }
        book.accept(
            "enrol-request", "with-forms", ["X-3", "I-4"], context: context, whole, isProven: true, encode: encode,
            decode: decode)
        book.accept(
            "enrol-request", "bare-device", ["X-3"], context: context, bare.bytes(code: code), isProven: true,
            encode: encode, decode: decode)
        let other = EnrolmentCode(random: [UInt8](repeating: 9, count: 13))
        let twice = bytes {
            $0.raw([3, 1])
            $0.text(code.name)
            $0.raw(Fixed.device.publicKey)
            $0.text("")
            $0.varint(2)
            for _ in 0..<2 {
                $0.text("a")
                $0.varint(1)
                $0.hash(.zero)
            }
            $0.raw([UInt8](repeating: 0, count: 32))
        }
        let refused: [(String, [String], String, [UInt8])] = [
            ("proven-with-another-code", ["X-3"], "enrol.code-unknown", request.bytes(code: other)),
            ("a-form-twice", ["E-2"], "bytes.not-canonical", twice),
            ("cut", ["E-2"], "bytes.truncated", whole.dropLast()),
            ("another-version", ["X-6", "V-3"], "wire.version-unknown", whole.with(0, at: 1)),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("enrol-request", name, ids, code, context: context, Array(bytes), decode: decode)
        }
    }

    private static func addWelcomes(to book: inout VectorBook) {
        let request = EnrolRequest(codeName: code.name, publicKey: Fixed.device.publicKey, unit: "", forms: [:])
            .bytes(code: code)
        let context: JSON = ["code": .text(code.text), "request": .hex(request)]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let answer = try EnrolAnswer(bytes: bytes, code: code, request: request)
            return ["hubKey": .hex(answer.hubKey), "certificate": .hex(answer.certificate)]
        }
        let certificate = Certificate(
            publicKey: Fixed.device.publicKey, unit: "31120", spaces: [Fixed.space], issued: 0, hub: Fixed.hub)
        let answer = EnrolAnswer(hubKey: Fixed.hub.publicKey, certificate: certificate.bytes)
        let whole = answer.bytes(code: code, request: request)
        book.accept(
            "enrol-answer", "welcome", ["X-4", "I-4"], context: context, whole, isProven: true,
            encode: { try EnrolAnswer(bytes: $0, code: code, request: request).bytes(code: code, request: request) },
            decode: decode)
        book.reject(
            "enrol-answer", "of-another-request", ["X-4"], "wire.signature-wrong", context: context,
            answer.bytes(code: code, request: request + [0]), decode: decode)
        book.reject(
            "enrol-answer", "proof-changed", ["X-4"], "wire.signature-wrong", context: context,
            whole.with(whole[whole.count - 1] ^ 1, at: whole.count - 1), decode: decode)
    }

    private static let keys = SessionKeys(bytes: (0..<64).map { UInt8($0) })
    private static let offer = SessionOffer(random: [UInt8](repeating: 4, count: 32))
    private static let answering = SessionOffer(random: [UInt8](repeating: 5, count: 32))

    private static func head(_ kind: RequestHead.Kind, _ knowledge: Knowledge, clock: Int64 = Fixed.clock)
        -> RequestHead
    {
        RequestHead(kind: kind, counter: 7, clock: clock, answerLimit: 65_536, knowledge: knowledge)
    }

    private static let first = head(
        .first(replica: Fixed.device.replica, offer: offer.publicKey),
        .listed([.init(Fixed.position), .init(.start)]))
    /// A place with each kind of floor.
    private static let flooredPlaces: [Knowledge.Place] = [
        .init(Fixed.position), .init(Fixed.position, floor: .claimed(12)), .init(Fixed.position, floor: .claimed(1)),
        .init(Fixed.position, floor: .filling(name: [1, 2, 3, 4, 5, 6, 7, 8], loaded: 300)),
        .init(.start, floor: .declined), .init(.start),
    ]
    private static let firstBytes = first.bytes(signedBy: Fixed.device, hub: Fixed.hub.replica)

    private static let requestContext: JSON = [
        "publicKey": .hex(Fixed.device.publicKey), "hub": .hex(Fixed.hub.replica.bytes), "keys": .hex(keys.bytes),
    ]
    private static let decodeRequest: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
        let received = try RequestHead.read(bytes)
        let isProven =
            if case .first = received.head.kind {
                received.isSigned(by: Fixed.device.publicKey, for: Fixed.hub.replica)
            } else {
                received.isProven(by: keys)
            }
        guard isProven else { throw Refusal(code: "request.forged") }
        return ["head": Describe.requestHead(received.head), "name": .text(received.name.hex)]
    }

    private static func addRequestHeads(to book: inout VectorBook) {
        let later = head(.session(0xA1B2_C3D4), .named([1, 2, 3, 4, 5, 6, 7, 8]), clock: -3)
        let laterBytes = later.bytes(provenBy: keys)
        let heads: [(String, [String], [UInt8])] = [
            ("first", ["X-5", "X-6", "X-11"], firstBytes), ("in-a-session", ["X-5", "X-11"], laterBytes),
        ]
        let floored = head(.session(7), .listed(flooredPlaces), clock: 9).bytes(provenBy: keys)
        for (name, ids, bytes) in heads + [("with-floors", ["X-11", "N-13", "N-17"], floored)] {
            book.accept(
                "request-head", name, ids, context: requestContext, bytes, isProven: true, decode: decodeRequest)
        }
        func placed(_ place: [UInt8], kind: UInt8 = 1) -> [UInt8] {
            let unproven = bytes {
                $0.raw([0xA1, 0xB2, 0xC3, 0xD4, 7, 0, 0, kind, 1])
                $0.raw(place)
            }
            return bytes {
                $0.byte(2)
                $0.block(unproven + keys.requestProof(unproven))
            }
        }
        let hash = [UInt8](repeating: 7, count: 8)
        func floor(_ floor: [UInt8]) -> [UInt8] { placed([1, 12] + hash + floor, kind: 2) }
        let far = head(.session(1), .named([UInt8](repeating: 0, count: 8)), clock: 1 << 40)
        let refused: [(String, [String], String, [UInt8])] = [
            ("another-kind", ["X-2"], "wire.not-a-message", firstBytes.with(9, at: 0)),
            ("of-later-versions", ["X-6", "V-1"], "wire.version-unknown", firstBytes.with(2, at: 3).with(3, at: 4)),
            ("versions-upside-down", ["X-6"], "wire.version-unknown", firstBytes.with(1, at: 3).with(0, at: 4)),
            ("highest-version-changed", ["X-6", "V-2"], "request.forged", firstBytes.with(2, at: 4)),
            (
                "for-another-hub", ["X-5"], "request.forged",
                first.bytes(signedBy: Fixed.device, hub: Fixed.peer.replica)
            ),
            ("signed-by-another", ["X-5"], "request.forged", first.bytes(signedBy: Fixed.peer, hub: Fixed.hub.replica)),
            ("proof-changed", ["X-5"], "request.forged", laterBytes.with(laterBytes[20] ^ 1, at: laterBytes.count - 1)),
            ("place-zero-of-an-epoch", ["X-11"], "bytes.inconsistent", placed([1, 0])),
            ("floor-above-its-place", ["X-11"], "bytes.inconsistent", floor([1, 13])),
            ("floor-at-zero", ["X-11"], "bytes.inconsistent", floor([1, 0])),
            ("filling-to-nowhere", ["X-11"], "bytes.inconsistent", placed([0, 0, 2] + hash + [0], kind: 2)),
            ("declined-at-a-place", ["X-11"], "bytes.inconsistent", floor([3])),
            ("floors-of-nothing", ["X-11"], "bytes.not-canonical", floor([0])),
            ("floor-of-an-unknown-kind", ["X-11"], "bytes.unknown-kind", floor([4])),
            ("knowledge-of-an-unknown-kind", ["X-11"], "bytes.unknown-kind", placed([0, 0], kind: 3)),
            ("clock-of-no-age", ["L-3"], "bytes.too-large", far.bytes(provenBy: keys)),
            ("goes-on", ["E-2"], "bytes.trailing", laterBytes + [0]),
            ("cut", ["E-2"], "bytes.truncated", laterBytes.dropLast()),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject(
                "request-head", name, ids, code, context: requestContext, Array(bytes), decode: decodeRequest)
        }
    }

    private static func addAnswerHeads(to book: inout VectorBook) {
        let name = RequestHead.name(ofRequest: firstBytes)
        let context: JSON = [
            "request": .text(name.hex), "hubKey": .hex(Fixed.hub.publicKey), "offerSecret": .hex(offer.secret),
        ]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            guard bytes.first == MessageKind.firstAnswer.rawValue else { throw ProtocolError(.notAMessage) }
            var reader = ByteReader(bytes)
            let body = try decoding { () throws(DecodingFailure) in
                _ = try reader.byte()
                let body = try reader.block(limit: ProtocolLimits.headBytes)
                try reader.finish()
                return body
            }
            let head = try AnswerHead(body, request: name, hubKey: Fixed.hub.publicKey)
            return [
                "session": .natural(UInt64(head.session)), "offer": .hex(head.offer), "epoch": .natural(head.epoch),
                "time": .number(head.time), "keys": .hex(try offer.keys(with: head.offer, request: name).bytes),
            ]
        }
        func answer(_ request: Hash256 = name, by signer: ReplicaIdentity = Fixed.hub, offer: [UInt8]? = nil) -> [UInt8]
        {
            AnswerHead(session: 77, offer: offer ?? answering.publicKey, epoch: 1, time: 1_790_000_100_250)
                .bytes(signedBy: signer, request: request)
        }
        book.accept(
            "answer-head", "begins-a-session", ["X-7", "X-9"], context: context, answer(), isProven: true,
            decode: decode)
        let small = [UInt8](repeating: 0, count: 32)
        var lowered = bytes {
            $0.raw([2, 0, 0, 0, 77])
            $0.raw(answering.publicKey)
            $0.varint(1)
            $0.signed(0)
        }
        lowered += Fixed.hub.sign(tag: "phusa answer 1", name.bytes + lowered)
        let refused: [(String, [String], String, [UInt8])] = [
            ("for-another-request", ["X-7"], "wire.answer-foreign", answer(Fixed.hash)),
            ("of-another-hub", ["X-7"], "wire.answer-foreign", answer(by: Fixed.peer)),
            (
                "of-a-version-not-offered", ["X-6", "X-7", "V-2"], "wire.version-unknown",
                bytes {
                    $0.byte(6)
                    $0.block(lowered)
                }
            ),
            ("agrees-with-everybody", ["X-9"], "wire.session-wrong", answer(offer: small)),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("answer-head", name, ids, code, context: context, bytes, decode: decode)
        }
    }
}
