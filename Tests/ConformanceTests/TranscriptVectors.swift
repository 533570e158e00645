import Agent
import Hub
import RecordStore
import Records
import SyncProtocol

/// Whole exchanges: every byte that went to and fro, and what the device held after.
enum TranscriptVectors {
    private static let ids = [
        "X-3", "X-4", "X-5", "X-7", "X-8", "X-10", "X-11", "X-12", "X-14", "X-20", "X-22", "X-23", "X-24", "X-25",
        "X-26", "M-2", "M-3", "M-15", "X-17", "X-18", "R-3",
    ]

    static func add(to book: inout VectorBook) {
        do {
            book.add("transcript/accept/a-ward.json", ids + ["R-5"], try ward())
            book.add("transcript/accept/lost-sessions.json", ids + ["X-1", "X-21"], try lostSessions())
            book.add("transcript/accept/many-spaces.json", ids + ["X-1", "X-19"], try manySpaces())
            try SnapshotTranscripts.add(to: &book, ids)
            try FaultTranscripts.add(to: &book, ids)
            try HealingTranscripts.add(to: &book, ids)
        } catch {
            book.note("transcript: \(error)")
        }
    }

    /// Two devices of a ward: concurrent edits, an edit of an older view, members of a set, a deletion, refused work and its
    /// acceptance, and exchanges with nothing to say.
    private static func ward() throws -> JSON {
        let stage = try Stage()
        let (a, b) = (try stage.device("a", key: 2), try stage.device("b", key: 3))
        let recorder = TranscriptRecorder(stage)
        try a.device.store.write { try $0.storeForm(Stage.visit) }
        let early = try a.save([("name", .set(.text("before any hub")))], form: "visit")
        try recorder.enrol(a)
        try recorder.enrol(b)
        try recorder.exchange(a)
        try recorder.exchange(b)
        let word = try a.save(
            [("key", .set(.text("k"))), ("value", .set(.integer(1))), ("tags", .add("p"))], by: "lan")
        try recorder.exchange(a)
        try recorder.exchange(b)
        let opened = try a.token(word)
        _ = try b.save([("value", .set(.integer(2))), ("tags", .add("q"))], to: word)
        try recorder.exchange(b)
        try recorder.exchange(a)
        _ = try a.save([("value", .set(.integer(3))), ("tags", .drop("p"))], to: word, base: opened)
        _ = try a.save([("note", .set(.text("đã rà soát")))], to: word)
        try recorder.exchange(a)
        try recorder.exchange(b)
        try stage.hub.addPerson(id: "minh", name: "Minh", role: "viewer", unit: Stage.unit, password: nil)
        _ = try b.save([("value", .set(.integer(9)))], to: word, by: "minh")
        _ = try b.save([("@deleted", .set(.flag(true)))], to: early)
        try recorder.exchange(b)
        try recorder.exchange(a)
        if let refused = try stage.hub.store.read({ try $0.openChanges(ownOnly: false) }).first {
            _ = try stage.hub.acceptRefused(refused.dotWord, person: "admin")
        }
        try recorder.exchange(a)
        try recorder.exchange(b)
        try recorder.exchange(b)
        return try recorder.document([a, b])
    }

    /// A hub that forgets its sessions, an answer cut short by its limit, and a revoked device.
    private static func lostSessions() throws -> JSON {
        let stage = try Stage(withDictionary: false)
        let (a, b) = (try stage.device("a", key: 2), try stage.device("b", key: 4))
        let recorder = TranscriptRecorder(stage)
        try recorder.enrol(a)
        try recorder.enrol(b)
        var small = DeviceExchange.Options()
        small.answerLimit = 1
        try recorder.exchange(a, small)
        try recorder.exchange(a)
        _ = try a.save([("key", .set(.text("k"))), ("value", .set(.integer(1)))])
        try stage.restartHub()
        try recorder.exchange(a)
        try recorder.exchange(a)
        _ = try a.save([("key", .set(.text("k"))), ("value", .set(.integer(4)))])
        try recorder.exchange(a)
        try recorder.exchange(b)
        try stage.hub.revoke(a.identity.replica.word, reason: "mất máy")
        try recorder.exchange(a)
        try recorder.exchange(b)
        return try recorder.document([a, b])
    }

    /// A device of so many spaces that it names what it knows and does not list it, which the hub does not know at first; and
    /// its revocation.
    private static func manySpaces() throws -> JSON {
        let stage = try Stage()
        let a = try stage.device("a", key: 2)
        let recorder = TranscriptRecorder(stage)
        try recorder.enrol(a, spaces: (1...7).map { "31120/extra-\($0)" })
        var again = DeviceExchange.Options()
        again.listsKnowledge = try recorder.exchange(a)
        try recorder.exchange(a, again)
        _ = try a.save([("name", .set(.text("x")))], form: "visit")
        try recorder.exchange(a)
        try stage.restartHub()
        try recorder.exchange(a)
        try recorder.exchange(a)
        _ = try a.save([("name", .set(.text("y")))], form: "visit")
        try stage.hub.revoke(a.identity.replica.word, reason: "thay máy")
        try recorder.exchange(a)
        return try recorder.document([a])
    }
}
