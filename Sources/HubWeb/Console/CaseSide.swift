import Causality
import RecordStore
import Records

/// One change that takes part in a case.
struct CaseSide {
    let dot: Dot
    let dotWord: String
    let author: String
    let replica: ReplicaID
    let milliseconds: Int64
    let receivedAt: Int64?

    private init(_ version: RecordView.Version) {
        dot = version.dot
        dotWord = version.dotWord
        author = version.author
        replica = version.replica
        milliseconds = version.time.milliseconds
        receivedAt = version.receivedAt
    }

    /// The sides of a record's case, by their time.
    static func all(of view: RecordView) -> [CaseSide] {
        var versions: [Dot: RecordView.Version] = [:]
        for field in view.conflicts {
            for version in standing(field, view) { versions[version.dot] = version }
        }
        return versions.values.map(CaseSide.init).sorted { ($0.milliseconds, $0.dot) < ($1.milliseconds, $1.dot) }
    }

    /// The versions that a contested field is about. Of a deletion, also the edits that did not know of it.
    static func standing(_ field: String, _ view: RecordView) -> [RecordView.Version] {
        let own = view.versions[field] ?? []
        guard field == RegisterKey.deleted.field else { return own }
        let deletions = own.filter { $0.value == .flag(true) }
        let edits = view.versions.filter { $0.key != field }.values.joined().filter { version in
            deletions.contains { deletion in
                version.dot != deletion.dot && !deletion.base.covers(version.dot, received: version.received)
                    && !version.base.covers(deletion.dot, received: deletion.received)
            }
        }
        var seen = Set(own.map(\.dot))
        return own + edits.filter { seen.insert($0.dot).inserted }
    }
}
