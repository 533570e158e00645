import Causality
package import Records

/// What an open case is about, for whoever has many of them to choose from.
package struct CaseFacets: Hashable, Sendable {
    /// What is at stake, the gravest field of the case.
    package enum Kind: Int, CaseIterable, Sendable {
        case content, number, deletion

        package var name: String { "\(self)" }
    }

    /// How it came to two values, as far as clocks tell.
    package enum Cause: Int, CaseIterable, Sendable {
        /// Nobody could have seen the other's.
        case apart
        /// The hub had one of them when the other was written at a machine that had not fetched it.
        case unsynced
        /// One person, at two machines or in two windows.
        case alone

        package var name: String { "\(self)" }
    }

    package let kind: Kind
    package let cause: Cause
    /// Ids of who wrote the values, without repeats; empty for somebody who gave no name.
    package let authors: [String]

    package init(of view: RecordView, _ form: FormDefinition?) { self.init(view.conflicts, view.versions, form) }

    /// - Parameters:
    ///   - fields: the contested ones.
    ///   - versions: the record's standing versions, by field.
    init(_ fields: [String], _ versions: [String: [RecordView.Version]], _ form: FormDefinition?) {
        var all: [Dot: RecordView.Version] = [:]
        var isUnsynced = false
        for field in fields {
            let contestants = RecordView.contestants(of: field, in: versions)
            for version in contestants { all[version.dot] = version }
            isUnsynced =
                isUnsynced
                || contestants.contains { late in
                    contestants.contains { early in
                        early.dot.replica != late.dot.replica
                            && early.receivedAt.map { $0 < late.time.milliseconds } ?? false
                    }
                }
        }
        kind =
            fields.contains(RegisterKey.deleted.field)
            ? .deletion
            : fields.contains { [.integer, .decimal].contains(form?.field($0)?.type) } ? .number : .content
        authors = Set(all.values.map(\.author)).sorted()
        cause = authors.count == 1 && authors != [""] ? .alone : isUnsynced ? .unsynced : .apart
    }
}

extension RecordView {
    /// The versions that a contested field is about. Of a deletion, also the edits that did not know of it.
    package func contestants(of field: String) -> [Version] { Self.contestants(of: field, in: versions) }

    static func contestants(of field: String, in versions: [String: [Version]]) -> [Version] {
        let own = versions[field] ?? []
        guard field == RegisterKey.deleted.field else { return own }
        let deletions = own.filter { $0.value == .flag(true) }
        let edits = versions.filter { $0.key != field }.values.joined().filter { version in
            deletions.contains { deletion in
                version.dot != deletion.dot && !deletion.base.covers(version.dot, received: version.received)
                    && !version.base.covers(deletion.dot, received: deletion.received)
            }
        }
        var seen = Set(own.map(\.dot))
        return own + edits.filter { seen.insert($0.dot).inserted }
    }
}
