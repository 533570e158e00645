import Causality
import Records
import SyncProtocol

/// Messages about attachments, and the wish for another password.
enum AttachmentVectors {
    private static let context: JSON = [
        "hub": .hex(Fixed.hub.replica.bytes), "publicKey": .hex(Fixed.device.publicKey),
    ]
    private static let items = [
        AttachmentQuery.Item(hash: Fixed.hash, byteCount: 300_000),
        AttachmentQuery.Item(hash: .of(tag: "another example"), byteCount: RecordLimits.attachmentBytes),
    ]

    static func add(to book: inout VectorBook) {
        addWords(to: &book)
        addQueries(to: &book)
        addAnswers(to: &book)
        addPuts(to: &book)
        addGets(to: &book)
        addPasswords(to: &book)
    }

    private static func forged() -> Refusal { Refusal(code: "request.forged") }

    private static func describe(_ item: AttachmentQuery.Item) -> JSON {
        ["hash": .hex(item.hash.bytes), "bytes": .natural(UInt64(item.byteCount))]
    }

    // MARK: Words

    private static func addWords(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let word = String(decoding: bytes, as: UTF8.self)
            guard let attachment = Attachment(word: word) else { throw Refusal(code: "field.attachment") }
            return [
                "hash": .hex(attachment.hash.bytes), "bytes": .natural(UInt64(attachment.byteCount)),
                "kind": .text(attachment.kind.rawValue),
            ]
        }
        let encode: @Sendable ([UInt8]) throws -> [UInt8] = { bytes in
            Array((Attachment(word: String(decoding: bytes, as: UTF8.self))?.word ?? "").utf8)
        }
        let name = Fixed.hash.hex
        for (name, word) in [
            ("photo", "\(name).3145728.jpg"), ("smallest", "\(name).1.png"), ("largest", "\(name).33554432.pdf"),
        ] { book.accept("attachment-word", name, ["A-2"], Array(word.utf8), encode: encode, decode: decode) }
        for (name, word) in [
            ("empty", ""), ("no-bytes", "\(name).0.jpg"), ("leading-zero", "\(name).01.jpg"),
            ("sign", "\(name).+1.jpg"),
            ("too-large", "\(name).33554433.jpg"), ("kind-unknown", "\(name).1.exe"),
            ("capitals", "\(name.uppercased()).1.jpg"),
            ("short-hash", "\(name.dropLast()).1.jpg"), ("more-parts", "\(name).1.jpg.jpg"),
            ("a-path", "../\(name.dropFirst(3)).1.jpg"),
        ] { book.reject("attachment-word", name, ["A-2"], "field.attachment", Array(word.utf8), decode: decode) }
    }

    // MARK: Questions

    private static func addQueries(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let query = try AttachmentQuery(bytes: bytes)
            guard query.isSigned(by: Fixed.device.publicKey, for: Fixed.hub.replica) else { throw forged() }
            return ["replica": .hex(query.replica.bytes), "items": .list(query.items.map(describe))]
        }
        func message(_ items: [AttachmentQuery.Item], _ signer: ReplicaIdentity, _ hub: ReplicaIdentity) -> [UInt8] {
            AttachmentQuery.bytes(items, signedBy: signer, hub: hub.replica)
        }
        for (name, items) in [("of-two", items), ("of-none", [])] {
            book.accept(
                "attachment-query", name, ["A-6"], context: context, message(items, Fixed.device, Fixed.hub),
                isProven: true,
                decode: decode)
        }
        let good = message(items, Fixed.device, Fixed.hub)
        let many = [AttachmentQuery.Item](repeating: items[0], count: ProtocolLimits.attachments + 1)
        let refused: [(String, [String], String, [UInt8])] = [
            ("of-another-device", ["A-6"], "request.forged", message(items, Fixed.peer, Fixed.hub)),
            ("for-another-hub", ["A-6"], "request.forged", message(items, Fixed.device, Fixed.peer)),
            ("too-many", ["L-1"], "bytes.too-large", message(many, Fixed.device, Fixed.hub)),
            ("another-version", ["V-3"], "wire.version-unknown", good.with(2, at: 1)),
            ("cut", ["E-2"], "bytes.truncated", Array(good.dropLast())),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("attachment-query", name, ids, code, context: context, bytes, decode: decode)
        }
    }

    private static func addAnswers(to book: inout VectorBook) {
        let context: JSON = ["count": .natural(4)]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let standings = try AttachmentAnswer.standings(bytes, count: 4)
            return [
                "standings": .list(
                    standings.map { standing -> JSON in
                        switch standing {
                        case .unlisted: ["kind": .text("unlisted")]
                        case .whole: ["kind": .text("whole")]
                        case .chunks(let count): ["kind": .text("chunks"), "count": .natural(UInt64(count))]
                        }
                    })
            ]
        }
        let good = AttachmentAnswer.bytes([.unlisted, .whole, .chunks(0), .chunks(256)])
        book.accept(
            "attachment-answer", "of-each", ["A-6"], context: context, good,
            encode: { AttachmentAnswer.bytes(try AttachmentAnswer.standings($0, count: 4)) }, decode: decode)
        let refused: [(String, String, [UInt8])] = [
            ("another-count", "bytes.inconsistent", AttachmentAnswer.bytes([.whole, .whole, .whole])),
            ("too-many-chunks", "bytes.too-large", AttachmentAnswer.bytes([.whole, .whole, .whole, .chunks(257)])),
            ("more", "bytes.trailing", good + [0]), ("another-kind", "wire.not-a-message", good.with(12, at: 0)),
        ]
        for (name, code, bytes) in refused {
            book.reject("attachment-answer", name, ["E-2"], code, context: context, bytes, decode: decode)
        }
    }

    // MARK: Chunks

    private static func addPuts(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            guard bytes.first == MessageKind.attachmentPut.rawValue else { throw ProtocolError(.notAMessage) }
            let head = try decoding { () throws(DecodingFailure) in
                var reader = ByteReader(bytes)
                _ = try reader.byte()
                let head = try reader.block(limit: ProtocolLimits.headBytes)
                try reader.finish()
                return head
            }
            let received = try AttachmentPut.Received(head: head)
            guard received.isSigned(by: Fixed.device.publicKey, for: Fixed.hub.replica) else { throw forged() }
            let put = received.put
            return [
                "replica": .hex(put.replica.bytes), "item": describe(put.item), "first": .natural(UInt64(put.first)),
                "chunks": .list(put.chunks.map { .hex($0.bytes) }),
            ]
        }
        func message(
            first: Int, chunks: Int, _ signer: ReplicaIdentity = Fixed.device, _ hub: ReplicaIdentity = Fixed.hub
        )
            -> [UInt8]
        {
            let hashes = (0..<chunks).map { AttachmentChunks.hash([UInt8($0)]) }
            return AttachmentPut(replica: Fixed.device.replica, item: items[0], first: first, chunks: hashes).bytes(
                signedBy: signer, hub: hub.replica)
        }
        book.accept(
            "attachment-put", "from-the-second", ["A-8"], context: context, message(first: 1, chunks: 3),
            isProven: true,
            decode: decode)
        let refused: [(String, String, [UInt8])] = [
            ("beyond-the-end", "bytes.inconsistent", message(first: 3, chunks: 3)),
            ("too-few-hashes", "bytes.truncated", message(first: 0, chunks: 1)),
            ("too-many-hashes", "bytes.trailing", message(first: 0, chunks: 4)),
            ("of-another-device", "request.forged", message(first: 0, chunks: 3, Fixed.peer)),
            ("for-another-hub", "request.forged", message(first: 0, chunks: 3, Fixed.device, Fixed.peer)),
        ]
        for (name, code, bytes) in refused {
            book.reject("attachment-put", name, ["A-8"], code, context: context, bytes, decode: decode)
        }
    }

    private static func addGets(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let get = try AttachmentGet(bytes: bytes)
            guard get.isSigned(by: Fixed.device.publicKey, for: Fixed.hub.replica) else { throw forged() }
            return [
                "replica": .hex(get.replica.bytes), "hash": .hex(get.hash.bytes), "first": .natural(UInt64(get.first)),
            ]
        }
        func message(_ first: Int, _ hub: ReplicaIdentity = Fixed.hub) -> [UInt8] {
            AttachmentGet.bytes(Fixed.hash, from: first, signedBy: Fixed.device, hub: hub.replica)
        }
        book.accept(
            "attachment-get", "from-the-third", ["A-6"], context: context, message(2), isProven: true, decode: decode)
        for (name, code, bytes) in [
            ("beyond-any", "bytes.too-large", message(257)),
            ("for-another-hub", "request.forged", message(0, Fixed.peer)),
            ("cut", "bytes.truncated", Array(message(2).dropLast())),
        ] { book.reject("attachment-get", name, ["A-6"], code, context: context, bytes, decode: decode) }
    }

    // MARK: Passwords

    private static func addPasswords(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let change = try PasswordChange(bytes: bytes)
            return ["person": .text(change.person), "old": .text(change.old), "new": .text(change.new)]
        }
        let good = PasswordChange(person: "hoa", old: "chín con rồng", new: "mười con rồng").bytes
        book.accept(
            "password-change", "of-hoa", ["I-13"], good, encode: { try PasswordChange(bytes: $0).bytes }, decode: decode
        )
        let long = PasswordChange(person: "hoa", old: "a", new: String(repeating: "a", count: 1_025)).bytes
        for (name, code, bytes) in [
            ("too-long", "bytes.too-large", long), ("more", "bytes.trailing", good + [0]),
            ("not-nfc", "bytes.not-canonical", PasswordChange(person: "hoa", old: "a", new: "e\u{301}").bytes),
            ("another-version", "wire.version-unknown", good.with(2, at: 1)),
        ] { book.reject("password-change", name, ["E-2"], code, bytes, decode: decode) }
    }
}
