import Causality
import Foundation
import GRDB
package import Records
import SyncProtocol

extension ReplicaStore {
    /// Recomputes every chain, signature and digest from what is stored, by definition and not by the way it was merged.
    package func verify() throws -> [Problem] {
        var problems = try integrityProblems().map { Problem(.file, of: "database", detail: $0) }
        // What is read from a file that SQLite calls damaged need not even be of the columns' types.
        guard problems.isEmpty else { return problems }
        try read { store in
            for space in try store.allSpaces() {
                problems += try store.logProblems(in: space)
                for (replica, head) in try store.heads(in: space) {
                    problems += try store.chainProblems(of: replica, head: head, in: space)
                }
                problems += try store.headProblems(in: space)
                if try store.digestByDefinition(of: space) != space.digest {
                    problems.append(Problem(.digest, of: "state", in: space.name))
                }
                problems += try store.stateProblems(in: space)
            }
            problems += try store.formProblems()
        }
        return problems
    }
}

extension ReplicaStore {
    /// What a server looks at before it serves: the file's own structure, and that each log ends where the state says. Some
    /// tenths of a second for a hundred thousand records; ``verify()`` looks at everything.
    /// - Throws: `store.damaged`.
    package func selfCheck() throws {
        try read { store in
            guard try String.fetchAll(store.db, sql: "PRAGMA quick_check(1)") == ["ok"] else {
                throw StoreError(.damaged, ["code": "quick_check"])
            }
            for space in try store.allSpaces() {
                let end = try store.logHash(at: space.position.index, in: space)
                guard space.fill == .filling || end == space.position.hash else {
                    throw StoreError(.damaged, ["code": "log"])
                }
            }
        }
    }
}

extension StoreTransaction {
    fileprivate func logProblems(in space: SpaceState) throws -> [Problem] {
        let start = try position(at: space.floor, in: space).orDamaged("floor")
        var hash = start.hash
        var index = start.index
        for row in try Row.fetchAll(
            db, sql: "SELECT position, entry, hash FROM log WHERE space = ? ORDER BY position", arguments: [space.id])
        {
            index += 1
            hash = LogEntry.link(after: hash, index: index, entry: try row.bytes("entry"))
            guard try row.at("position") as Int64 == Int64(index), try row.hash("hash") == hash else {
                return [Problem(.log, of: "log", in: space.name, detail: "\(index)")]
            }
        }
        return index == space.position.index && hash == space.position.hash
            ? [] : [Problem(.logEnd, of: "log", in: space.name)]
    }

    fileprivate func chainProblems(of replica: ReplicaID, head: Head, in space: SpaceState) throws -> [Problem] {
        func problem(_ kind: Problem.Kind, _ detail: String = "") -> [Problem] {
            [Problem(kind, of: replica.word, in: space.name, detail: detail)]
        }
        let row = try requireReplica(replica)
        guard let key = try publicKey(of: replica) else { return problem(.key) }
        var end = try floorHead(of: replica, in: space)?.head ?? start(of: replica, in: space)
        let firsts = try Int64.fetchAll(
            db,
            sql: "SELECT first FROM segment WHERE space = ? AND replica = ? AND signature IS NOT NULL ORDER BY first",
            arguments: [space.id, row])
        for first in firsts {
            guard let segment = try segment(of: replica, first: first.natural(), in: space),
                segment.first == end.sequence + 1, segment.previous == end.hash,
                let links = try? verified(segment, publicKey: key, as: replica, in: space),
                links == (try changes(of: row, in: space.id, segment.first...segment.last)).map(\.link)
            else { return problem(.segment, "\(first)") }
            end = Head(sequence: segment.last, hash: links[links.count - 1])
        }
        if replica == identity.replica, let run = try openRun(in: space), end.sequence + 1 == run.first {
            end = try openEnd(after: end, run, row, in: space)
        }
        return end == head ? [] : problem(.head)
    }

    private func openEnd(
        after end: Head, _ run: (first: UInt64, last: UInt64), _ row: Int64, in space: SpaceState
    ) throws -> Head {
        let bytes = try Data.fetchOne(
            db, sql: "SELECT dependency FROM segment WHERE space = ? AND replica = ? AND first = ?",
            arguments: [space.id, row, Int64(run.first)])
        var reader = ByteReader(Array(try bytes.orDamaged("dependency")))
        let dependency = try Dependency(from: &reader)
        var hash = end.hash
        for change in try changes(of: row, in: space.id, run.first...run.last) {
            hash = Chain.link(
                after: hash, dependency: change.dot.sequence == run.first ? dependency : nil,
                header: try header(of: change),
                commitment: Payload.commitment(of: change.payload))
        }
        return Head(sequence: run.last, hash: hash)
    }

