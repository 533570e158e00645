import Causality
import RecordStore
import Records

/// What somebody had seen of a record: everything with a receipt at or before a place in the hub's log, and single changes.
struct Sight {
    var position: UInt64 = 0
    var dots: Set<Dot> = []

    func covers(_ dot: Dot, received: UInt64?) -> Bool {
        dots.contains(dot) || received.map { $0 <= position } ?? false
    }
}

/// What was saved, and what its authors had seen, kept beside the stores and by other means than theirs.
struct ChangeModel {
    struct Saved {
        /// The word that saving gave.
        let word: String
        let space: String
        let dot: Dot
        let record: RecordID
        let author: String
        let operations: [RegisterKey: Value]
        let sight: Sight
    }

    /// In the order they were saved.
    private(set) var saved: [Saved] = []
    private var places: [String: [RecordID: [Int]]] = [:]
    private var words: Set<String> = []
    private var heads: [String: [ReplicaID: UInt64]] = [:]

    mutating func add(_ change: Saved) {
        words.insert(change.word)
        heads[change.space, default: [:]][change.dot.replica] = change.dot.sequence
        places[change.space, default: [:]][change.record, default: []].append(saved.count)
        saved.append(change)
    }

    /// Forgets what is gone with its machine.
    mutating func forget(where isGone: (Saved) throws -> Bool) rethrows {
        let left = try saved.filter { try !isGone($0) }
        (saved, places, words, heads) = ([], [:], [], [:])
        for change in left { add(change) }
    }

    /// How many changes of a replica there are in a space.
    func head(of replica: ReplicaID, in space: String) -> UInt64 { heads[space]?[replica] ?? 0 }

    func has(_ word: String) -> Bool { words.contains(word) }

    func changes(of record: RecordID, in space: String) -> [Saved] {
        (places[space]?[record] ?? []).map { saved[$0] }
    }

    /// What one author saved at one replica on a record: that they had seen it goes without saying.
    func dots(by author: String, at replica: ReplicaID, on record: RecordID, in space: String) -> [Dot] {
        changes(of: record, in: space).filter { $0.author == author && $0.dot.replica == replica }.map(\.dot)
    }
}

extension ChangeModel {
    /// A version that stands by the model.
    struct Standing: Hashable {
        let register: RegisterKey
        let dot: Dot
        let value: Value
    }

    /// What must stand of a record, where `stored` is what is held of its changes.
    func standing(_ record: RecordID, in space: String, stored: [Dot: StoredChange]) -> [Standing] {
        let counted = changes(of: record, in: space).filter { stored[$0.dot].map { $0.decision != .refused } ?? false }
        return counted.flatMap { change in
            change.operations.compactMap { register, value -> Standing? in
                let isCovered = counted.contains { other in
                    other.dot != change.dot && other.operations[register] != nil
                        && other.sight.covers(change.dot, received: stored[change.dot]?.received)
                }
                return isCovered ? nil : Standing(register: register, dot: change.dot, value: value)
            }
        }
    }

    /// What the fields show by what stands: members that were added, and of other values the latest, where no clock is
    /// believed that was ahead of the hub's at receipt.
    static func shown(_ standing: [Standing], stored: [Dot: StoredChange]) -> [String: Value] {
        func time(_ version: Standing) -> HybridTime {
            guard let change = stored[version.dot] else { return HybridTime(rawValue: 0) }
            guard let bound = change.receivedAt else { return change.time }
            return min(change.time, HybridTime(milliseconds: bound, counter: .max))
        }
        let versions = Dictionary(grouping: standing.filter { $0.register != .deleted }, by: \.register.field)
        return versions.mapValues { versions in
            guard versions[0].register.item == nil else {
                let items = Set(versions.filter { $0.value == .flag(true) }.compactMap(\.register.item))
                return items.isEmpty ? .null : .items(items.sorted())
            }
            let latest = versions.max { a, b in time(a) == time(b) ? a.dot < b.dot : time(a) < time(b) }
            return latest?.value ?? .null
        }
    }

    /// The fields about which somebody must be asked: those of which several values were saved without sight of each other.
    func conflicts(_ record: RecordID, in space: String, stored: [Dot: StoredChange]) -> [String] {
        let standing = standing(record, in: space, stored: stored)
        let sights = Dictionary(
            changes(of: record, in: space).map { ($0.dot, $0.sight) }, uniquingKeysWith: { first, _ in first })
        var values: [String: Set<Value>] = [:]
        for version in standing where version.register.item == nil && version.register.field != "note" {
            values[version.register.field, default: []].insert(version.value)
        }
        var fields = Set(values.filter { $0.value.count > 1 }.keys)
        let deletions = standing.filter { $0.register == .deleted && $0.value == .flag(true) }
        let isContested = deletions.contains { deletion in
            standing.contains { version in
                version.register != .deleted && version.dot != deletion.dot
                    && !(sights[deletion.dot]?.covers(version.dot, received: stored[version.dot]?.received) ?? false)
                    && !(sights[version.dot]?.covers(deletion.dot, received: stored[deletion.dot]?.received) ?? false)
            }
        }
        if isContested { fields.insert(RegisterKey.deleted.field) }
        return fields.sorted()
    }
}
