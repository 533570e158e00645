import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol

/// Exchanges of devices that were copied, and with a hub that was put back from a copy.
enum HealingTranscripts {
    static let epochIDs = [
        "H-1", "H-2", "H-3", "H-4", "H-6", "H-7", "H-9", "H-10", "H-11", "H-12", "H-13", "H-14", "H-15", "X-31",
    ]
    private static let forkIDs = [
        "F-1", "F-2", "F-3", "F-4", "F-5", "F-6", "F-9", "F-10", "F-11", "F-12", "F-14", "F-15", "F-16", "I-7", "I-8",
        "I-9", "I-10", "X-30",
    ]

    static func add(to book: inout VectorBook, _ ids: [String]) throws {
        book.add("transcript/accept/forks.json", ids + forkIDs, try forks(&book))
        book.add("transcript/accept/a-clone.json", ids + forkIDs + ["F-13"], try clone(&book))
        book.add("transcript/accept/put-back.json", ids + forkIDs + ["F-7"], try putBack(&book))
        book.add(
            "transcript/accept/an-older-hub.json", ids + epochIDs + ["H-8", "H-16", "I-8", "I-10", "I-11"],
            try olderHub(&book))
        book.add("transcript/accept/two-copies-of-a-hub.json", ids + epochIDs, try twoCopies(&book))
        book.add(
            "transcript/accept/names-the-other-way-round.json",
            ids + epochIDs + ["F-3", "F-10", "F-13", "F-14", "F-16"],
            try otherNames(&book))
        book.add(
            "transcript/accept/a-lost-snapshot.json",
            ids + ["H-5", "H-6", "H-8", "H-11", "H-15", "H-17", "H-18", "H-19", "N-17"], try lostSnapshot(&book))
    }

    private static func ward(
        _ count: UInt8, snapshots: SnapshotPolicy = SnapshotPolicy()
    ) throws -> (Stage, TranscriptRecorder, [Stage.Actor]) {
        let stage = try Stage(snapshots: snapshots)
        let recorder = TranscriptRecorder(stage)
        let actors = try (0..<count).map { number in
            try stage.device(String(UnicodeScalar(UInt8(ascii: "a") + number)), key: 2 + number)
        }
        for actor in actors {
            try recorder.enrol(actor)
            try recorder.settle(actor)
        }
        return (stage, recorder, actors)
    }

    private static func end(_ store: ReplicaStore) throws -> String {
        try store.read { store in
            let space = try store.space(Stage.space)
            return "\(space.position.index) \(space.digest.hex)"
        }
    }

    /// Everybody asks until nothing is left; then all hold one state.
    private static func settle(
        _ name: String, _ actors: [Stage.Actor], _ recorder: TranscriptRecorder, _ book: inout VectorBook
    ) throws {
        for _ in 0..<4 {
            for actor in actors { try recorder.settle(actor) }
            let ends = Set(try (actors.map(\.device.store) + [recorder.stage.hub.store]).map(end))
            if ends.count == 1 { break }
        }
        for actor in actors where try end(actor.device.store) != end(recorder.stage.hub.store) {
            book.note("\(name): \(actor.name) differs from the hub")
        }
        for store in actors.map(\.device.store) + [recorder.stage.hub.store] {
            for problem in try store.verify() { book.note("\(name): \(problem)") }
        }
    }

    private static func name(_ text: String) -> [(String, Draft.Edit)] { [("name", .set(.text(text)))] }
    private static func value(_ number: Int64) -> [(String, Draft.Edit)] { [("value", .set(.integer(number)))] }

