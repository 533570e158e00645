import Causality
package import Records

/// Bytes that frames are likely to hold, which deflate may refer back to, so that a frame of one change need not spell out
/// the names of its form and fields. It travels in the catalogue and is named by its hash.
package struct PresetDictionary: Hashable, Sendable {
    package static let nameBytes = 2
    /// No more is of use to deflate.
    package static let mostBytes = 32 * 1024

    package let bytes: [UInt8]
    /// The beginning of a hash over the bytes. The hub sees to it that no two of its dictionaries have one name.
    package let name: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        name = Array(Hash256.of(tag: "phusa dictionary 1", bytes).bytes.prefix(Self.nameBytes))
    }
}

extension PresetDictionary {
    /// A dictionary for these forms: the columns of a change of each of their fields, and whole frames as they are most
    /// often, those last, since near is cheaper than far.
    package static func make(for forms: [FormDefinition]) throws -> PresetDictionary {
        let device = ReplicaID(high: 0, low: 1)
        let hub = ReplicaID(high: 0, low: 2)
        let context = BatchWriting(
            device: device, hub: hub, clock: 0, keyFields: { _ in [] }, receipt: { _ in nil },
            change: { _ in Dot(hub, 1) })
        var bytes: [UInt8] = []
        var known: Set<[UInt8]> = []
        for form in forms.reversed() {
            for field in form.fields.reversed() {
                var replicas = ReplicaTable(device: device, hub: hub)
                var columns = PayloadColumns()
                columns.add(sample(of: field).canonicalBytes, &replicas)
                var writer = ColumnWriter()
                columns.write(to: &writer)
                if known.insert(writer.bytes).inserted { bytes += writer.bytes }
            }
        }
        for form in forms.reversed() {
            guard let field = form.fields.first(where: { !$0.key }) ?? form.fields.first else { continue }
            let target: ChangeHeader.Target =
                form.keyFields.isEmpty ? .creates : .record(.keyed(NaturalKey(high: 0, low: 0)))
            let header = ChangeHeader(
                form: form.reference, target: target, author: "", time: HybridTime(milliseconds: 1000), base: nil)
            let segment = TravellingSegment(
                replica: device, depends: .at(index: 1, catalogue: 1),
                changes: [LoggedChange(sequence: 1, header: header, payload: sample(of: field).canonicalBytes)],
                signature: [])
            bytes += try contents(of: segment, context)
        }
        return PresetDictionary(Array(bytes.suffix(mostBytes / 2)))
    }

    /// The columns of an answer with one receipt, and of a request with one segment.
    private static func contents(of segment: TravellingSegment, _ context: BatchWriting) throws -> [UInt8] {
        let receipt = Receipt(replica: segment.replica, first: 1, last: 1, end: .zero, time: 1000, waiting: [])
        var frame = AnswerFrame()
        frame.isLast = true
        frame.parts = [LogPart(space: 0, items: [.received(LogPart.TravellingReceipt(receipt))])]
        frame.notes = [AnswerFrame.Note(space: 0, refusal: "", digest: [0])]
        var answer = ColumnWriter()
        try frame.write(to: &answer) { _ in (0, context) }
        var upload = ColumnWriter()
        upload.varint(1)
        try Upload(space: 0, segments: [segment]).write(to: &upload, basis: 1, context)
        return answer.bytes + upload.bytes
    }

    private static func sample(of field: FieldDefinition) -> Payload {
        if field.isUnion { return Payload([Operation(RegisterKey(field.name, item: "a"), .flag(true))]) }
        let value: Value =
            switch field.type {
            case .text: .text("a")
            case .selectOne: .text(field.choices?.first?.name ?? "a")
            case .selectMultiple, .image, .file: .items([field.choices?.first?.name ?? "a"])
            case .integer: .integer(1)
            case .decimal: DecimalNumber("1.5").map { .decimal($0) } ?? .null
            case .date: .date(CalendarDate(days: 20_000))
            case .time: TimeOfDay(seconds: 30_000).map { .time($0) } ?? .null
            case .dateTime: Moment(milliseconds: 1_790_000_000_000).map { .moment($0) } ?? .null
            }
        return Payload([Operation(RegisterKey(field.name), value)])
    }
}
