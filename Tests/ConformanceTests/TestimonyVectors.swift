import Causality
import Records
import SyncProtocol

/// What devices show each other of the hub's signatures.
enum TestimonyVectors {
    private static let entries = HealingVectors.lost.entries

    private static func ends(
        _ index: UInt64, _ hash: Hash256, epoch: UInt64 = 1, of space: String = Fixed.space,
        by signer: ReplicaIdentity = Fixed.hub
    ) -> SignedEnds {
        let ends = Checkpoint.signedBytes([
            ("city/catalog", Fixed.position), (space, LogPosition(epoch: epoch, index: index, hash: hash)),
        ])
        return SignedEnds(ends: ends, signature: signer.sign(tag: Checkpoint.tag, ends))
    }

    private static let line = HealingVectors.lost
    private static let told = ends(line.start.index, .of(tag: "another line"))

    private static func second(epoch: UInt64 = 1, by signer: ReplicaIdentity = Fixed.hub) -> SignedEnds {
        let last = line.places[line.places.count - 1]
        return ends(last.index, last.hash, epoch: epoch, by: signer)
    }

    private static func proof(
        _ first: SignedEnds? = nil, _ last: SignedEnds? = nil, hash: Hash256? = nil, dropping: Int = 0
    ) -> [UInt8] {
        TwoHistories(
            space: Fixed.space, first: first ?? told, second: last ?? second(), hash: hash ?? line.start.hash,
            entries: Array(entries.dropLast(dropping))
        ).bytes
    }

    static func add(to book: inout VectorBook) {
        let context: JSON = ["hubKey": .hex(Fixed.hub.publicKey)]
        addTestimonies(to: &book, context)
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let proof = try TwoHistories(bytes: bytes)
            let place = try proof.proven(hubKey: Fixed.hub.publicKey)
            return [
                "space": .text(proof.space), "place": Describe.position(place), "hash": .hex(proof.hash.bytes),
                "entries": .list(proof.entries.map { .hex($0) }),
            ]
        }
        let shorter = second()
        let same = TwoHistories(
            space: Fixed.space, first: ends(15, .of(tag: "another line")), second: shorter,
            hash: line.places[line.places.count - 1].hash, entries: [])
        for (name, bytes) in [("of-three-entries", proof()), ("of-one-index", same.bytes)] {
            book.accept(
                "two-histories", name, ["Y-2"], context: context, bytes, isProven: true,
                encode: { try TwoHistories(bytes: $0).bytes }, decode: decode)
        }
        let refused: [(String, String, [UInt8])] = [
            ("of-one-line", "wire.signature-wrong", proof(ends(line.start.index, line.start.hash))),
            ("by-another-hub", "wire.signature-wrong", proof(nil, second(by: Fixed.peer))),
            ("told-by-another-hub", "wire.signature-wrong", proof(ends(12, Fixed.hash, by: Fixed.peer))),
            ("of-two-epochs", "wire.signature-wrong", proof(nil, second(epoch: 2))),
            ("of-another-space", "wire.signature-wrong", proof(ends(12, Fixed.hash, of: "31120/people"))),
            ("of-too-few-entries", "wire.signature-wrong", proof(dropping: 1)),
            ("of-another-hash", "wire.signature-wrong", proof(hash: .of(tag: "a third line"))),
            ("from-the-start", "wire.signature-wrong", proof(ends(0, .of(tag: "another line")))),
            ("another-version", "bytes.unknown-kind", proof().with(2, at: 0)),
            ("and-more", "bytes.trailing", proof() + [0]),
        ]
        for (name, code, bytes) in refused {
            book.reject("two-histories", name, ["Y-2"], code, context: context, bytes, decode: decode)
        }
    }

    private static func addTestimonies(to book: inout VectorBook, _ context: JSON) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let testimony = try Testimony(bytes: bytes)
            return [
                "told": .list(
                    try testimony.told.map { told in
                        let places = try told.places(hubKey: Fixed.hub.publicKey)
                        return .list(
                            places.sorted { $0.key < $1.key }.map {
                                ["space": .text($0.key), "position": Describe.position($0.value)]
                            })
                    })
            ]
        }
        let taken = [("of-nothing", Testimony([])), ("of-two-places", Testimony([second(), told]))]
        for (name, testimony) in taken {
            book.accept(
                "testimony", name, ["Y-1"], context: context, testimony.bytes, isProven: true,
                encode: { try Testimony(bytes: $0).bytes }, decode: decode)
        }
        let refused: [(String, String, [UInt8])] = [
            ("of-another-hub", "wire.signature-wrong", Testimony([second(by: Fixed.peer)]).bytes),
            ("of-too-many", "bytes.too-large", [1, 0x81, 0x20]),
            ("another-version", "bytes.unknown-kind", Testimony([told]).bytes.with(2, at: 0)),
        ]
        for (name, code, bytes) in refused {
            book.reject("testimony", name, ["Y-1"], code, context: context, bytes, decode: decode)
        }
    }
}
