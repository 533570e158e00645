import RecordStore
import Records
import Simulator
import SyncProtocol
import Testing

/// Replicas' stores over simulated disks.
@Suite(.serialized) struct StoreOnDiskTests {
    private static let form = FormDefinition(
        form: "note", version: 1, title: Label(vi: "Ghi", en: "Note"), group: "indicators", writers: .unit,
        fields: [FieldDefinition(name: "text", type: .text, label: Label(vi: "Chữ", en: "Text"))])

    private func open(_ disk: SimulatedDisk, concurrentReads: Bool) throws -> ReplicaStore {
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
        let world = World(now: { 1_790_000_000_000 }, random: { [UInt8](repeating: 1, count: $0) })
        let store = try ReplicaStore(
            path: disk.path("phusa.db"), identity: identity, world: world, concurrentReads: concurrentReads)
        try store.write { store in
            try store.ensureSpace("31120/general")
            try store.storeForm(Self.form)
        }
        return store
    }

    private func save(_ n: Int, _ store: ReplicaStore) throws -> String {
        let draft = Draft(.new(form: "note", space: "31120/general"), edits: [("text", .set(.text("number \(n)")))])
        return try store.write { try $0.capture([draft]) }[0].dot
    }

    private func words(_ store: ReplicaStore) throws -> [String] {
        try store.read { try $0.records(form: "note") }.flatMap { $0.versions.values.joined().map(\.dotWord) }
    }

    /// Both ways to open a store: for a command, and for a server whose pages read while a sync writes.
    @Test(arguments: [false, true]) func whatWasSavedSurvivesAPowerCut(concurrentReads: Bool) throws {
        for seed in 0..<12 as Range<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            let store = try open(disk, concurrentReads: concurrentReads)
            disk.cut(at: 20 + seed * 11)
            var saved: [String] = []
            do {
                while true { saved.append(try save(saved.count, store)) }
            } catch {
                #expect(error is StoreError)
            }
            disk.start()
            try? store.close()
            let again = try open(disk, concurrentReads: concurrentReads)
            #expect(Set(saved).isSubset(of: try words(again)), "seed \(seed)")
            #expect(try again.verify().isEmpty, "seed \(seed)")
            try again.close()
        }
    }

    /// A save that failed at the disk is read back by the next process, from pages that the disk will never get.
    @Test(arguments: [false, true]) func whatIsSavedAfterAFailedSyncSurvives(concurrentReads: Bool) throws {
        for seed in 0..<24 as Range<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            let store = try open(disk, concurrentReads: concurrentReads)
            var saved = [try save(0, store)]
            var faults = SimulatedDisk.Faults()
            faults.failedSync = 65536
            disk.set(faults)
            #expect(throws: StoreError.self) { try save(1, store) }
            disk.set(.init())
            disk.kill()
            try? store.close()
            let next = try open(disk, concurrentReads: concurrentReads)
            saved.append(try save(2, next))
            disk.cut()
            disk.start()
            try? next.close()
            let last = try open(disk, concurrentReads: concurrentReads)
            #expect(try Set(saved).isSubset(of: words(last)), "seed \(seed)")
            #expect(try last.verify().isEmpty, "seed \(seed)")
            try last.close()
        }
    }

    /// Where the log cannot be written over itself nobody may go on.
    @Test func aDiskThatStillFailsIsNotOpened() throws {
        let disk = SimulatedDisk(seed: 3)
        let store = try open(disk, concurrentReads: false)
        _ = try save(0, store)
        disk.kill()
        try? store.close()
        var faults = SimulatedDisk.Faults()
        faults.failedSync = 65536
        disk.set(faults)
        #expect(throws: StoreError.self) { try open(disk, concurrentReads: false) }
        disk.set(.init())
        let again = try open(disk, concurrentReads: false)
        #expect(try words(again).count == 1)
        try again.close()
    }

    @Test(arguments: [false, true]) func aFullDiskSaysSoAndHalfSavesNothing(concurrentReads: Bool) throws {
        let disk = SimulatedDisk(seed: 9)
        var store = try open(disk, concurrentReads: concurrentReads)
        var saved: [String] = []
        for round in 0..<30 {
            var faults = SimulatedDisk.Faults()
            faults.capacity = disk.used + Int64(round * 517)
            disk.set(faults)
            do {
                while true { saved.append(try save(saved.count, store)) }
            } catch let error as StoreError {
                #expect(error.kind == .full)
            }
            disk.set(.init())
            saved.append(try save(saved.count, store))
            if round % 4 == 0 {
                try store.close()
                store = try open(disk, concurrentReads: concurrentReads)
            }
        }
        #expect(try Set(words(store)) == Set(saved))
        #expect(try store.verify().isEmpty)
        try store.close()
    }

    private enum Damage: CaseIterable { case lying, flipping }

    /// Neither SQLite nor the disk says that a value is wrong: what a store has verified is right all the same.
    @Test(arguments: Damage.allCases) private func damageIsFoundOrHarmless(_ damage: Damage) throws {
        var found = 0
        for seed in 0..<120 as Range<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            var faults = SimulatedDisk.Faults()
            if damage == .lying { faults.lostSync = 32768 }
            disk.set(faults)
            var values: [String: Value] = [:]
            // Whoever closes a store moves its log of writes into the database.
            for n in 0..<8 {
                let store = try open(disk, concurrentReads: false)
                values[try save(n, store)] = .text("number \(n)")
                try store.close()
            }
            disk.set(.init())
            if damage == .flipping { disk.flip(bits: 1) } else { disk.cut() }
            disk.start()
            do {
                let store = try open(disk, concurrentReads: false)
                defer { try? store.close() }
                guard try store.verify().isEmpty else { throw StoreError(.damaged) }
                let views = try store.read { try $0.records(form: "note") }
                for version in views.flatMap({ $0.versions.values.joined() }) {
                    #expect(values[version.dotWord] == version.value, "seed \(seed)")
                }
                if damage == .flipping { #expect(views.count == 8, "seed \(seed)") }
            } catch let error as StoreError {
                #expect(
                    [.damaged, .unavailable].contains(error.kind),
                    "seed \(seed): \(error.code) \(String(describing: error.cause))")
                found += 1
            }
        }
        #expect(found > 0)
    }
}
