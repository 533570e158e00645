package import Causality
import Foundation
import GRDB
package import Records
import SyncProtocol

/// Where a change or a record stands on its way.
package enum DeliveryState: String, Comparable, Sendable {
    case received, waiting, refused

    private var badness: Int { self == .received ? 0 : self == .waiting ? 1 : 2 }

    package static func < (a: Self, b: Self) -> Bool { a.badness < b.badness }
}

/// The merged record, as pages and commands show it.
package struct RecordView: Sendable {
    package struct Version: Sendable {
        package let value: Value
        package let dot: Dot
        let hashPrefix: UInt32
        package let author: String
        package let time: HybridTime
        package let received: UInt64?
        package let receivedAt: Int64?
        let depends: UInt64
        let ownBase: Base?
        package let state: DeliveryState
        package let register: RegisterKey

        package var dotWord: String { DotWord(dot, hashPrefix: hashPrefix).text }
        package var replica: ReplicaID { dot.replica }
        /// What its author had seen.
        package var base: Base { .of(dot, own: ownBase, depends: depends) }
    }

    package let row: Int64
    package let id: RecordID
    package let word: String
    package let form: String
    package let space: String
    package let deleted: Bool
    package let state: DeliveryState
    /// What each field shows.
    package let fields: [String: Value]
    /// Every standing version, by field.
    package let versions: [String: [Version]]
    /// The fields that wait for a person, in order; edit against delete is `@deleted`.
    package let conflicts: [String]

    /// Whether all that was ever said of it was refused and put aside, so that there is nothing to list.
    package var isDismissed: Bool { versions.isEmpty && state == .received }
}

extension RecordView {
    /// The same with nothing in it, as ``filled(by:)`` takes it.
    package var emptied: RecordView {
        RecordView(
            row: row, id: id, word: word, form: form, space: space, deleted: deleted, state: state, fields: [:],
            versions: [:], conflicts: [])
    }

    /// The record as one change of it would have it, where nothing else is known of it: what a refused new record was to be.
    package func filled(by change: StoredChange) -> RecordView {
        guard versions.isEmpty, let payload = try? Payload(canonical: change.payload) else { return self }
        var fields: [String: Value] = [:]
        var members: [String: [(item: String, value: Value)]] = [:]
        for operation in payload.operations {
            if let item = operation.register.item {
                members[operation.register.field, default: []].append((item, operation.value))
            } else {
                fields[operation.register.field] = operation.value
            }
        }
        for (field, items) in members { fields[field] = Policy.members(items) }
        return RecordView(
            row: row, id: id, word: word, form: form, space: space, deleted: deleted, state: state, fields: fields,
            versions: versions, conflicts: conflicts)
    }
}

/// Where a record is.
package struct RecordPlace: Sendable {
    package let space: SpaceState
    package let row: Int64
    package let record: RecordID
}

