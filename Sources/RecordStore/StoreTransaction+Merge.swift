import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Merging: the store loads the versions of one register, asks ``Register``, and writes what it says.
extension StoreTransaction {
    /// Merges a change that was just appended, undecided or accepted. Changes come in causal order.
    func merge(_ change: StoredChange, into record: RecordRow) throws {
        // Contents that this version cannot read stand in the log and are shown by nobody until they can be read.
        guard let operations = Payload.scan(change.payload) else { return }
        // There things may come that others had seen before.
        guard try !mayBeCoveredAlready(change, record) else { return try rebuild(record.id) }
        let base = change.base
        let isAccepted = change.decision == .accepted || !Safeguard.coveredKept.isOn
        let element = VersionElement(
            record: record.name, dot: change.dot, commitment: Payload.commitment(of: change.payload))
        var mayBeCase = record.flags.contains(.hasCase)
        var digest = try space(change.space).digest
        for operation in operations {
            let place = RegisterPlace(record.id, change.payload, operation)
            if !record.isNew, case var register = try register(at: place, in: change.space), !register.versions.isEmpty
            {
                let effects = register.take(change.dot, base: base, received: change.received, accepted: isAccepted)
                try apply(effects, at: place, of: record.name, in: change.space, &digest)
                mayBeCase = mayBeCase || register.versions.count { $0.standing } > 1
            }
            try insertVersion(of: change, at: place, change.payload[operation.value])
            digest.insert(element.hash(of: place))
            if place.isDeletion, !record.flags.contains(.hasDeletion) { try flag(record.id, .hasDeletion, .set) }
            mayBeCase = mayBeCase || place.isDeletion
        }
        try update(change.space) { $0.digest = digest }
        touch(record.id, mayBeCase: mayBeCase || record.flags.contains(.hasDeletion))
    }

