import Agent
import Foundation
import Hub
import RecordStore
import Records
import Testing

/// Two people who say the same, and two of whom one deletes what the other edits: Mergin Maps and its geodiff.
@Suite struct SameOrGoneTests {
    /// What happened: two people changed an attribute from 40 to 42, each without the other, and got a file of conflicts.
    ///
    /// What a person would call right: they agree, so there is nothing to ask, and both are in the history. Agreement goes by
    /// what was meant, not by how a keyboard wrote it.
    ///
    /// What PhuSa does: values have one form each; equal ones are one value, and whoever edits next has seen both.
    @Test("geodiff #152: two people who enter the same value have no conflict")
    func twoPeopleWhoEnterTheSameValue() throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("Lan"), "age": .integer(40)])
        try ward.sync(a, b)
        let (composed, decomposed) = ("Tiệp", "Tie\u{323}\u{302}p")
        #expect(Array(composed.unicodeScalars) != Array(decomposed.unicodeScalars))
        try ward.save(
            a, ["age": .integer(42), "rate": .decimal(try #require(DecimalNumber("12.50"))), "name": .text(composed)],
            to: word, by: "lan")
        try ward.save(
            b, ["age": .integer(42), "rate": .decimal(try #require(DecimalNumber("12.5"))), "name": .text(decomposed)],
            to: word, by: "minh")
        try ward.sync(a, b, a)
        for store in [ward.hub.store, a.store, b.store] {
            let view = try ward.show(store, word)
            #expect(view.conflicts.isEmpty)
            #expect(view.fields["age"] == .integer(42))
            #expect(Set(view.versions["age", default: []].map(\.author)) == ["lan", "minh"])
            #expect(try ward.history(store, word, "age") == [40, 42, 42].map { .integer($0) })
        }
        try ward.save(b, ["age": .integer(43)], to: word, by: "minh")
        try ward.sync(b, a)
        #expect(try ward.standing(a.store, word, "age") == [.integer(43)])
        try ward.expectRest(a, b)
    }

    /// What happened: one side deleted a row that the other had edited. The deletion won, and the edit was thrown away without
    /// a line anywhere.
    ///
    /// What a person would call right: somebody decides, with the edit before them, and it can be found later whichever way
    /// they decide.
    ///
    /// What PhuSa does: edit against delete is a case; until it is settled the record stays whole, and its history stays for
    /// good.
    @Test("geodiff #248: an edit against a deletion is a case, and is never lost", arguments: [true, false])
    func anEditAgainstADeletion(isKept: Bool) throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("Lan"), "age": .integer(40)])
        try ward.sync(a, b)
        try ward.delete(a, word)
        try ward.save(b, ["age": .integer(41)], to: word)
        if isKept { try ward.sync(a, b, a) } else { try ward.sync(b, a, b) }
        for store in [ward.hub.store, a.store, b.store] {
            let view = try ward.show(store, word)
            #expect(view.conflicts == [RegisterKey.deleted.field] && !view.deleted)
            #expect(view.fields["age"] == .integer(41))
        }
        let outcome = Settlement.value(.flag(!isKept))
        _ = try ward.hub.settle(word, [RegisterKey.deleted.field: outcome], reason: "đã hỏi hai bên", author: "")
        try ward.sync(a, b)
        for store in [ward.hub.store, a.store, b.store] {
            let view = try ward.show(store, word)
            #expect(view.conflicts.isEmpty && view.deleted == !isKept)
            #expect(try ward.history(store, word, "age") == [40, 41].map { .integer($0) })
        }
        try ward.expectRest(a, b)
    }

    /// What happened: a phone edited what had been deleted and synced at the office. From then on no sync of that phone came
    /// to its end, and whatever else it recorded stayed on it.
    ///
    /// What a person would call right: one thing that needs a decision holds up nothing else.
    ///
    /// What PhuSa does: the edit is received and makes a case. The rest of the work goes on, before and after the decision,
    /// and whoever edits after having heard of the deletion is told then and there.
    @Test("Mergin mobile #4363: an edit of what was deleted never blocks a sync")
    func anEditOfWhatWasDeletedNeverBlocks() throws {
        let ward = try FieldWard()
        let (office, phone) = (try ward.device(), try ward.device())
        let word = try ward.save(office, ["name": .text("Lô 1")])
        let other = try ward.save(office, ["name": .text("Lô 2")])
        try ward.sync(office, phone)
        try ward.delete(office, word)
        try ward.sync(office)
        try ward.save(phone, ["status": .text("đã đo")], to: word)
        for round in 1...3 {
            try ward.save(phone, ["age": .integer(Int64(round))], to: other)
            let added = try ward.save(phone, ["name": .text("Lô mới \(round)")])
            try ward.sync(phone, office)
            #expect(try ward.show(office.store, added).state == .received)
            #expect(try ward.show(office.store, other).fields["age"] == .integer(Int64(round)))
            #expect(try ward.cases().map(\.word) == [word])
        }
        #expect(try ward.show(phone.store, word).state == .received)
        _ = try ward.hub.settle(
            word, [RegisterKey.deleted.field: .value(.flag(true))], reason: "lô đã tách", author: "")
        try ward.sync(phone)
        let error = #expect(throws: StoreError.self) {
            try ward.save(phone, ["status": .text("đo lại")], to: word)
        }
        #expect(error?.kind == .recordDeleted)
        try ward.save(phone, ["age": .integer(9)], to: other)
        try ward.sync(phone, office)
        #expect(try ward.cases().isEmpty)
        try ward.expectRest(office, phone)
    }
}
