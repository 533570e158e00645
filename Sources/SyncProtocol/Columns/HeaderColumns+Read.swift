import Causality
import Records

extension HeaderColumns {
    /// A change's place in a log, as the batch's segments say.
    struct Place {
        let replica: ReplicaID
        let sequence: UInt64
        /// The index of the hub's log that its segment depends on.
        let depends: UInt64
    }

    /// The headers of the changes at `places`, whose payloads were read before.
    static func read(
        _ places: [Place], payloads: (inout ColumnReader) throws -> [[UInt8]], from reader: inout ColumnReader,
        _ replicas: ReplicaTable, _ context: BatchReading
    ) throws -> (headers: [ChangeHeader], payloads: [[UInt8]]) {
        let count = places.count
        var forms: [(reference: FormReference, keys: [String])] = []
        for _ in 0..<(try reader.count(limit: count)) { forms.append(try readForm(&reader)) }
        let formOf = try reader.indices(count, below: forms.count)
        let targets = try reader.uints(count).map { raw in
            guard let target = Target(rawValue: raw) else { throw reader.failure(.unknownKind) }
            return target
        }
        let keys = try reader.incompressible(NaturalKey.byteCount * targets.count { $0 == .keyed })
        let creations = targets.count { $0 == .created || $0 == .known }
        let creators = creations == 0 ? [] : try reader.indices(creations, below: replicas.count)
        let sequences = creations == 0 ? [] : try reader.uints(creations)
        guard sequences.allSatisfy(isSequence) else { throw reader.failure(.inconsistent) }
        let authors = try reader.texts(count, limit: RecordLimits.personBytes)
        let times = try readTimes(count, from: &reader, clock: context.clock)
        let bases = try readBases(places, from: &reader, replicas)
        let payloads = try payloads(&reader)

        var headers: [ChangeHeader] = []
        headers.reserveCapacity(count)
        var (nextKey, nextCreation) = (0, 0)
        for index in 0..<count {
            let form = forms[formOf[index]]
            let target: ChangeHeader.Target
            switch targets[index] {
            case .creates: target = .creates
            case .keyed:
                let bytes = keys[nextKey..<nextKey + NaturalKey.byteCount]
                guard let key = NaturalKey(bytes: bytes) else { throw reader.failure(.truncated) }
                nextKey += NaturalKey.byteCount
                target = .record(.keyed(key))
            case .derived:
                guard !form.keys.isEmpty,
                    let key = NaturalKey(form: form.reference.form, fields: form.keys, payload: payloads[index])
                else { throw reader.failure(.inconsistent) }
                target = .record(.keyed(key))
            case .created:
                target = .record(.created(Dot(replicas[creators[nextCreation]], sequences[nextCreation])))
                nextCreation += 1
            case .known:
                let dot = Dot(replicas[creators[nextCreation]], sequences[nextCreation])
                nextCreation += 1
                guard case .keyed(let key)? = try context.record(dot) else { throw ProtocolError(.dependencyUnknown) }
                target = .record(.keyed(key))
            }
            headers.append(
                ChangeHeader(
                    form: form.reference, target: target, author: authors[index], time: times[index], base: bases[index]
                ))
        }
        return (headers, payloads)
    }

    private static func readForm(
        _ reader: inout ColumnReader
    ) throws(DecodingFailure) -> (reference: FormReference, keys: [String]) {
        let name = try reader.text(limit: RecordLimits.nameBytes)
        guard !name.isEmpty else { throw reader.failure(.inconsistent) }
        let version = try reader.ordinal()
        var keys: [String] = []
        for _ in 0..<(try reader.count(limit: RecordLimits.operations)) {
            keys.append(try reader.text(limit: RecordLimits.nameBytes))
        }
        return (FormReference(name, version: version), keys)
    }

    private static func readTimes(
        _ count: Int, from reader: inout ColumnReader, clock: Int64
    ) throws(DecodingFailure) -> [HybridTime] {
        let (unit, start) = try timeUnit(&reader, clock: clock)
        let deltas = try reader.deltas(count, from: start)
        let counters = try reader.uints(count)
        var times: [HybridTime] = []
        times.reserveCapacity(count)
        for (value, counter) in zip(deltas, counters) {
            guard (0..<1 << 48).contains(value), value &* unit < 1 << 48, counter <= UInt64(UInt16.max) else {
                throw reader.failure(.tooLarge)
            }
            let milliseconds = value * unit
            var own = UInt16(counter)
            if let last = times.last, last.milliseconds == milliseconds { own = last.counter &+ 1 &+ own }
            times.append(HybridTime(milliseconds: milliseconds, counter: own))
        }
        return times
    }

    /// The milliseconds that a column of times counts in, and what its first difference is from.
    /// - Parameter clock: in seconds.
    static func timeUnit(
        _ reader: inout ColumnReader, clock: Int64
    ) throws(DecodingFailure) -> (unit: Int64, start: Int64) {
        switch try reader.byte() {
        case 0: return (1, clock &* millisecondsPerSecond)
        case 1: return (millisecondsPerSecond, clock)
        default: throw reader.failure(.unknownKind)
        }
    }

    private static func readBases(
        _ places: [Place], from reader: inout ColumnReader, _ replicas: ReplicaTable
    ) throws(DecodingFailure) -> [Base?] {
        let flags = try reader.uints(places.count)
        guard flags.allSatisfy({ $0 <= 1 }) else { throw reader.failure(.unknownKind) }
        guard flags.contains(1) else { return places.map { _ in nil } }
        var column = ColumnReader(try reader.block(limit: ProtocolLimits.frameBytes))
        var bases: [Base?] = []
        for (flag, place) in zip(flags, places) {
            bases.append(flag == 0 ? nil : try readBase(of: place, from: &column, replicas))
        }
        try column.finish()
        return bases
    }

    private static func readBase(
        of place: Place, from reader: inout ColumnReader, _ replicas: ReplicaTable
    ) throws(DecodingFailure) -> Base {
        let (position, isBeyond) = Int64(bitPattern: place.depends).subtractingReportingOverflow(try reader.signed())
        guard position >= 0, !isBeyond else { throw reader.failure(.inconsistent) }
        var vector = VersionVector()
        for _ in 0..<(try reader.count(limit: RecordLimits.baseReplicas)) {
            let replica = try readReplica(&reader, replicas)
            let number = try reader.varint()
            let sequence = replica == place.replica ? place.sequence &- number : number
            guard isSequence(sequence), vector[replica] == 0 else { throw reader.failure(.inconsistent) }
            vector[replica] = sequence
        }
        var dots: [Dot] = []
        for _ in 0..<(try reader.count(limit: RecordLimits.baseDots)) {
            let dot = Dot(try readReplica(&reader, replicas), try reader.varint())
            guard isSequence(dot.sequence), !vector.covers(dot), !dots.contains(dot) else {
                throw reader.failure(.inconsistent)
            }
            dots.append(dot)
        }
        return Base(position: UInt64(position), vector: vector, dots: dots)
    }

    private static func isSequence(_ number: UInt64) -> Bool { (1...UInt64(Int64.max)).contains(number) }

    private static func readReplica(
        _ reader: inout ColumnReader, _ replicas: ReplicaTable
    ) throws(DecodingFailure) -> ReplicaID {
        let number = try reader.varint()
        guard number < UInt64(replicas.count) else { throw reader.failure(.inconsistent) }
        return replicas[Int(number)]
    }
}