    /// Whether what is here may have seen the change before it came: in a tangled space, and over a snapshot that was let go
    /// of.
    private func mayBeCoveredAlready(_ change: StoredChange, _ record: RecordRow) throws -> Bool {
        let space = try space(change.space)
        if space.isTangled { return true }
        guard !record.isNew, change.dot.replica != identity.replica, space.fill == .declined else { return false }
        return try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM change WHERE record = ? AND decision <> 1)"),
            arguments: [record.id]) ?? false
    }

    func insertVersion(of change: StoredChange, at place: RegisterPlace, _ value: ArraySlice<UInt8>) throws {
        let insert = try prepared(.insertVersion)
        insert.bind(1, change.record)
        insert.bind(2, text: place.field)
        insert.bind(3, text: place.item)
        insert.bind(4, change.replicaRow)
        insert.bind(5, Int64(change.dot.sequence))
        insert.bind(6, blob: value)
        try insert.run()
    }

    /// A change that waited is accepted.
    func accept(_ change: StoredChange) throws {
        try setDecision(.accepted, of: change)
        try supersede(change)
        touch(change.record, mayBeCase: true)
    }

    /// A change that waited is refused: its versions go, and what only it had covered stands again.
    package func refuse(_ change: StoredChange, code: String, details: [String: String]) throws {
        try setDecision(.refused, of: change, code: code, details: details)
        let refusal = StateDigest.element(refused: change.dot, commitment: Payload.commitment(of: change.payload))
        try update(change.space) { $0.digest.insert(refusal) }
        touch(change.record, mayBeCase: true)
        guard let operations = Payload.scan(change.payload) else { return }
        let name = try recordName(change.record)
        let others = try changes(ofRecord: change.record).filter { $0.dot != change.dot && $0.decision != .refused }
        var digest = try space(change.space).digest
        for operation in operations {
            let place = RegisterPlace(change.record, change.payload, operation)
            let writers = others.filter { $0.writes(place) }
            var register = try register(at: place, in: change.space)
            let effects = register.refuse(change.dot, base: change.base, others: writers.map { ($0.dot, $0.base) })
            try apply(effects, at: place, of: name, in: change.space, &digest)
        }
        try update(change.space) { $0.digest = digest }
    }

    /// What an accepted change had covered goes for good.
    func supersede(_ change: StoredChange) throws {
        guard let operations = Payload.scan(change.payload) else { return }
        let name = try recordName(change.record)
        var digest = try space(change.space).digest
        for operation in operations {
            let place = RegisterPlace(change.record, change.payload, operation)
            var register = try register(at: place, in: change.space)
            guard register.versions.count > 1 else { continue }
            try apply(
                register.accept(change.dot, base: change.base), at: place, of: name, in: change.space, &digest)
        }
        try update(change.space) { $0.digest = digest }
    }

    private func setDecision(
        _ decision: Decision, of change: StoredChange, code: String = "", details: [String: String] = [:]
    ) throws {
        var writer = ByteWriter()
        writer.details(details)
        try db.cachedStatement(
            sql:
                "UPDATE change SET decision = ?, code = ?, details = ? WHERE space = ? AND replica = ? AND sequence = ?"
        ).execute(arguments: [
            decision.rawValue, code, Data(writer.bytes), change.space, change.replicaRow, Int64(change.dot.sequence),
        ])
    }

    private func register(at place: RegisterPlace, in space: Int64) throws -> Register {
        let select = try prepared(.selectRegister)
        select.bind(1, space)
        select.bind(2, place.record)
        select.bind(3, text: place.field)
        select.bind(4, text: place.item)
        var versions: [Register.Version] = []
        while try select.step() {
            versions.append(
                Register.Version(
                    dot: Dot(try replica(select.integer(0)), try select.natural(1)),
                    received: try select.optionalInteger(3)?.natural(), standing: select.integer(2) == 1))
        }
        return Register(versions)
    }

    private func apply(
        _ effects: Register.Effects, at place: RegisterPlace, of name: RecordID, in space: Int64,
        _ digest: inout StateDigest
    ) throws {
        func element(of dot: Dot) throws -> Hash256 {
            VersionElement(record: name, dot: dot, commitment: try commitment(of: dot, in: space)).hash(of: place)
        }
        for dot in effects.covered {
            try setStanding(false, dot, at: place)
            digest.remove(try element(of: dot))
        }
        for dot in effects.uncovered {
            try setStanding(true, dot, at: place)
            digest.insert(try element(of: dot))
        }
        for (dot, wasStanding) in effects.dropped {
            let delete = try prepared(.deleteVersion)
            try bind(delete, from: 1, place, dot)
            try delete.run()
            if wasStanding { digest.remove(try element(of: dot)) }
        }
    }

    func setStanding(_ standing: Bool, _ dot: Dot, at place: RegisterPlace) throws {
        let update = try prepared(.setStanding)
        update.bind(1, standing ? 1 : 0)
        try bind(update, from: 2, place, dot)
        try update.run()
    }

    private func bind(_ statement: PreparedStatement, from first: Int32, _ place: RegisterPlace, _ dot: Dot) throws {
        statement.bind(first, place.record)
        statement.bind(first + 1, text: place.field)
        statement.bind(first + 2, text: place.item)
        statement.bind(first + 3, try requireReplica(dot.replica))
        statement.bind(first + 4, Int64(dot.sequence))
    }

    private func commitment(of dot: Dot, in space: Int64) throws -> Hash256 {
        let select = try prepared(.selectPayload)
        select.bind(1, space)
        select.bind(2, try requireReplica(dot.replica))
        select.bind(3, Int64(dot.sequence))
        guard try select.step() else { throw StoreError(.damaged, ["code": "payload"]) }
        defer { select.reset() }
        return Payload.commitment(of: select.blob(0))
    }
}

/// One register of a record, its names as the UTF-8 that a payload holds.
struct RegisterPlace {
    let record: Int64
    let field: ArraySlice<UInt8>
    /// Empty where the register is not of a member.
    let item: ArraySlice<UInt8>

    private static let deletion = Array(RegisterKey.deleted.field.utf8)

    init(_ record: Int64, _ payload: [UInt8], _ operation: ScannedOperation) {
        self.record = record
        field = payload[operation.field]
        item = payload[operation.item]
    }

    var isDeletion: Bool { field.elementsEqual(Self.deletion) }
}

extension StoredChange {
    func writes(_ place: RegisterPlace) -> Bool {
        Payload.scan(payload)?.contains {
            payload[$0.field].elementsEqual(place.field) && payload[$0.item].elementsEqual(place.item)
        } ?? false
    }
}

/// The elements that one change adds to the state digest: all but the register is written once.
struct VersionElement {
    private let before: [UInt8]
    private let after: [UInt8]

    init(record: RecordID, dot: Dot, commitment: Hash256) {
        before = StateDigest.versionTag + record.bytes
        var writer = ByteWriter()
        writer.dot(dot)
        writer.hash(commitment)
        after = writer.bytes
    }

    func hash(of place: RegisterPlace) -> Hash256 {
        var writer = ByteWriter()
        writer.raw(before)
        writer.block(place.field)
        writer.block(place.item)
        writer.raw(after)
        return .of(writer.bytes)
    }
}
