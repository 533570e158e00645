import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol

/// Exchanges in which devices that are new take the state of a space, and not its log.
enum SnapshotTranscripts {
    static func add(to book: inout VectorBook, _ ids: [String]) throws {
        let rules = ["N-7", "N-8", "N-9", "N-12", "N-13", "N-14", "N-15", "N-16"]
        book.add(
            "transcript/accept/a-snapshot.json", ids + rules + ["N-11", "N-18", "X-21"], try snapshot(&book))
        book.add(
            "transcript/accept/snapshots-let-go.json", ids + rules + ["N-10", "N-17", "X-21"], try letGo(&book))
        book.add("transcript/accept/snapshots-wrong.json", ids + ["N-12", "N-15", "N-17"], try wrong(&book))
    }

    /// A hub that gives snapshots of small histories, in small chunks.
    static var policy: SnapshotPolicy {
        var policy = SnapshotPolicy()
        policy.leastChanges = 20
        policy.leastRatio = 1.5
        policy.chunkAim = 200
        return policy
    }

    /// So many bytes of answer that a new device gets the manifest and some chunks, and not all.
    private static var some: DeviceExchange.Options {
        var options = DeviceExchange.Options()
        options.answerLimit = 3900
        return options
    }

    /// A form as a later version of the program has it.
    private static let later = FormDefinition(
        form: "reading", version: 2, title: Stage.form.title, group: Stage.form.group, writers: .unit,
        fields: Stage.form.fields)

    private static func fill(_ actor: Stage.Actor) throws -> (loaded: Int, chunks: Int)? {
        try actor.device.store.read { try $0.filling(of: $0.space(Stage.space)) }
    }

    /// Several records that were each written several times; one that is deleted; refused work, of which one was settled; and
    /// work under a form that the hub does not know yet.
    private static func history(_ stage: Stage, _ a: Stage.Actor, _ recorder: TranscriptRecorder) throws -> [String] {
        var words = try (0..<7).map { number in
            try a.save([("key", .set(.text("k\(number)"))), ("value", .set(.integer(0))), ("tags", .add("p"))])
        }
        words.append(try a.save([("name", .set(.text("Lê Văn An")))], form: "visit"))
        try recorder.exchange(a)
        for edit in 1...3 {
            for word in words.prefix(7) {
                _ = try a.save([("value", .set(.integer(Int64(edit))))], to: word, by: "lan")
            }
            _ = try a.save([("name", .set(.text("lần \(edit)")))], to: words[7])
            try recorder.exchange(a)
        }
        try stage.hub.addPerson(id: "minh", name: "Minh", role: "viewer", unit: Stage.unit, password: nil)
        for (number, note) in ["thừa", "sai"].enumerated() {
            _ = try a.save([("note", .set(.text(note)))], to: words[number], by: "minh")
        }
        _ = try a.save([("@deleted", .set(.flag(true)))], to: words[6])
        try recorder.exchange(a)
        if let refused = try stage.hub.store.read({ try $0.openChanges(ownOnly: false) }).first {
            try stage.hub.dismissRefused(refused.dotWord, reason: "nhập nhầm", person: "admin")
        }
        try a.device.store.write { try $0.storeForm(later) }
        _ = try a.save([("value", .set(.integer(77)))], to: words[2])
        try recorder.exchange(a)
        return words
    }