    /// A device copied with an open run, put back, and put back again from a copy of that: a branch whose segment has a
    /// beginning in common with another, and a branch of the branch. Both histories create a record with one dot, and others
    /// write both.
    private static func forks(_ book: inout VectorBook) throws -> JSON {
        let (_, recorder, actors) = try ward(2)
        let (a, b) = (actors[0], actors[1])
        let word = try a.save([("key", .set(.text("k"))), ("value", .set(.integer(1)))])
        let visit = try a.save(name("trước"), form: "visit")
        try recorder.settle(a)
        try recorder.settle(b)
        _ = try a.save(value(2), to: word)
        _ = try a.save(name("đang mở"), to: visit)
        try recorder.copy(a, as: "first")
        let opened = try a.token(word)
        let original = try a.save(name("gốc"), form: "visit")
        _ = try a.save(value(3), to: word)
        try recorder.settle(a)
        try recorder.settle(b)
        _ = try b.save(value(4), to: word)
        _ = try b.save(name("của b"), to: original)
        try recorder.settle(b)
        try recorder.restore(a, from: "first")
        let restored = try a.save(name("từ bản sao"), form: "visit")
        _ = try a.save(name("sửa bản sao"), to: restored)
        _ = try a.save(value(5), to: word, base: opened)
        try recorder.copy(a, as: "second")
        _ = try a.save([("note", .set(.text("x")))], to: word)
        try recorder.settle(a)
        _ = try a.save(name("khóa mới"), to: restored)
        _ = try a.save(value(6), to: word, base: opened)
        try recorder.settle(a)
        try recorder.settle(b)
        _ = try b.save(name("của b nữa"), to: restored)
        _ = try b.save(name("cả hai"), to: original)
        try recorder.settle(b)
        try recorder.restore(a, from: "second")
        _ = try a.save([("note", .set(.text("y")))], to: word)
        _ = try a.save([("@deleted", .set(.flag(true)))], to: restored)
        try recorder.settle(a)
        try settle("forks", [a, b], recorder, &book)
        return try recorder.document(actors)
    }

    /// A copy of a device runs on another machine whose clock is ahead. The original is refused by its counter, goes on under
    /// a new key, writes over what it had not sent under the old one, and sends both.
    private static func clone(_ book: inout VectorBook) throws -> JSON {
        let (stage, recorder, actors) = try ward(2)
        let (a, b) = (actors[0], actors[1])
        let visit = try a.save(name("trước"), form: "visit")
        try recorder.settle(a)
        try recorder.copy(a, as: "image")
        let ahead = Stage.Clock()
        ahead.pass(86_400_000)
        let c = try stage.device("c", from: "image", seed: 77, clock: ahead)
        recorder.noteRestored(c, from: "image")
        try stage.restartHub()
        _ = try c.save(name("máy c"), to: visit)
        try recorder.settle(c)
        _ = try a.save(name("máy a"), to: visit)
        let unsent = try a.save(name("chưa gửi"), form: "visit")
        // The session is unknown; then the counter is refused.
        try recorder.exchange(a)
        try recorder.exchange(a)
        _ = try a.save(name("đã thấy"), to: unsent)
        _ = try a.save(name("đã thấy"), to: visit)
        try recorder.settle(a)
        _ = try b.save(name("máy b"), form: "visit")
        try settle("a-clone", [c, a, b], recorder, &book)
        _ = try c.save(name("khóa mới"), to: visit)
        try settle("a-clone", [c, a, b], recorder, &book)
        return try recorder.document(actors)
    }

    /// A device put back from a copy, which has written nothing since: its own lost changes come back to it.
    private static func putBack(_ book: inout VectorBook) throws -> JSON {
        let (stage, recorder, actors) = try ward(2)
        let (a, b) = (actors[0], actors[1])
        let visit = try a.save(name("trước"), form: "visit")
        try recorder.settle(a)
        try recorder.copy(a, as: "image")
        for number in 0..<3 { _ = try a.save(name("lần \(number)"), to: visit) }
        try recorder.settle(a)
        _ = try a.save(name("sau cùng"), to: visit)
        try recorder.settle(a)
        try recorder.restore(a, from: "image")
        try recorder.settle(a)
        _ = try a.save(name("khóa mới"), to: visit)
        try stage.hub.revoke(a.device.replica.word, reason: "thử")
        try recorder.exchange(a)
        try recorder.settle(b)
        if try end(b.device.store) != end(stage.hub.store) { book.note("put-back: b differs from the hub") }
        // A branch of the key that was revoked last is refused like all else of it.
        try stage.hub.revoke(a.identity.replica.word, reason: "thử")
        try recorder.restore(a, from: "image")
        _ = try a.save(name("nhánh"), to: visit)
        for _ in 0..<2 { try recorder.exchange(a) }
        try recorder.settle(b)
        return try recorder.document(actors)
    }

