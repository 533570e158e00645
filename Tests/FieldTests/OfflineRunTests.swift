import Agent
import Foundation
import Hub
import RecordStore
import Records
import Testing

/// Several edits of one thing, made without a line and sent in whatever order: ODK Central's entities.
@Suite struct OfflineRunTests {
    /// What happened: submissions that one phone had made one after another came in another order, or some of them failed,
    /// and the server had one version number to tell them apart by. It called them conflicts of the phone with itself, and
    /// an update that came before its registration broke the entity.
    ///
    /// What a person would call right: however badly the line behaves, the work of one phone is one story in the order in
    /// which it was written, and somebody else's edit of another field in between disturbs nobody.
    ///
    /// What PhuSa does: a device's changes are a chain that is taken in from its beginning, each once.
    @Test("ODK Central #669: an offline run over a bad line is one story, in its order")
    func anOfflineRunOverABadLine() throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("Lan")])
        try ward.sync(a, b)
        try ward.edit(["status": .text("đã mời")], of: word)
        var made = 0
        for age in 30..<36 {
            try ward.save(b, ["age": .integer(Int64(age))], to: word)
            made += 1
            ward.sync(b, losingRequest: age % 3 == 0, answerBytes: (age - 30) * 40)
            let late = try ward.post(b)
            try ward.save(b, ["rate": .decimal(try #require(DecimalNumber("0.\(age)")))], to: word)
            made += 1
            ward.sync(b, answerBytes: 10)
            ward.deliver(late)
            ward.deliver(late)
            #expect(try ward.cases().isEmpty)
        }
        try ward.sync(b, a, b)
        for store in [ward.hub.store, a.store, b.store] {
            let view = try ward.show(store, word)
            #expect(view.fields["age"] == .integer(35))
            #expect(view.fields["rate"] == .decimal(try #require(DecimalNumber("0.35"))))
            #expect(view.fields["status"] == .text("đã mời"))
            #expect(view.conflicts.isEmpty && view.state == .received)
            #expect(try ward.history(store, word, "age") == (30..<36).map { .integer($0) })
            #expect(try ward.history(store, word, "rate").count == made / 2)
        }
        try ward.expectRest(a, b)
    }

    /// What happened: a phone made two updates offline, the second of a property that somebody had meanwhile changed at the
    /// server. Since the second update followed the first without a gap, it was no conflict, and the server's value was
    /// overwritten without a word; the first, which touched nobody's work, was marked instead. An entity whose conflict had
    /// been settled could be written over by a later part of the same offline run, again without a mark.
    ///
    /// What a person would call right: exactly the field that two people changed is asked about, with both values, and it is
    /// asked about again if more comes from someone who had not seen the answer.
    ///
    /// What PhuSa does: each change says what its author had seen, and each field is judged by itself.
    @Test("ODK Central #698: the second update of an offline run is the conflict, the first is none")
    func theSecondUpdateIsTheConflict() throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("Lan"), "age": .integer(22), "status": .text("mới")])
        try ward.sync(a, b)
        try ward.save(b, ["status": .text("đã đến")], to: word)
        try ward.save(b, ["age": .integer(25)], to: word)
        try ward.edit(["age": .integer(24)], of: word)
        try ward.sync(b, a)
        for store in [ward.hub.store, a.store, b.store] {
            #expect(try ward.show(store, word).conflicts == ["age"])
            #expect(try ward.standing(store, word, "age") == [.integer(24), .integer(25)])
            #expect(try ward.show(store, word).fields["status"] == .text("đã đến"))
        }
        // Before the phone hears of the answer it goes on, in both fields.
        _ = try ward.hub.settle(word, ["age": .value(.integer(24))], reason: "theo giấy khai sinh", author: "")
        #expect(try ward.cases().isEmpty)
        try ward.save(b, ["status": .text("đã khám")], to: word)
        try ward.sync(b)
        #expect(try ward.cases().isEmpty)
        try ward.expectRest(b)
        let opened = try ward.open(a, word)
        try ward.sync(a)
        try ward.save(a, ["age": .integer(26)], to: word, base: opened)
        try ward.sync(a, b)
        #expect(try ward.cases().map(\.word) == [word])
        #expect(try ward.standing(ward.hub.store, word, "age") == [.integer(24), .integer(26)])
        try ward.expectRest(a, b)
    }

    /// What happened: of three updates of one offline run the third was applied first, since it had waited long enough. When
    /// the first and second came, the server called them conflicts, though one person had made all three in a row.
    ///
    /// What a person would call right: no conflict of a person with themselves, and the last that they said stands.
    ///
    /// What PhuSa does: the third cannot be taken in before the others; it waits with its device until they are. Also where
    /// the hub itself has lost the first two, which is the one way in which a later change comes to it first.
    @Test("ODK Central #805: the third of three updates first is no conflict of its author", arguments: [false, true])
    func theThirdOfThreeUpdatesFirst(hubIsPutBack: Bool) throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("Lan"), "age": .integer(1)])
        try ward.sync(a, b)
        let copy = try ward.copyHub()
        try ward.save(a, ["age": .integer(2)], to: word)
        let first = try ward.post(a)
        try ward.save(a, ["age": .integer(3)], to: word)
        let second = try ward.post(a)
        if hubIsPutBack {
            try ward.sync(a)
            try ward.putHubBack(to: copy)
        }
        try ward.save(a, ["age": .integer(4)], to: word)
        let third = try ward.post(a)
        for posted in [third, first, second, third] {
            ward.deliver(posted)
            #expect(try ward.cases().isEmpty)
            let there: [Int64] = hubIsPutBack ? [1] : [1, 2, 3, 4]
            #expect(try ward.history(ward.hub.store, word, "age") == there.map { .integer($0) })
        }
        try ward.sync(a, b)
        for store in [ward.hub.store, a.store, b.store] {
            #expect(try ward.show(store, word).fields["age"] == .integer(4))
            #expect(try ward.standing(store, word, "age") == [.integer(4)])
            #expect(try ward.history(store, word, "age") == [1, 2, 3, 4].map { .integer($0) })
        }
        try ward.expectRest(a, b)
    }

    /// What happened: a registration and two updates of it were sent last to first. The second update made the entity, and
    /// the registration ended in an error that named a query.
    ///
    /// What a person would call right: in whatever order they come, and whichever answers are lost, there is one entity with
    /// the last values, and nobody sees an error.
    ///
    /// What PhuSa does: requests that come late or twice change nothing that is there already.
    @Test(
        "ODK Central #808: registration and updates in any order make one record",
        arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func registrationAndUpdatesInAnyOrder(order: [Int]) throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("Xương rồng"), "age": .integer(0)])
        var posted = [try ward.post(a)]
        for age in 1...2 {
            try ward.save(a, ["age": .integer(Int64(age))], to: word)
            posted.append(try ward.post(a))
        }
        var newest = 0
        for index in order {
            ward.deliver(posted[index])
            newest = max(newest, index)
            #expect(try ward.history(ward.hub.store, word, "age") == (0...newest).map { .integer(Int64($0)) })
            #expect(try ward.hub.store.read { try $0.openChanges(ownOnly: false) }.isEmpty)
        }
        try ward.sync(a, b)
        for store in [ward.hub.store, a.store, b.store] {
            #expect(try store.read { try $0.records(form: "household") }.map(\.word) == [word])
            #expect(try ward.show(store, word).fields["age"] == .integer(2))
            #expect(try ward.show(store, word).fields["name"] == .text("Xương rồng"))
            #expect(try ward.history(store, word, "age") == [0, 1, 2].map { .integer($0) })
        }
        #expect(try ward.cases().isEmpty)
        try ward.expectRest(a, b)
    }

    /// What happened: an update made the entity, the registration came after it, and the entity was marked as a conflict
    /// whose page said that there was nothing to show.
    ///
    /// What a person would call right: one person's registration and update are no conflict. Where two people really made the
    /// same thing without knowing of each other, there is a conflict, and it shows the fields that differ, with both values,
    /// and only those.
    ///
    /// What PhuSa does: things with a number of their own meet under it; equal values are one.
    @Test("ODK Central #815: what is called a conflict shows between what")
    func whatIsCalledAConflictShowsBetweenWhat() throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(
            a, ["number": .text("T-7"), "age": .integer(3), "status": .text("mới")], by: "lan", form: "plot")
        // Somebody else has the plot on their list too, and is faster; their update comes before its registration.
        try ward.save(
            b, ["number": .text("T-7"), "age": .integer(4), "status": .text("mới")], by: "minh", form: "plot")
        try ward.sync(b)
        #expect(try ward.cases().isEmpty)
        try ward.sync(a, b)
        let found = try #require(try ward.cases().first)
        #expect(found.word == word && found.conflicts == ["age"])
        let versions = found.versions["age", default: []]
        #expect(Set(versions.map(\.author)) == ["lan", "minh"])
        #expect(Set(versions.map(\.value)) == [.integer(3), .integer(4)])
        try ward.expectRest(a, b)
        // One person's own registration and update are none.
        let own = try ward.save(a, ["number": .text("T-8"), "age": .integer(1)], by: "lan", form: "plot")
        try ward.save(a, ["age": .integer(2)], to: own, by: "lan")
        try ward.sync(a, b)
        #expect(try ward.cases().map(\.word) == [word])
        try ward.expectRest(a, b)
    }
}