extension StoreTransaction {
    /// Finds a record by its word. What proves people's passwords is nobody's to see, so their records have no words.
    /// - Throws: `word.invalid` or `record.unknown`.
    package func locate(_ word: String) throws -> RecordPlace {
        guard let parsed = RecordWord(word) else { throw RecordsError(.wordInvalid) }
        for name in try names(of: parsed.record, tag: parsed.spaceTag) {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT record.id, record.prefix, space.name FROM record JOIN space ON space.id = record.space
                        WHERE space.tag = ? AND record.name = ? AND record.form <> '\(BuiltInForm.person.form)'
                        """), arguments: [Data(parsed.spaceTag), Data(name.bytes)])
            guard let row, UInt32(truncatingIfNeeded: try row.at("prefix") as Int64) == parsed.hashPrefix else {
                continue
            }
            return RecordPlace(space: try space(row.at("name") as String), row: try row.at("id"), record: name)
        }
        throw StoreError(.recordUnknown)
    }

    /// The names that a record may go by here which somebody has a word of.
    private func names(of record: RecordID, tag: [UInt8]) throws -> [RecordID] {
        let space = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM space WHERE tag = ?"), arguments: [Data(tag)])
        guard case .created(let dot) = record, let space = try space.map({ try self.space($0) }), space.isTangled else {
            return [record]
        }
        return [record]
            + (try names(for: dot, in: space)).map { .created(Dot($0, dot.sequence)) }.filter { $0 != record }
    }

    /// - Throws: `record.unknown`.
    package func formName(ofRow id: Int64) throws -> String {
        let form = try String.fetchOne(
            db.cachedStatement(sql: "SELECT form FROM record WHERE id = ?"), arguments: [id])
        guard let form else { throw StoreError(.recordUnknown) }
        return form
    }

    /// The record with the row `id`.
    package func view(ofRow id: Int64) throws -> RecordView {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT space, name, form, prefix FROM record WHERE id = ?"), arguments: [id])
        else { throw StoreError(.recordUnknown) }
        let space = try space(row.at("space") as Int64)
        let record = try RecordID(bytes: try row.bytes("name")).orDamaged("record")
        let word = RecordWord(
            spaceTag: space.tag, record: record, hashPrefix: UInt32(truncatingIfNeeded: try row.at("prefix") as Int64))
        let form: String = try row.at("form")
        let versions = try standingVersions(of: id, in: space)
        let definition = try? latestForm(form)
        let outcome = Self.merge(versions, definition)
        let computed = definition.map { $0.computed(outcome.fields) } ?? [:]
        return RecordView(
            row: id, id: record, word: word.text, form: form, space: space.name, deleted: outcome.deleted,
            state: try state(ofRow: id), fields: outcome.fields.merging(computed) { _, result in result },
            versions: versions, conflicts: outcome.conflicts)
    }

    /// What waits for a person of a record, without the rest of the view.
    struct Contested {
        let space: Int64
        let form: String
        /// In order.
        let fields: [String]
        let facets: CaseFacets
    }

    /// - Returns: `nil` where nothing waits.
    func contested(ofRow id: Int64) throws -> Contested? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT space, form FROM record WHERE id = ?"), arguments: [id])
        guard let row else { throw StoreError(.recordUnknown) }
        let space = try space(row.at(0) as Int64)
        let versions = try standingVersions(of: id, in: space, where: Self.isContestable)
        let name: String = try row.at(1)
        let form = try? latestForm(name)
        let fields = Self.merge(versions, form).conflicts
        guard !fields.isEmpty else { return nil }
        return Contested(space: space.id, form: name, fields: fields, facets: CaseFacets(fields, versions, form))
    }

    /// A field with one standing version is nobody's case, except where the record was deleted.
    private static let isContestable = """
        AND (version.field IN (
            SELECT field FROM version WHERE record = ?2 AND standing = 1 GROUP BY field HAVING count(*) > 1
        ) OR EXISTS (SELECT 1 FROM version WHERE record = ?2 AND standing = 1 AND field = '\(RegisterKey.deleted.field)'))
        """

    private func standingVersions(
        of record: Int64, in space: SpaceState, where condition: String = ""
    ) throws -> [String: [RecordView.Version]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT version.field, version.item, version.value, change.replica, change.sequence, change.link,
                        change.author, change.time, change.received, change.received_at, change.depends,
                        coalesce(change.reads, change.base), change.decision
                    FROM version JOIN change ON change.space = ?1 AND change.replica = version.replica
                        AND change.sequence = version.sequence
                    WHERE version.record = ?2 AND version.standing = 1 \(condition)
                    ORDER BY version.field, version.item, version.replica, version.sequence
                    """), arguments: [space.id, record])
        var versions: [String: [RecordView.Version]] = [:]
        for row in rows { versions[try row.at(0), default: []].append(try version(row)) }
        return versions
    }

    /// Columns by their numbers, since names would be looked up for each row.
    private func version(_ row: Row) throws -> RecordView.Version {
        let item: String = try row.at(1)
        return RecordView.Version(
            value: try Value(canonical: Array(row.at(2) as Data)),
            dot: Dot(try replica(row.at(3)), try row.natural(4)),
            hashPrefix: try Hash256(bytes: row.at(5) as Data).orDamaged("link").prefix, author: try row.at(6),
            time: HybridTime(rawValue: UInt64(bitPattern: try row.at(7) as Int64)),
            received: try (row.at(8) as Int64?)?.natural(), receivedAt: try row.at(9), depends: try row.natural(10),
            ownBase: try (try row.at(11) as Data?).map { data in
                var reader = ByteReader(Array(data))
                return try Base(from: &reader)
            },
            state: Decision(rawValue: try row.at(12)) == .accepted ? .received : .waiting,
            register: RegisterKey(try row.at(0), item: item.isEmpty ? nil : item))
    }

    static func merge(
        _ versions: [String: [RecordView.Version]], _ form: FormDefinition?
    ) -> (fields: [String: Value], deleted: Bool, conflicts: [String]) {
        var fields: [String: Value] = [:]
        var conflicts: [String] = []
        var deleted = false
        for (name, standing) in versions {
            if name == RegisterKey.deleted.field {
                let outcome = Policy.ask.outcome(standing.map(\.standing))
                deleted = outcome.value == .flag(true)
                if outcome.contested || isDeletionContested(standing, versions) { conflicts.append(name) }
            } else if form?.field(name)?.isUnion ?? false || standing.contains(where: { $0.register.item != nil }) {
                fields[name] = Policy.members(standing.map { ($0.register.item ?? "", $0.value) })
            } else {
                let field = form?.field(name)
                let outcome = (field?.policy ?? .ask).outcome(standing.map(\.standing), order: field?.order ?? [])
                fields[name] = outcome.value
                if outcome.contested { conflicts.append(name) }
            }
        }
        // A record about which two people disagree whether it is deleted stays whole until they are asked.
        if conflicts.contains(RegisterKey.deleted.field) { deleted = false }
        return (fields, deleted, conflicts.sorted())
    }

    /// Whether a standing deletion and a standing version of a field were made without sight of each other.
    private static func isDeletionContested(
        _ deletions: [RecordView.Version], _ versions: [String: [RecordView.Version]]
    ) -> Bool {
        deletions.contains { deletion in
            deletion.value == .flag(true) && Safeguard.deletionContested.isOn
                && versions.contains { name, standing in
                    name != RegisterKey.deleted.field
                        && standing.contains { version in
                            version.dot != deletion.dot
                                && !deletion.base.covers(version.dot, received: version.received)
                                && !version.base.covers(deletion.dot, received: deletion.received)
                        }
                }
        }
    }

    /// The worst state of the record's changes. Refused work that a person has dealt with no longer counts.
    func state(ofRow id: Int64) throws -> DeliveryState {
        let worst = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(CASE WHEN decision = 2 AND disposed IS NULL THEN 2 WHEN decision = 0 THEN 1 ELSE 0 END)
                    FROM change WHERE record = ? AND decision <> 1
                    """), arguments: [id])
        return worst == 2 ? .refused : worst == 1 ? .waiting : .received
    }
}

extension RecordView.Version {
    /// As policies see it: the author's time is never later than the hub's at receipt.
    package var standing: StandingVersion {
        let bound = (Safeguard.clockBounded.isOn ? receivedAt : nil).map { HybridTime(milliseconds: $0, counter: .max) }
        return StandingVersion(dot: dot, value: value, time: bound.map { min(time, $0) } ?? time)
    }
}
