package import Causality
package import Records

/// What one frame of an answer says.
package struct AnswerFrame: Sendable {
    /// What the hub has to say of a space beside its log.
    package struct Note: Hashable, Sendable {
        package let space: Int
        /// Why the space or its upload was not served; empty when it was.
        package let refusal: String
        /// The beginning of the hub's digest of the space, where the device is at its log's end with this answer.
        package let digest: [UInt8]

        package init(space: Int, refusal: String, digest: [UInt8]) {
            self.space = space
            self.refusal = refusal
            self.digest = digest
        }
    }

    /// A place of the hub's log, for a device to find the last one that its own goes through too.
    package struct LinePlace: Hashable, Sendable {
        package let index: UInt64
        /// The beginning of the log's hash there.
        package let prefix: [UInt8]

        package init(_ position: LogPosition) {
            self.init(index: position.index, prefix: Array(position.hash.bytes.prefix(Knowledge.hashBytes)))
        }

        init(index: UInt64, prefix: [UInt8]) {
            self.index = index
            self.prefix = prefix
        }
    }

    /// No frame follows.
    package var isLast = false
    /// The answer stops at its limit, with more to come.
    package var more = false
    /// Certificates of replicas whose first segment of a space is in this frame.
    package var certificates: [[UInt8]] = []
    package var parts: [LogPart] = []
    /// The hub's signature over the ends of its logs after this frame's parts; empty where there are none.
    package var signature: [UInt8] = []
    package var notes: [Note] = []
    /// What the frame brings of a snapshot.
    package var snapshot: SnapshotPart?
    /// Of each space whose log does not go through the device's place, some places that it goes through, the latest first.
    package var lines: [(space: Int, places: [LinePlace])] = []

    package init() {}

    package static let digestBytes = 8

    private enum Flag {
        static let last: UInt8 = 1
        static let more: UInt8 = 2
        static let certificates: UInt8 = 4
        static let parts: UInt8 = 8
        static let notes: UInt8 = 16
        static let snapshot: UInt8 = 32
        static let lines: UInt8 = 64
        static let all: UInt8 = 127
    }

    /// - Parameter context: for a space's number, the index before its part's first entry, and what the writer looks up.
    package func write(
        to writer: inout ColumnWriter, context: (Int) throws -> (start: UInt64, writing: BatchWriting)
    ) throws {
        writer.byte(
            (isLast ? Flag.last : 0) | (more ? Flag.more : 0) | (certificates.isEmpty ? 0 : Flag.certificates)
                | (parts.isEmpty ? 0 : Flag.parts) | (notes.isEmpty ? 0 : Flag.notes)
                | (snapshot == nil ? 0 : Flag.snapshot) | (lines.isEmpty ? 0 : Flag.lines))
        snapshot?.write(to: &writer)
        if !certificates.isEmpty {
            writer.varint(UInt64(certificates.count))
            for certificate in certificates { writer.block(certificate) }
            writer.endColumn()
        }
        if !parts.isEmpty {
            writer.varint(UInt64(parts.count))
            for part in parts {
                let (start, writing) = try context(part.space)
                try part.write(to: &writer, after: start, writing)
            }
            writer.incompressible(signature)
        }
        if !notes.isEmpty {
            writer.varint(UInt64(notes.count))
            for note in notes {
                writer.varint(UInt64(note.space) << 1 | (note.digest.isEmpty ? 0 : 1))
                writer.text(note.refusal)
                writer.incompressible(note.digest)
            }
        }
        writeLines(to: &writer)
    }

    private func writeLines(to writer: inout ColumnWriter) {
        guard !lines.isEmpty else { return }
        writer.varint(UInt64(lines.count))
        for (space, places) in lines {
            writer.varint(UInt64(space))
            writer.varint(UInt64(places.count))
            for place in places {
                writer.varint(place.index)
                writer.incompressible(place.prefix)
            }
        }
    }

    private mutating func readLines(_ reader: inout ColumnReader) throws(DecodingFailure) {
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            let space = try reader.count(limit: ProtocolLimits.spaces)
            var places: [LinePlace] = []
            for _ in 0..<(try reader.count(limit: ProtocolLimits.linePlaces)) {
                let index = try reader.varint()
                guard index > 0, places.last.map({ index < $0.index }) ?? (index <= UInt64(Int64.max)) else {
                    throw reader.failure(.notCanonical)
                }
                places.append(LinePlace(index: index, prefix: try reader.incompressible(Knowledge.hashBytes)))
            }
            lines.append((space, places))
        }
    }

    package static func read(
        _ contents: Frame.Contents, context: (Int) throws -> (start: UInt64, reading: BatchReading)
    ) throws -> AnswerFrame {
        var reader = ColumnReader(contents)
        var frame = AnswerFrame()
        let flags = try reader.byte()
        guard flags <= Flag.all else { throw reader.failure(.unknownKind) }
        frame.isLast = flags & Flag.last != 0
        frame.more = flags & Flag.more != 0
        if flags & Flag.snapshot != 0 { frame.snapshot = try SnapshotPart(from: &reader) }
        if flags & Flag.certificates != 0 {
            for _ in 0..<(try reader.count(limit: ProtocolLimits.certificates)) {
                frame.certificates.append(try reader.block(limit: ProtocolLimits.certificateBytes))
            }
        }
        if flags & Flag.parts != 0 {
            var room = ProtocolLimits.frameBytes
            for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
                frame.parts.append(try LogPart.read(from: &reader, room: &room, context: context))
            }
            frame.signature = try reader.incompressible(Signature.byteCount)
        }
        if flags & Flag.notes != 0 {
            for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
                let space = try reader.count(limit: ProtocolLimits.spaces * 2)
                let refusal = try reader.text(limit: ProtocolLimits.codeBytes)
                let digest = space & 1 == 0 ? [] : try reader.incompressible(digestBytes)
                frame.notes.append(Note(space: space >> 1, refusal: refusal, digest: digest))
            }
        }
        if flags & Flag.lines != 0 { try frame.readLines(&reader) }
        try reader.finish()
        return frame
    }
}

/// The hub's word for where its logs of some spaces end: what makes every entry up to there its own.
package enum Checkpoint {
    package static let tag = "phusa checkpoint 1"

    package static func signedBytes(_ ends: [(space: String, position: LogPosition)]) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(UInt64(ends.count))
        for (space, position) in ends {
            writer.text(space)
            writer.position(position)
        }
        return writer.bytes
    }

    /// The ends that signed bytes are of.
    package static func ends(_ signed: [UInt8]) throws(DecodingFailure) -> [String: LogPosition] {
        var reader = ByteReader(signed)
        var ends: [String: LogPosition] = [:]
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            let space = try reader.text(limit: ProtocolLimits.spaceBytes)
            ends[space] = try reader.position()
        }
        try reader.finish()
        return ends
    }
}