    /// Replicas whose changes are held and whose head is not.
    fileprivate func headProblems(in space: SpaceState) throws -> [Problem] {
        let known = try heads(in: space)
        let ends = try Row.fetchAll(
            db, sql: "SELECT replica, max(sequence) FROM change WHERE space = ? GROUP BY replica", arguments: [space.id]
        )
        return try ends.compactMap { row in
            let replica = try replica(row.at(0))
            let end = try row.natural(1)
            // What a snapshot holds of a replica need not reach to its head.
            if try isBelowFloor(Dot(replica, end), in: space) { return nil }
            guard !known.contains(where: { $0.replica == replica && $0.head.sequence == end }) else { return nil }
            return Problem(.head, of: replica.word, in: space.name)
        }
    }

    /// What is shown of each record against what its changes say: standing values, form, open case.
    fileprivate func stateProblems(in space: SpaceState) throws -> [Problem] {
        var problems: [Problem] = []
        for record in try Int64.fetchAll(db, sql: "SELECT id FROM record WHERE space = ?", arguments: [space.id]) {
            let changes = try changes(ofRecord: record)
            let view = try? view(ofRow: record)
            let shown = view?.versions.values.joined().map { ShownVersion($0.register, $0.dot, $0.value) } ?? []
            func note(_ kind: Problem.Kind) {
                problems.append(Problem(kind, of: view?.word ?? "record \(record)", in: space.name))
            }
            if Set(shown) != Set(Self.standing(changes)) { note(.values) }
            if let view, !changes.contains(where: { $0.form.form == view.form }) { note(.form) }
            let fields = try String.fetchOne(
                db, sql: "SELECT fields FROM conflict WHERE record = ?", arguments: [record])
            if (view?.conflicts ?? []).joined(separator: " ") != fields ?? "" { note(.openCase) }
        }
        return problems
    }

    private struct ShownVersion: Hashable {
        let register: RegisterKey
        let dot: Dot
        let value: Value

        init(_ register: RegisterKey, _ dot: Dot, _ value: Value) {
            self.register = register
            self.dot = dot
            self.value = value
        }
    }

    /// What stands by definition among a record's changes.
    private static func standing(_ changes: [StoredChange]) -> [ShownVersion] {
        let counted = changes.filter { $0.decision != .refused }
            .map { (change: $0, base: $0.base, operations: (try? Payload(canonical: $0.payload))?.operations ?? []) }
        return counted.flatMap { change, _, operations in
            change.remaining(operations).filter { operation in
                !counted.contains { other in
                    other.change.dot != change.dot && other.base.covers(change.dot, received: change.received)
                        && other.operations.contains { $0.register == operation.register }
                }
            }.map { ShownVersion($0.register, change.dot, $0.value) }
        }
    }

    fileprivate func formProblems() throws -> [Problem] {
        try Row.fetchAll(db, sql: "SELECT form, version, definition, digest FROM form").compactMap { row in
            let (form, digest) = (try? FormDefinition(json: row.bytes("definition")), try row.bytes("digest"))
            guard form?.digest.bytes != digest else { return nil }
            return Problem(.definition, of: try row.at("form"), in: SpaceName.catalogue)
        }
    }

    /// The state's digest from the log alone: every version that no accepted or undecided change covers, and every
    /// refusal.
    package func digestByDefinition(of space: SpaceState) throws -> StateDigest {
        var digest = try floorManifest(of: space)?.settledRefusals ?? .empty
        let records = try Int64.fetchAll(db, sql: "SELECT id FROM record WHERE space = ?", arguments: [space.id])
        for record in records {
            let name = try recordName(record)
            let changes = try changes(ofRecord: record)
            let counted = changes.filter { $0.decision != .refused }
                .map {
                    (change: $0, base: $0.base, operations: (try? Payload(canonical: $0.payload))?.operations ?? [])
                }
            for (change, _, operations) in counted {
                for operation in change.remaining(operations) {
                    let isCovered = counted.contains { other in
                        other.change.dot != change.dot && other.base.covers(change.dot, received: change.received)
                            && other.operations.contains { $0.register == operation.register }
                    }
                    guard !isCovered else { continue }
                    digest.insert(
                        StateDigest.element(
                            record: name, register: operation.register, dot: change.dot,
                            commitment: Payload.commitment(of: change.payload)))
                }
            }
            for change in changes where change.decision == .refused {
                digest.insert(
                    StateDigest.element(refused: change.dot, commitment: Payload.commitment(of: change.payload)))
            }
        }
        return digest
    }
}

extension StoredChange {
    /// The operations of which something was left at the space's floor.
    fileprivate func remaining(_ operations: [Records.Operation]) -> [Records.Operation] {
        guard let left, left.count == operations.count else { return operations }
        return zip(operations, left).filter(\.1).map(\.0)
    }
}
