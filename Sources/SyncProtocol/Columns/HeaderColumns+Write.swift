import Causality
import Records

/// The headers of a batch's changes, taken apart into columns.
struct HeaderColumns {
    /// How a change's record is named.
    enum Target: UInt64 {
        case creates
        /// By the 16 bytes of its natural key.
        case keyed
        /// By a natural key that the payload's own values give.
        case derived
        /// By the dot of the change that created it.
        case created
        /// By a natural key: that of the record which a change is of that the receiver holds.
        case known
    }

    static let millisecondsPerSecond: Int64 = 1000

    private var forms: [FormReference] = []
    private var formNumbers: [FormReference: UInt64] = [:]
    private var formOf: [UInt64] = []
    private var targets: [UInt64] = []
    private var keys: [UInt8] = []
    private var creators: [UInt64] = []
    private var creations: [UInt64] = []
    private var authors: [ArraySlice<UInt8>] = []
    private var times: [HybridTime] = []
    private var bases: [UInt64] = []
    private var baseBytes = ByteWriter()
    private let context: BatchWriting

    init(_ context: BatchWriting) { self.context = context }

    mutating func add(
        _ change: LoggedChange, of replica: ReplicaID, depends: UInt64, _ replicas: inout ReplicaTable
    ) throws {
        let header = change.header
        formOf.append(number(of: header.form))
        switch header.target {
        case .creates: targets.append(Target.creates.rawValue)
        case .record(.created(let dot)):
            targets.append(Target.created.rawValue)
            creators.append(replicas.number(of: dot.replica))
            creations.append(dot.sequence)
        case .record(.keyed(let key)):
            let fields = try context.keyFields(header.form)
            if !fields.isEmpty, NaturalKey(form: header.form.form, fields: fields, payload: change.payload) == key {
                targets.append(Target.derived.rawValue)
            } else if let dot = try context.change(key) {
                targets.append(Target.known.rawValue)
                creators.append(replicas.number(of: dot.replica))
                creations.append(dot.sequence)
            } else {
                targets.append(Target.keyed.rawValue)
                keys += key.bytes
            }
        }
        authors.append(Array(header.author.utf8)[...])
        times.append(header.time)
        bases.append(header.base == nil ? 0 : 1)
        if let base = header.base {
            baseBytes.signed(Int64(bitPattern: depends) &- Int64(bitPattern: base.position))
            baseBytes.varint(UInt64(base.vector.entries.count))
            for entry in base.vector.entries {
                let number = replicas.number(of: entry.replica)
                baseBytes.varint(number)
                baseBytes.varint(entry.replica == replica ? change.sequence &- entry.sequence : entry.sequence)
            }
            baseBytes.varint(UInt64(base.dots.count))
            for dot in base.dots {
                baseBytes.varint(replicas.number(of: dot.replica))
                baseBytes.varint(dot.sequence)
            }
        }
    }

    private mutating func number(of form: FormReference) -> UInt64 {
        if let known = formNumbers[form] { return known }
        formNumbers[form] = UInt64(forms.count)
        forms.append(form)
        return UInt64(forms.count - 1)
    }

    func write(to writer: inout ColumnWriter) throws {
        writer.varint(UInt64(forms.count))
        for form in forms {
            writer.text(form.form)
            writer.varint(form.version)
            let fields = targets.contains(Target.derived.rawValue) ? try context.keyFields(form) : []
            writer.varint(UInt64(fields.count))
            for field in fields { writer.text(field) }
        }
        writer.endColumn()
        writer.uints(formOf)
        writer.uints(targets)
        writer.incompressible(keys)
        if !creators.isEmpty {
            writer.uints(creators)
            writer.uints(creations)
        }
        writer.strings(authors)
        writeTimes(to: &writer)
        writer.uints(bases)
        if !baseBytes.bytes.isEmpty {
            writer.block(baseBytes.bytes)
            writer.endColumn()
        }
    }

    /// Whole seconds cost less; a change that comes in the same second as the one before it has the next counter.
    private func writeTimes(to writer: inout ColumnWriter) {
        let areSeconds = times.allSatisfy { $0.milliseconds % Self.millisecondsPerSecond == 0 }
        writer.byte(areSeconds ? 1 : 0)
        let second = Self.millisecondsPerSecond
        writer.deltas(
            times.map { areSeconds ? $0.milliseconds / second : $0.milliseconds },
            from: areSeconds ? context.clock : context.clock &* second)
        var last: HybridTime?
        writer.uints(
            times.map { time in
                defer { last = time }
                guard let last, last.milliseconds == time.milliseconds else { return UInt64(time.counter) }
                return UInt64(time.counter &- last.counter &- 1)
            })
    }
}

extension NaturalKey {
    /// The key that a payload's own values give; `nil` when the payload cannot be read.
    init?(form: String, fields: [String], payload bytes: [UInt8]) {
        guard let payload = try? Payload(canonical: bytes) else { return nil }
        var values: [String: Value] = [:]
        for field in fields { values[field] = .null }
        for operation in payload.operations where operation.register.item == nil {
            if values[operation.register.field] != nil { values[operation.register.field] = operation.value }
        }
        self.init(form: form, values: values)
    }
}
