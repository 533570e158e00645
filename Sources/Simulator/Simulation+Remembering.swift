import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol

/// What the model learns of what was saved.
extension Simulation {
    /// Keeps in the model what was saved since. What a process saved and could not say, because it died or the disk failed
    /// in the end, may be there, and counts then.
    func remember(_ agent: SimulatedAgent) throws {
        try remember(agent.device.store, &agent.authors, agent.name, isUnsound: agent.isUnsound)
    }

    func rememberHub() throws { try remember(hub.hub.store, &hub.authors, "hub", isUnsound: false) }

    private func remember(
        _ store: ReplicaStore, _ authors: inout Authors, _ name: String, isUnsound: Bool
    ) throws {
        let before = authors.attempts.map(\.step)
        try store.read { store in
            for space in spaces {
                var fresh: [ChangeModel.Saved] = []
                for change in try made(in: space, store) where !model.has(ChangeName(change)) {
                    guard let saved = try saved(change, in: space, &authors, after: fresh, store) else {
                        if isUnsound { continue }
                        throw failure("\(name) saved what nobody entered: \(change.dotWord)")
                    }
                    model.add(saved)
                    fresh.append(saved)
                    authors.made.insert(saved.name)
                }
            }
        }
        if !isUnsound { try checkWhole(name, store, authors, before) }
    }

    /// What was saved in a store, under whatever name, in the order of its logs.
    private func made(in space: String, _ store: StoreTransaction) throws -> [StoredChange] {
        let state = try store.space(space)
        let rows = try Row.fetchAll(
            store.db,
            sql: """
                SELECT replica.name, change.sequence FROM change
                JOIN head ON head.space = change.space AND head.replica = change.replica
                JOIN replica ON replica.id = change.replica
                WHERE change.space = ? AND change.sequence <= head.made ORDER BY replica.id, change.sequence
                """, arguments: [state.id])
        return try rows.compactMap { row in
            guard let replica = ReplicaID(bytes: Array(row[0] as Data)) else { return nil }
            return try store.change(Dot(replica, UInt64(row[1] as Int64)), in: state.id)
        }
    }

    /// The attempt that a change is, as the model keeps it; `nil` where it is none of them.
    /// - Parameter fresh: what is new before it.
    private func saved(
        _ change: StoredChange, in space: String, _ authors: inout Authors, after fresh: [ChangeModel.Saved],
        _ store: StoreTransaction
    ) throws -> ChangeModel.Saved? {
        let entered = try Payload(canonical: change.payload).operations
        let operations = Dictionary(entered.map { ($0.register, $0.value) }, uniquingKeysWith: { _, last in last })
        let record = try store.view(ofRow: change.record).id
        let attempts = authors.attempts
        let fitting = attempts.indices.filter { index in
            let attempt = attempts[index]
            return attempt.space == space && attempt.record == record && attempt.draft.author == change.author
                && Self.operations(attempt.draft) == operations
        }
        let steps = Set(fitting.map { attempts[$0].step })
        if steps.count > 1 { authors.doubtful.formUnion(steps) }
        // Where several would have saved just this, the latest of them did, and of what was saved together the first.
        let latest = fitting.last.map { attempts[$0].step }
        guard let index = fitting.first(where: { attempts[$0].step == latest }),
            let word = DotWord(change.dotWord)
        else { return nil }
        let attempt = authors.attempts.remove(at: index)
        var names = attempt.sight.names
        // People have seen what they themselves saved here, and whoever edits what is known now, all that was saved here.
        let made = authors.made
        let own = model.changes(of: record, in: space).filter {
            $0.author == attempt.draft.author && made.contains($0.name)
        }
        names.formUnion(own.map(\.name))
        if attempt.isOfNow { names.formUnion(fresh.filter { $0.record == record }.map(\.name)) }
        return ChangeModel.Saved(
            word: word, space: space, record: record, author: attempt.draft.author, operations: operations,
            sight: Sight(names: names), isCautious: attempt.isCautious)
    }

    /// What was saved together is there together.
    /// - Parameter before: the steps of the attempts of which nothing was there before.
    private func checkWhole(_ name: String, _ store: ReplicaStore, _ authors: Authors, _ before: [Int]) throws {
        let left = authors.attempts.map(\.step)
        for step in Set(left) where !authors.doubtful.contains(step) {
            guard before.count(where: { $0 == step }) == left.count(where: { $0 == step }) else {
                if try isThereBefore(authors.attempts.filter { $0.step == step }, store) { continue }
                throw failure("\(name) has a part of what was saved together in step \(step)")
            }
        }
    }

    /// Whether one of the attempts says what a known change of the store does. A store that was put back, and whose clock stands,
    /// saves the same as before for the same change to the last byte: it is not new, and not missing either.
    private func isThereBefore(_ attempts: [Authors.Attempt], _ store: ReplicaStore) throws -> Bool {
        try store.read { store in
            try spaces.contains { space in
                try made(in: space, store).contains { change in
                    let operations = try Payload(canonical: change.payload).operations
                    let said = Dictionary(
                        operations.map { ($0.register, $0.value) }, uniquingKeysWith: { _, last in last })
                    let record = try store.view(ofRow: change.record).id
                    return attempts.contains {
                        $0.space == space && $0.record == record && $0.draft.author == change.author
                            && Self.operations($0.draft) == said
                    }
                }
            }
        }
    }

    private static func operations(_ draft: Draft) -> [RegisterKey: Value] {
        Dictionary(
            draft.edits.map { field, edit in
                switch edit {
                case .set(let value): (RegisterKey(field), value)
                case .add(let item): (RegisterKey(field, item: item), .flag(true))
                case .drop(let item): (RegisterKey(field, item: item), .flag(false))
                }
            }, uniquingKeysWith: { _, last in last })
    }

    /// A saved change as a store holds it, under whatever name.
    func stored(_ change: ChangeModel.Saved, _ store: StoreTransaction) throws -> StoredChange? {
        guard try store.hasSpace(change.space) else { return nil }
        return try store.change(change.word, in: store.space(change.space))
    }
}