    /// A new device takes a snapshot in two answers and records something in between; a segment from below its floor comes
    /// after, and a verdict on what waited in the snapshot.
    private static func snapshot(_ book: inout VectorBook) throws -> JSON {
        let stage = try Stage(snapshots: policy)
        let (a, b, late) = (
            try stage.device("a", key: 2), try stage.device("b", key: 3), try stage.device("late", key: 4)
        )
        let recorder = TranscriptRecorder(stage)
        for actor in [a, b, late] { try recorder.enrol(actor) }
        try recorder.exchange(a)
        try recorder.exchange(late)
        let early = try late.save([("key", .set(.text("k0"))), ("value", .set(.integer(500)))])
        try recorder.exchange(late)
        _ = try late.save([("note", .set(.text("từ trước")))], to: early)
        let words = try history(stage, a, recorder)

        try recorder.exchange(b, some)
        guard let filling = try fill(b), filling.loaded > 1, filling.loaded < filling.chunks else {
            let space = try b.device.store.read { try $0.space(Stage.space) }
            book.note("snapshot: \(space.position.index), \(space.floor), \(space.fill)")
            return try recorder.document([])
        }
        // Somebody edits what is there, and types anew what has not come yet.
        guard let seen = try b.device.store.read({ try $0.records(form: nil) }).first(where: { !$0.deleted }) else {
            return .null
        }
        _ = try b.save([(seen.form == "visit" ? "name" : "note", .set(.text("trong lúc nạp")))], to: seen.word)
        _ = try b.save([("key", .set(.text("k0"))), ("value", .set(.integer(99)))])
        try recorder.exchange(b)
        if try fill(b) != nil { book.note("snapshot: is still filling") }

        _ = try b.save([("value", .set(.integer(8)))], to: words[3])
        try recorder.exchange(late)
        try recorder.exchange(b)
        _ = try stage.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(later.form))), ("version", .set(.integer(2))),
                    ("definition", .set(.text(String(decoding: later.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        for actor in [a, b, late, a, b] { try recorder.exchange(actor) }
        try expectAgreement(stage, [a, b, late], &book)
        return try recorder.document([a, b, late])
    }

    /// Snapshots that are gone or wrong: the devices let go of them, keep their own work, and take the log.
    private static func letGo(_ book: inout VectorBook) throws -> JSON {
        let stage = try Stage(snapshots: policy)
        let names = ["a", "gone", "chunk", "sum"]
        let actors = try names.enumerated().map { try stage.device($0.element, key: UInt8(2 + $0.offset)) }
        let recorder = TranscriptRecorder(stage)
        for actor in actors { try recorder.enrol(actor) }
        try recorder.exchange(actors[0])
        let words = try history(stage, actors[0], recorder)

        typealias Harm = (
            before: (StoreTransaction) throws -> Void, after: (StoreTransaction) throws -> Void,
            ends: ProtocolError.Code?
        )
        let harms: [Harm] = [
            ({ _ in }, forget, nil), ({ _ in }, spoilLastChunk, .snapshotWrong), (spoilSum, { _ in }, .snapshotWrong),
        ]
        for (actor, harm) in zip(actors.dropFirst(), harms) {
            try stage.hub.store.write { try forget($0) }
            // The first answer is lost, but for it the hub has made a snapshot.
            try recorder.loseAnswer(actor)
            try stage.hub.store.write { try harm.before($0) }
            try recorder.exchange(actor, some)
            guard try fill(actor) != nil else {
                book.note("snapshot: \(actor.name) is not filling")
                return try recorder.document([])
            }
            _ = try actor.save([("key", .set(.text("k0"))), ("note", .set(.text("của \(actor.name)")))])
            if let seen = try actor.device.store.read({ try $0.records(form: nil) }).first(where: {
                $0.word != words[0] && !$0.deleted
            }) {
                _ = try actor.save([(seen.form == "visit" ? "name" : "note", .set(.text("đã thấy")))], to: seen.word)
            }
            try stage.hub.store.write { try harm.after($0) }
            try recorder.exchange(actor, ends: harm.ends)
            let isDeclined = try actor.device.store.read { try $0.floor(of: $0.space(Stage.space)) == .declined }
            if !isDeclined { book.note("snapshot: \(actor.name) has not let go") }
            try recorder.exchange(actor)
            try recorder.exchange(actor)
        }
        for actor in actors { try recorder.exchange(actor) }
        try expectAgreement(stage, actors, &book)
        return try recorder.document(actors)
    }

    /// Snapshots that the hub signed and that cannot be: each device lets go of its own, and takes the log.
    private static func wrong(_ book: inout VectorBook) throws -> JSON {
        let stage = try Stage(snapshots: policy)
        let wrongs: [(name: String, heads: ([SnapshotHead], ReplicaIdentity) -> [SnapshotHead], twice: Int?)] = [
            ("head of the device", { $0 + [head($1, received: 2)] }, nil),
            ("changes above the head", { heads, _ in heads.map { lowered($0) } }, nil),
            ("two heads", { heads, _ in heads + heads }, nil),
            ("one receipt", { heads, _ in heads + heads.map { head(Fixed.identity(99), received: $0.received) } }, nil),
            ("loaded twice", { heads, _ in heads }, 1),
        ]
        let a = try stage.device("a", key: 2)
        let actors = try wrongs.enumerated().map { try stage.device($0.element.name, key: UInt8(10 + $0.offset)) }
        let recorder = TranscriptRecorder(stage)
        for actor in [a] + actors { try recorder.enrol(actor) }
        try recorder.exchange(a)
        _ = try history(stage, a, recorder)
        for (actor, wrong) in zip(actors, wrongs) {
            try stage.hub.store.write { try forget($0) }
            try recorder.loseAnswer(actor)
            try stage.hub.store.write { store in
                let heads = wrong.heads(try store.snapshotHeads(in: try store.space(Stage.space)), actor.identity)
                try remake(store) { genuine, chunks in
                    let context = SnapshotContext(
                        hub: Fixed.hub.replica, position: genuine.position.index, time: genuine.time)
                    let first = try SnapshotChunk(heads: heads).packed(
                        context, keyFields: { _ in [] }, receipt: { _ in nil })
                    let twice = wrong.twice.map { [chunks[$0]] } ?? []
                    return (genuine.digest, [first] + twice + chunks.dropFirst())
                }
            }
            try recorder.exchange(actor, ends: .snapshotWrong)
            try recorder.exchange(actor)
        }
        try expectAgreement(stage, [a] + actors, &book)
        return try recorder.document([a] + actors)
    }

    private static func head(_ identity: ReplicaIdentity, received: UInt64) -> SnapshotHead {
        SnapshotHead(
            publicKey: identity.publicKey, head: Head(sequence: 1, hash: Fixed.hash), received: received)
    }

    private static func lowered(_ head: SnapshotHead) -> SnapshotHead {
        SnapshotHead(
            publicKey: head.publicKey, head: Head(sequence: 1, hash: head.head.hash), received: head.received)
    }

    private static func expectAgreement(_ stage: Stage, _ actors: [Stage.Actor], _ book: inout VectorBook) throws {
        func end(_ store: ReplicaStore) throws -> String {
            try store.read { store in
                let space = try store.space(Stage.space)
                return "\(space.position.index) \(space.digest.hex)"
            }
        }
        for actor in actors where try end(actor.device.store) != end(stage.hub.store) {
            book.note("snapshot: \(actor.name) ends elsewhere than the hub")
        }
    }

    // MARK: What befalls a snapshot at the hub

    private static func forget(_ store: StoreTransaction) throws {
        for table in ["snapshot_chunk", "snapshot"] { try store.db.execute(sql: "DELETE FROM \(table)") }
    }

    private static func spoilLastChunk(_ store: StoreTransaction) throws {
        try store.db.execute(
            sql: """
                UPDATE snapshot_chunk SET bytes = (SELECT bytes FROM snapshot_chunk WHERE number = 0)
                WHERE number = (SELECT max(number) FROM snapshot_chunk)
                """)
    }

    /// The hub signs a digest that is not that of the state.
    private static func spoilSum(_ store: StoreTransaction) throws {
        try remake(store) { genuine, chunks in (genuine.settledRefusals, chunks) }
    }

    private static func remake(
        _ store: StoreTransaction,
        _ change: (SnapshotManifest, [[UInt8]]) throws -> (digest: StateDigest, chunks: [[UInt8]])
    ) throws {
        guard let row = try Row.fetchOne(store.db, sql: "SELECT space, manifest FROM snapshot") else { return }
        let genuine = try SnapshotManifest(bytes: Array(row["manifest"] as Data))
        let before = try Data.fetchAll(store.db, sql: "SELECT bytes FROM snapshot_chunk ORDER BY number")
        let (digest, chunks) = try change(genuine, before.map { Array($0) })
        let wrong = SnapshotManifest(
            space: genuine.space, position: genuine.position, digest: digest,
            settledRefusals: genuine.settledRefusals, time: genuine.time, changes: genuine.changes,
            chunks: chunks.map(SnapshotManifest.hash))
        try store.db.execute(
            sql: "UPDATE snapshot SET name = ?, manifest = ?, signature = ?",
            arguments: [
                Data(wrong.name), Data(wrong.bytes),
                Data(Fixed.hub.sign(tag: SnapshotManifest.tag, wrong.bytes)),
            ])
        try store.db.execute(sql: "DELETE FROM snapshot_chunk")
        for (number, bytes) in chunks.enumerated() {
            try store.db.execute(
                sql: "INSERT INTO snapshot_chunk (space, name, number, bytes) VALUES (?, ?, ?, ?)",
                arguments: [row["space"] as Int64, Data(wrong.name), number, Data(bytes)])
        }
    }
}
