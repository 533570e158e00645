/// Which disks hold which values, as far as is certain: the books of a run in which processes die and disks are put back.
///
/// A value is held by a disk from when its save was answered there, or a sync that came to its end brought it. A disk that
/// is put back to a copy holds what the copy held. A value that no disk holds any more went with a disk that was thrown
/// away; every other one has to be there in the end.
struct Books {
    /// What a machine or a copy holds.
    private var held: [String: Set<String>] = [:]
    /// Every value whose save was answered.
    private(set) var saved: Set<String> = []

    /// What must be there in the end.
    var due: Set<String> {
        held.filter { !$0.key.hasPrefix(Self.copyMark) }.values.reduce(into: []) { $0.formUnion($1) }
    }

    private static let copyMark = "copy "

    mutating func save(_ value: String, on disk: String) {
        saved.insert(value)
        held[disk, default: []].insert(value)
    }

    /// A sync between the two came to its end.
    mutating func sync(_ disk: String, _ other: String) {
        let both = held[disk, default: []].union(held[other, default: []])
        held[disk] = both
        held[other] = both
    }

    mutating func copy(_ disk: String, to copy: String) { held[Self.copyMark + copy] = held[disk] }

    /// The disk is what the copy is: put back, or a machine that was not there before.
    mutating func putBack(_ disk: String, from copy: String) { held[disk] = held[Self.copyMark + copy] }
}
