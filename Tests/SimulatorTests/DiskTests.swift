import Dispatch
import Foundation
import GRDB
import Simulator
import Synchronization
import Testing

/// SQLite over simulated disks: what a disk promises holds, and what it does not promise is seen.
@Suite(.serialized) struct DiskTests {
    private func open(_ disk: SimulatedDisk, mode: String = "WAL") throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // Without a log of writes, only EXTRA makes the end of a transaction durable.
            try db.execute(sql: "PRAGMA synchronous = \(mode == "WAL" ? "FULL" : "EXTRA")")
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = \(mode)")
            _ = try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 8")
        }
        let queue = try DatabaseQueue(path: disk.path("test.db"), configuration: configuration)
        try queue.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS row (n INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        }
        return queue
    }

    private static func text(_ n: Int) -> String { String(repeating: "\(n) ", count: 1 + n * 37 % 900) }

    private func insert(_ n: Int, _ queue: DatabaseQueue) throws {
        try queue.write { db in
            try db.execute(sql: "INSERT INTO row VALUES (?, ?)", arguments: [n, Self.text(n)])
        }
    }

    /// The rows there are, each as it was written, in a file of which SQLite finds nothing to say.
    private func rows(_ queue: DatabaseQueue) throws -> [Int] {
        try queue.read { db in
            #expect(try String.fetchAll(db, sql: "PRAGMA integrity_check") == ["ok"])
            return try Row.fetchAll(db, sql: "SELECT n, text FROM row ORDER BY n").map { row in
                let isAsWritten = row["text"] == Self.text(row["n"])
                #expect(isAsWritten)
                return row["n"]
            }
        }
    }

    @Test(arguments: ["WAL", "DELETE"]) func whatReturnedSurvivesEveryPowerCut(mode: String) throws {
        for seed in 0..<60 as Range<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            var saved = 0
            for round in 0..<4 as Range<UInt64> {
                disk.cut(at: 1 + (seed * 7 + round * 13) % 90)
                do {
                    let queue = try open(disk, mode: mode)
                    defer { try? queue.close() }
                    saved = try rows(queue).count
                    while true {
                        try insert(saved + 1, queue)
                        saved += 1
                    }
                } catch {
                    #expect(error is DatabaseError)
                }
                #expect(disk.isOff)
                disk.start()
                let queue = try open(disk, mode: mode)
                let found = try rows(queue)
                #expect(found == Array(1..<1 + found.count), "seed \(seed), round \(round)")
                #expect(found.count == saved || found.count == saved + 1, "seed \(seed), round \(round)")
                try queue.close()
            }
        }
    }

    /// What was lost below a page that survived, SQLite does not always see; a replica's own checks do.
    @Test func aLyingDiskIsOpenedOrCalledDamaged() throws {
        var lost = 0
        var damaged = 0
        for seed in 0..<80 as Range<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            var queue = try open(disk)
            var faults = SimulatedDisk.Faults()
            faults.lostSync = 32768
            disk.set(faults)
            for n in 1...30 { try insert(n, queue) }
            disk.cut()
            disk.start()
            try? queue.close()
            do {
                queue = try open(disk)
                defer { try? queue.close() }
                lost += try queue.read { 30 - (try Int.fetchOne($0, sql: "SELECT count(*) FROM row") ?? 0) }
            } catch let error as DatabaseError {
                #expect([.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode))
                damaged += 1
            }
        }
        #expect(lost > 0 && damaged > 0)
    }

    @Test func aFullDiskRefusesAndGoesOnWhenThereIsRoom() throws {
        let disk = SimulatedDisk(seed: 1)
        var queue = try open(disk)
        var faults = SimulatedDisk.Faults()
        var saved = 0
        var refused = 0
        while refused < 40 {
            faults.capacity = disk.used + Int64(refused * 211)
            disk.set(faults)
            do {
                while true {
                    try insert(saved + 1, queue)
                    saved += 1
                }
            } catch let error as DatabaseError {
                #expect(error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE)
                refused += 1
            }
            disk.set(SimulatedDisk.Faults())
            if refused % 3 == 0 {
                try queue.close()
                queue = try open(disk)
            }
            #expect(try rows(queue) == Array(1..<1 + saved))
            saved += 1
            try insert(saved, queue)
        }
        try queue.close()
    }

    @Test func failingWritesAndSyncsAreSaidAndHarmNothing() throws {
        for seed in 0..<30 as Range<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            let queue = try open(disk)
            var faults = SimulatedDisk.Faults()
            faults.failedWrite = 1500
            faults.failedSync = 4000
            var saved: Set<Int> = []
            for n in 1...40 {
                disk.set(faults)
                if (try? insert(n, queue)) != nil { saved.insert(n) }
                disk.set(SimulatedDisk.Faults())
            }
            disk.cut()
            disk.start()
            try? queue.close()
            let again = try open(disk)
            #expect(saved.isSubset(of: try rows(again)), "seed \(seed)")
            try again.close()
        }
    }

    @Test func aKilledProcessLosesNothingThatItHadWritten() throws {
        let disk = SimulatedDisk(seed: 3)
        let queue = try open(disk)
        var faults = SimulatedDisk.Faults()
        faults.lostSync = 65536
        disk.set(faults)
        for n in 1...20 { try insert(n, queue) }
        disk.kill()
        #expect(throws: DatabaseError.self) { try insert(21, queue) }
        let again = try open(disk)
        #expect(try rows(again) == Array(1...20))
        try? queue.close()
        try again.close()
    }

    @Test func connectionsSeeEachOthersWork() throws {
        let disk = SimulatedDisk(seed: 4)
        let first = try open(disk)
        let second = try open(disk)
        for n in 1...40 { try insert(n, n.isMultiple(of: 2) ? first : second) }
        #expect(try rows(first) == Array(1...40))
        #expect(try rows(second) == Array(1...40))
        try first.close()
        try insert(41, second)
        try second.close()
        #expect(try rows(open(disk)).count == 41)
    }

    @Test func readersReadWhileOthersWrite() throws {
        let disk = SimulatedDisk(seed: 5)
        let path = disk.path("test.db")
        try open(disk).close()
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        let pool = try DatabasePool(path: path, configuration: configuration)
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            do {
                for n in 0..<50 {
                    if worker < 2 {
                        try pool.write { db in
                            let key = worker * 1000 + n
                            try db.execute(sql: "INSERT INTO row VALUES (?, ?)", arguments: [key, Self.text(key)])
                        }
                    } else {
                        let counts = try pool.read { db in
                            let query = "SELECT count(*) FROM row"
                            return (try Int.fetchOne(db, sql: query), try Int.fetchOne(db, sql: query))
                        }
                        if counts.0 != counts.1 { failures.withLock { $0.append("\(counts)") } }
                    }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        try pool.close()
        #expect(try rows(open(disk)).count == 100)
    }

    @Test func oneSeedGivesOneFate() throws {
        func fate(_ seed: UInt64) throws -> [Int] {
            let disk = SimulatedDisk(seed: seed)
            let queue = try open(disk)
            disk.cut(at: 60 + seed)
            for n in 1...200 { try? insert(n, queue) }
            disk.start()
            try? queue.close()
            let again = try open(disk)
            defer { try? again.close() }
            return try rows(again)
        }
        #expect(try (0..<8).map(fate) == (0..<8).map(fate))
        #expect(try Set((0..<8).map(fate)).count > 1)
    }

    @Test func aCopyIsADiskOfItsOwn() throws {
        let disk = SimulatedDisk(seed: 6)
        let queue = try open(disk)
        for n in 1...10 { try insert(n, queue) }
        let copy = disk.copy(seed: 7)
        try insert(11, queue)
        let other = try open(copy)
        #expect(try rows(other) == Array(1...10))
        try insert(12, other)
        #expect(try rows(queue) == Array(1...11))
        try queue.close()
        try other.close()
        disk.copy(from: copy)
        #expect(try rows(open(disk)) == Array(1...10) + [12])
    }

    @Test func otherFilesAreTheMachinesOwn() throws {
        _ = SimulatedDisk(seed: 0)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "CREATE TABLE row (n)") }
        try queue.close()
        #expect(FileManager.default.fileExists(atPath: path))
    }
}
