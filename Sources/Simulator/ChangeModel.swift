import Causality
import RecordStore
import Records

/// What a change is known by whatever its replica is called: its place in its log, and the beginning of the chain after it.
struct ChangeName: Hashable {
    private let sequence: UInt64
    private let prefix: UInt32

    init(_ change: StoredChange) {
        sequence = change.dot.sequence
        prefix = change.link.prefix
    }

    init(_ word: DotWord) {
        sequence = word.dot.sequence
        prefix = word.hashPrefix
    }
}

/// What somebody had seen of a record.
struct Sight {
    var names: Set<ChangeName> = []

    func covers(_ name: ChangeName) -> Bool { names.contains(name) }
}

/// What was saved, and what its authors had seen, kept beside the stores and by other means than theirs.
struct ChangeModel {
    struct Saved {
        /// The word that saving gave.
        let word: DotWord
        let space: String
        let record: RecordID
        let author: String
        let operations: [RegisterKey: Value]
        let sight: Sight
        /// It was saved where parts of a line may be missing, so that its base may say less than its author had seen.
        let isCautious: Bool

        var name: ChangeName { ChangeName(word) }
    }

    /// In the order they were saved.
    private(set) var saved: [Saved] = []
    private var places: [String: [RecordID: [Int]]] = [:]
    private var indices: [ChangeName: Int] = [:]

    mutating func add(_ change: Saved) {
        indices[change.name] = saved.count
        places[change.space, default: [:]][change.record, default: []].append(saved.count)
        saved.append(change)
    }

    func has(_ name: ChangeName) -> Bool { indices[name] != nil }

    subscript(name: ChangeName) -> Saved? { indices[name].map { saved[$0] } }

    func changes(of record: RecordID, in space: String) -> [Saved] {
        (places[space]?[record] ?? []).map { saved[$0] }
    }

    /// The sight of whoever has these changes before them, and all that their authors had seen.
    func sight(of names: Set<ChangeName>) -> Sight {
        Sight(names: names.reduce(into: names) { all, name in all.formUnion(self[name]?.sight.names ?? []) })
    }
}

extension ChangeModel {
    /// A version that stands by the model.
    struct Standing: Hashable {
        let register: RegisterKey
        let name: ChangeName
        let value: Value
    }

    /// What must stand of a record, where `stored` is what is held of its changes.
    /// - Parameter cautious: changes whose bases say less than their authors had seen; `nil`: all say what they had.
    func standing(
        _ record: RecordID, in space: String, stored: [ChangeName: StoredChange], cautious: Set<ChangeName>? = nil
    ) -> [Standing] {
        let counted = changes(of: record, in: space).filter { stored[$0.name].map { $0.decision != .refused } ?? false }
        return counted.flatMap { change in
            change.operations.compactMap { register, value -> Standing? in
                let isCovered = counted.contains { other in
                    other.name != change.name && other.operations[register] != nil
                        && saw(other, change.name, cautious: cautious)
                }
                return isCovered ? nil : Standing(register: register, name: change.name, value: value)
            }
        }
    }

    /// Whether a change's author had seen another, and the change says so.
    private func saw(_ change: Saved, _ other: ChangeName, cautious: Set<ChangeName>?) -> Bool {
        change.sight.covers(other) && (cautious.map { !change.isCautious && !$0.contains(change.name) } ?? true)
    }

    /// What the fields show by what stands: members that were added, and of other values the latest, where no clock is
    /// believed that was ahead of the hub's at receipt.
    static func shown(_ standing: Set<Standing>, stored: [ChangeName: StoredChange]) -> [String: Value] {
        func time(_ version: Standing) -> HybridTime {
            guard let change = stored[version.name] else { return HybridTime(rawValue: 0) }
            guard let bound = change.receivedAt else { return change.time }
            return min(change.time, HybridTime(milliseconds: bound, counter: .max))
        }
        func precedes(_ a: Standing, _ b: Standing) -> Bool {
            guard time(a) == time(b) else { return time(a) < time(b) }
            return stored[a.name].flatMap { a in stored[b.name].map { a.dot < $0.dot } } ?? false
        }
        let versions = Dictionary(grouping: standing.filter { $0.register != .deleted }, by: \.register.field)
        return versions.mapValues { versions in
            guard versions[0].register.item == nil else {
                let items = Set(versions.filter { $0.value == .flag(true) }.compactMap(\.register.item))
                return items.isEmpty ? .null : .items(items.sorted())
            }
            return versions.max(by: precedes)?.value ?? .null
        }
    }

    /// The fields about which somebody must be asked: those of which several values were saved without sight of each other.
    /// - Parameter cautious: changes whose bases say less than their authors had seen; `nil`: all say what they had.
    func conflicts(_ standing: Set<Standing>, cautious: Set<ChangeName>? = nil) -> Set<String> {
        var values: [String: Set<Value>] = [:]
        for version in standing where version.register.item == nil && version.register.field != "note" {
            values[version.register.field, default: []].insert(version.value)
        }
        var fields = Set(values.filter { $0.value.count > 1 }.keys)
        let deletions = standing.filter { $0.register == .deleted && $0.value == .flag(true) }
        let isContested = deletions.contains { deletion in
            standing.contains { version in
                version.register != .deleted && version.name != deletion.name
                    && !(self[deletion.name].map { saw($0, version.name, cautious: cautious) } ?? false)
                    && !(self[version.name].map { saw($0, deletion.name, cautious: cautious) } ?? false)
            }
        }
        if isContested { fields.insert(RegisterKey.deleted.field) }
        return fields
    }
}