    /// A hub put back to a copy, and later to an older one: two lost lines have a beginning in common that is lost too, and
    /// no signature is kept where they part.
    private static func twoCopies(_ book: inout VectorBook) throws -> JSON {
        let (stage, recorder, actors) = try ward(2)
        let (a, b) = (actors[0], actors[1])
        try stage.keepCopy(as: "older")
        let visit = try a.save(name("cả hai dòng"), form: "visit")
        try recorder.settle(a)
        try stage.keepCopy(as: "newer")
        _ = try a.save(name("dòng đầu"), to: visit)
        try recorder.settle(a)
        _ = try a.save(name("trên dòng đầu"), to: visit)
        try recorder.loseRequest(a)
        try stage.putCopyBack("newer")
        _ = try b.save(name("dòng sau"), form: "visit")
        try recorder.settle(b)
        try recorder.settle(a)
        _ = try a.save(name("trên dòng sau"), to: visit)
        try recorder.loseRequest(a)
        try stage.putCopyBack("older")
        // Only one device knows both lines.
        try settle("two-copies-of-a-hub", [a], recorder, &book)
        try settle("two-copies-of-a-hub", [a, b], recorder, &book)
        return try recorder.document(actors)
    }

    /// A hub put back to before it met two histories of one replica, and given them in the other order: what a lost line and a
    /// device had called a branch goes by the replica's name.
    private static func otherNames(_ book: inout VectorBook) throws -> JSON {
        let (stage, recorder, actors) = try ward(2)
        let (a, b) = (actors[0], actors[1])
        let word = try a.save([("key", .set(.text("k"))), ("value", .set(.integer(0)))])
        for actor in [a, b] { try recorder.settle(actor) }
        try stage.keepCopy()
        try recorder.copy(a, as: "image")
        let c = try stage.device("c", from: "image", seed: 77)
        recorder.noteRestored(c, from: "image")
        _ = try c.save([("note", .set(.text("c")))], to: word)
        try recorder.settle(c)
        _ = try a.save(value(1), to: word)
        try recorder.settle(a)
        // Depends on the lost line's receipt of the branch.
        _ = try a.save(value(2), to: word)
        try recorder.loseRequest(a)
        try stage.putCopyBack()
        func position() throws -> UInt64 { try a.device.store.read { try $0.space(Stage.space).position.index } }
        let before = try position()
        for _ in 0..<4 where try position() == before { try recorder.exchange(a) }
        // Its exceptions name the branch as the device holds it still.
        _ = try a.save(value(3), to: word)
        _ = try a.save([("note", .set(.text("cả hai")))], to: word)
        try settle("names-the-other-way-round", [a, b, c], recorder, &book)
        let shown = try stage.hub.store.read { store in try store.view(ofRow: store.locate(word).row) }
        if try position() == before || shown.fields["value"] != .integer(3) || !shown.conflicts.isEmpty {
            book.note("names-the-other-way-round: what a had seen is not told: \(shown.fields) \(shown.conflicts)")
        }
        return try recorder.document([a, b, c])
    }

