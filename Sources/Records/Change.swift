package import Causality

/// What one person did to one record at once.
package struct Change: Hashable, Sendable {
    /// The form and the version of it that the author had before them.
    package var form: FormReference
    package var record: RecordID
    /// The author's id; empty when nobody was named.
    package var author: String
    package var time: HybridTime
    /// What the author had seen; `nil` is the default base: what its segment depends on and the replica's own earlier
    /// changes.
    package var base: Base?
    package var payload: Payload

    package init(
        form: FormReference, record: RecordID, author: String, time: HybridTime, base: Base?, payload: Payload
    ) {
        self.form = form
        self.record = record
        self.author = author
        self.time = time
        self.base = base
        self.payload = payload
    }
}

/// A form by name and version.
package struct FormReference: Hashable, Sendable {
    package let form: String
    package let version: UInt64

    package init(_ form: String, version: UInt64) {
        self.form = form
        self.version = version
    }
}

/// One register of a record: a field, or one member of a set field, or the record's deletion.
package struct RegisterKey: Hashable, Comparable, Sendable {
    package let field: String
    /// The member, in set fields; each is a register of its own, so that additions never collide.
    package let item: String?

    package init(_ field: String, item: String? = nil) {
        self.field = field
        self.item = item
    }

    /// The register that says whether the record is deleted.
    package static let deleted = RegisterKey("@deleted")

    package static func < (a: Self, b: Self) -> Bool {
        a.field == b.field
            ? (a.item ?? "").utf8.lexicographicallyPrecedes((b.item ?? "").utf8)
            : a.field.utf8.lexicographicallyPrecedes(b.field.utf8)
    }
}

/// What a change writes into one register.
package struct Operation: Hashable, Sendable {
    package let register: RegisterKey
    package let value: Value

    package init(_ register: RegisterKey, _ value: Value) {
        self.register = register
        self.value = value
    }
}

/// A change's contents: its operations, in ascending order of their registers, and a reason where one was asked for.
package struct Payload: Hashable, Sendable {
    package let operations: [Operation]
    package let reason: String?
    /// The change of another replica that this one repeats under its author's name, when the hub accepts refused work.
    package let quotes: Dot?

    /// - Precondition: no register stands twice.
    package init(_ operations: [Operation], reason: String? = nil, quotes: Dot? = nil) {
        self.operations = operations.sorted { $0.register < $1.register }
        self.reason = reason
        self.quotes = quotes
    }

    /// The hash that stands for the contents wherever the contents themselves are not needed.
    package static func commitment(of bytes: [UInt8]) -> Hash256 { .of(tag: "phusa payload 1", bytes) }
}

extension Payload {
    package var canonicalBytes: [UInt8] {
        var writer = ByteWriter()
        writer.byte((reason == nil ? 0 : 1) | (quotes == nil ? 0 : 2))
        if let reason { writer.text(reason) }
        if let quotes { writer.dot(quotes) }
        writer.varint(UInt64(operations.count))
        for operation in operations {
            writer.text(operation.register.field)
            writer.byte(operation.register.item == nil ? 0 : 1)
            if let item = operation.register.item { writer.text(item) }
            operation.value.write(to: &writer)
        }
        return writer.bytes
    }

    package init(canonical bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        let flags = try reader.byte()
        guard flags <= 3 else { throw reader.failure(.unknownKind) }
        let reason = flags & 1 == 1 ? try reader.text(limit: RecordLimits.reasonBytes) : nil
        let quotes = flags & 2 == 2 ? try reader.dot() : nil
        var operations: [Operation] = []
        let count = try reader.count(limit: RecordLimits.operations)
        guard count > 0 else { throw reader.failure(.inconsistent) }
        for _ in 0..<count {
            let operation = try Self.readOperation(&reader)
            if let last = operations.last, !(last.register < operation.register) { throw reader.failure(.notCanonical) }
            operations.append(operation)
        }
        try reader.finish()
        self.init(operations, reason: reason, quotes: quotes)
    }

    private static func readOperation(_ reader: inout ByteReader) throws(DecodingFailure) -> Operation {
        let field = try reader.text(limit: RecordLimits.nameBytes)
        guard !field.isEmpty else { throw reader.failure(.inconsistent) }
        let item: String?
        switch try reader.byte() {
        case 0: item = nil
        case 1:
            let text = try reader.text(limit: RecordLimits.textBytes)
            guard !text.isEmpty else { throw reader.failure(.inconsistent) }
            item = text
        default: throw reader.failure(.unknownKind)
        }
        return Operation(RegisterKey(field, item: item), try Value(from: &reader))
    }
}
