import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol

/// Exchanges over lines that break, with a hub that lost a part of its log or whose state is damaged, and with refusals that
/// nobody knows.
enum FaultTranscripts {
    static func add(to book: inout VectorBook, _ ids: [String]) throws {
        book.add(
            "transcript/accept/cut-lines.json", ids + ["C-18", "X-1", "X-13", "X-15", "X-21", "X-28"],
            try cutLines(&book))
        book.add(
            "transcript/accept/rolled-back.json", ids + HealingTranscripts.epochIDs + ["T-2", "X-1", "X-27", "X-29"],
            try rolledBack(&book))
    }

    /// Requests and answers of several frames, cut in the middle: what came before stays, and nothing is sent or taken twice. The
    /// record of the preset dictionary has a name that is not the dictionary's.
    private static func cutLines(_ book: inout VectorBook) throws -> JSON {
        let stage = try Stage(withDictionary: false)
        let dictionary = try PresetDictionary.make(for: [Stage.form, Stage.visit])
        _ = try stage.hub.capture([
            Draft(
                .new(form: BuiltInForm.dictionary.form, space: SpaceName.catalogue),
                edits: [
                    ("name", .set(.text("0000"))),
                    ("bytes", .set(.text(Data(dictionary.bytes).base64EncodedString()))),
                ])
        ])
        let (a, b) = (try stage.device("a", key: 2), try stage.device("b", key: 3))
        let recorder = TranscriptRecorder(stage)
        for actor in [a, b] {
            try recorder.enrol(actor)
            try recorder.exchange(actor)
        }
        // Each lost request closes a segment, and frames are as small as segments allow.
        var tight = DeviceExchange.Options()
        tight.budget = 1_000_000
        for number in 0..<9 {
            _ = try a.save([("name", .set(.text(String(repeating: "đ\(number)", count: 6000))))], form: "visit")
            try recorder.loseRequest(a)
        }
        try recorder.exchange(a, tight, harm: .init(request: { $0.dropLast(40) + [] }))
        // The answer is lost whole: the same segments come again, and are no fork.
        try recorder.exchange(a, tight, harm: .init(answer: { _ in [] }), ends: .answerCut)
        try recorder.exchange(a, tight)
        // Some frames, and more to come; then some frames, and a cut.
        var some = DeviceExchange.Options()
        some.answerLimit = 3000
        try recorder.exchange(b, some)
        let before = try end(b.device.store)
        try recorder.exchange(b, some, harm: .init(answer: { $0.dropLast(20) + [] }), ends: .answerCut)
        if try end(b.device.store) == before { book.note("cut-lines: no frame came before the cut") }
        // The hub does not remember where a device stands that got a part of an answer.
        some.listsKnowledge = try recorder.exchange(b, some)
        try recorder.exchange(b, some)
        try recorder.exchange(b)
        for actor in [a, b] where try end(actor.device.store) != end(stage.hub.store) {
            book.note("cut-lines: \(actor.name) ends elsewhere than the hub")
        }
        return try recorder.document([a, b])
    }

    /// A hub that is put back to an earlier state in one space: that space goes back and is given back, and other spaces go on.
    /// Before that, a note of another digest, and a refusal that nobody signed.
    private static func rolledBack(_ book: inout VectorBook) throws -> JSON {
        let other = "31120/extra-1"
        let stage = try Stage()
        let a = try stage.device("a", key: 2)
        let recorder = TranscriptRecorder(stage)
        try recorder.enrol(a, spaces: [other])
        try recorder.exchange(a)
        _ = try a.save([("name", .set(.text("trước")))], form: "visit")
        try stage.hub.store.write { try spoilDigest($0, by: 1) }
        try recorder.exchange(a)
        try stage.hub.store.write { try spoilDigest($0, by: 255) }
        try recorder.exchange(a, harm: .init(answer: { _ in Refusal(code: "later.unknown").bytes }))
        try stage.keepCopy()
        let word = try a.save([("key", .set(.text("k"))), ("value", .set(.integer(1)))])
        try recorder.exchange(a)
        try recorder.exchange(a)
        try stage.putCopyBack()
        _ = try a.save([("value", .set(.integer(2)))], to: word)
        _ = try a.save([("name", .set(.text("nơi khác")))], form: "visit", in: other)
        try recorder.exchange(a)
        try recorder.exchange(a)
        let held = try stage.hub.store.read { try $0.head(of: a.identity.replica, in: $0.space(other)).sequence }
        if held != 1 { book.note("rolled-back: the other space has not gone on") }
        try recorder.settle(a)
        if try end(a.device.store) != end(stage.hub.store) { book.note("rolled-back: not given back") }
        return try recorder.document([a])
    }

    private static func end(_ store: ReplicaStore) throws -> String {
        try store.read { store in
            let space = try store.space(Stage.space)
            return "\(space.position.index) \(space.digest.hex)"
        }
    }

    /// What the hub holds of the state is damaged in its digest's first byte.
    private static func spoilDigest(_ store: StoreTransaction, by difference: UInt8) throws {
        var digest = try store.space(Stage.space).digest.bytes
        digest[0] &+= difference
        try store.db.execute(
            sql: "UPDATE space SET digest = ? WHERE name = ?", arguments: [Data(digest), Stage.space])
    }
}