    /// A hub put back to before the snapshot that a device began with. What that device made is taken while nobody has shown
    /// how its line came there, and is read anew when somebody has.
    private static func lostSnapshot(_ book: inout VectorBook) throws -> JSON {
        let (stage, recorder, actors) = try ward(1, snapshots: SnapshotTranscripts.policy)
        let a = actors[0]
        let c = try stage.device("c", key: 9)
        try recorder.enrol(c)
        let b = try stage.device("b", key: 8)
        try recorder.enrol(b)
        try stage.keepCopy()
        let words = try (0..<4).map { try a.save([("key", .set(.text("k\($0)"))), ("value", .set(.integer(0)))]) }
        for edit in 1...8 {
            for word in words { _ = try a.save(value(Int64(edit)), to: word) }
            try recorder.settle(a)
        }
        try recorder.settle(b)
        guard try b.device.store.read({ try $0.space(Stage.space).floor }) > 0 else {
            book.note("a-lost-snapshot: no snapshot came")
            return .null
        }
        _ = try a.save([("note", .set(.text("a")))], to: words[1])
        for actor in [a, b] { try recorder.settle(actor) }
        let opened = try b.token(words[1])
        _ = try b.save([("note", .set(.text("b")))], to: words[0])
        _ = try b.save([("note", .set(.text("thấy a")))], to: words[1], base: opened)
        _ = try b.save([("@deleted", .set(.flag(true)))], to: words[2])
        try recorder.loseRequest(b)
        try stage.putCopyBack()
        try recorder.settle(b)
        try recorder.settle(c)
        try settle("a-lost-snapshot", [b, c], recorder, &book)
        _ = try c.save(value(9), to: words[0])
        try recorder.settle(c)
        try settle("a-lost-snapshot", [a, b, c], recorder, &book)
        let shown = try stage.hub.store.read { store in
            try words.map { try store.view(ofRow: store.locate($0).row) }
        }
        if shown[1].fields["note"] != .text("thấy a") || shown[1].conflicts.contains("note") || !shown[2].deleted {
            book.note("a-lost-snapshot: what b had seen is not told: \(shown[1].conflicts) \(shown[2].conflicts)")
        }
        return try recorder.document([a, b, c])
    }

    /// A hub put back twice to one copy. Since then devices had written, two were enrolled after the copy, work was refused,
    /// the hub had written, and a device was revoked.
    private static func olderHub(_ book: inout VectorBook) throws -> JSON {
        let (stage, recorder, actors) = try ward(4)
        let (a, b, c, d) = (actors[0], actors[1], actors[2], actors[3])
        let word = try a.save([("key", .set(.text("k"))), ("value", .set(.integer(1)))])
        try recorder.settle(a)
        for actor in [b, c, d] { try recorder.settle(actor) }
        try stage.keepCopy()
        let e = try stage.device("e", key: 9)
        try recorder.enrol(e)
        try recorder.settle(e)
        let f = try stage.device("f", key: 10)
        try recorder.enrol(f)
        try recorder.settle(f)
        let late = try e.save(name("ghi danh sau"), form: "visit")
        try recorder.settle(e)
        try recorder.settle(a)
        let opened = try a.token(word)
        try stage.hub.addPerson(id: "minh", name: "Minh", role: "viewer", unit: Stage.unit, password: nil)
        _ = try b.save(value(2), to: word, by: "minh")
        try recorder.settle(b)
        _ = try b.save(value(3), to: word)
        try recorder.settle(b)
        try stage.hub.revoke(d.identity.replica.word, reason: "mất máy")
        try recorder.settle(a)
        // Made on the line that will be lost: on its end, and on an older view.
        _ = try a.save(value(4), to: word)
        _ = try a.save([("note", .set(.text("cũ")))], to: word, base: opened)
        _ = try a.save(name("đã thấy"), to: late)
        try recorder.loseRequest(a)
        try stage.putCopyBack()
        _ = try c.save(value(7), to: word)
        try recorder.settle(c)
        // Nobody has told the hub of this one.
        try recorder.settle(f)
        try recorder.settle(a)
        _ = try d.save(name("thu hồi"), form: "visit")
        for _ in 0..<2 { try recorder.exchange(d) }
        try recorder.settle(e)
        _ = try e.save(value(8), to: word)
        try settle("an-older-hub", [e, f, c, b, a], recorder, &book)
        // The copy is put back once more: what had been given back is lost again.
        try stage.putCopyBack()
        _ = try c.save(value(9), to: word)
        _ = try b.save(name("giữa hai lần"), to: late)
        try settle("an-older-hub", [c, b, a, e, f], recorder, &book)
        if try stage.hub.epoch() < 3 { book.note("an-older-hub: no third epoch") }
        return try recorder.document(actors + [e, f])
    }
}
