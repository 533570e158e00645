package import Causality
package import Records

/// All of a change but its contents: what its replica's chain is made of, so that contents can be left away and the chain
/// still be checked.
package struct ChangeHeader: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        /// The change creates the record that bears its dot.
        case creates
        case record(RecordID)
    }

    package let form: FormReference
    package let target: Target
    package let author: String
    package let time: HybridTime
    /// `nil`: the default base.
    package let base: Base?

    /// No header is longer: a base with all its exceptions is the largest part.
    static let byteLimit = 32 * 1024

    package init(form: FormReference, target: Target, author: String, time: HybridTime, base: Base?) {
        self.form = form
        self.target = target
        self.author = author
        self.time = time
        self.base = base
    }

    package var canonicalBytes: [UInt8] {
        var writer = ByteWriter()
        writer.text(form.form)
        writer.varint(form.version)
        switch target {
        case .creates: writer.byte(0)
        case .record(.created(let dot)):
            writer.byte(1)
            writer.dot(dot)
        case .record(.keyed(let key)):
            writer.byte(2)
            writer.raw(key.bytes)
        }
        writer.text(author)
        writer.raw(time.rawValue.bigEndianBytes)
        writer.byte(base == nil ? 0 : 1)
        base?.write(to: &writer)
        return writer.bytes
    }

    package init(canonical bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        let name = try reader.text(limit: RecordLimits.nameBytes)
        guard !name.isEmpty else { throw reader.failure(.inconsistent) }
        form = FormReference(name, version: try reader.ordinal())
        switch try reader.byte() {
        case 0: target = .creates
        case 1: target = .record(.created(try reader.dot()))
        case 2:
            let key = try reader.replica()
            target = .record(.keyed(NaturalKey(high: key.high, low: key.low)))
        default: throw reader.failure(.unknownKind)
        }
        author = try reader.text(limit: RecordLimits.personBytes)
        time = HybridTime(rawValue: try reader.raw(8).reduce(0) { $0 << 8 | UInt64($1) })
        switch try reader.byte() {
        case 0: base = nil
        case 1: base = try Base(from: &reader)
        default: throw reader.failure(.unknownKind)
        }
        try reader.finish()
    }
}
