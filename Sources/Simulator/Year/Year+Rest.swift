import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol

/// The year's end.
extension Year {
    private static let mostRounds = 6

    /// Everybody has a line, and syncs until all hold the same.
    func comeToRest() throws {
        try clearDesk()
        for round in 1...Self.mostRounds {
            let time = Int64(plan.days) * Self.dayLength + Int64(round) * 3_600_000
            setClock(nil, time)
            for device in devices {
                setClock(device, time)
                try sync(device, on: plan.days, mayFail: false)
            }
            costs.rounds = round
            if try devices.allSatisfy({ try isAtRest($0) == nil }) { return }
        }
        for device in devices {
            if let what = try isAtRest(device) { throw failure("\(device.name) is not at rest: \(what)") }
        }
    }

    /// - Returns: where the device differs from the hub; `nil` when it does not.
    private func isAtRest(_ device: YearDevice) throws -> String? {
        let own = try device.agent.store.read { store in
            (spaces: try store.allSpaces(), waiting: try store.ownCounts().waiting)
        }
        if own.waiting > 0 { return "\(own.waiting) wait" }
        for space in own.spaces {
            let theirs = try hub.store.read { try $0.space(space.name) }
            if space.position != theirs.position || space.digest != theirs.digest { return space.name }
        }
        return nil
    }

    /// Everything that was saved is there, and every store says of itself that it is sound.
    func check() throws {
        var missing = due
        try hub.store.read { store in
            for bytes in try Data.fetchAll(store.db, sql: "SELECT payload FROM change") {
                for operation in (try? Payload(canonical: Array(bytes)))?.operations ?? [] {
                    guard case .text(let text) = operation.value, let mark = text.split(separator: " ").last else {
                        continue
                    }
                    missing.remove(String(mark))
                }
            }
        }
        guard missing.isEmpty else { throw failure("lost: \(missing.sorted().prefix(10)), \(missing.count) in all") }
        for (name, store) in [("hub", hub.store)] + devices.map({ ($0.name, $0.agent.store) }) {
            let problems = try store.verify()
            guard problems.isEmpty else { throw failure("\(name): \(problems.prefix(3))") }
        }
    }

    func weigh() throws {
        costs.hubBytes = try bytes(of: hub.store)
        costs.agentBytes = try devices.map { try bytes(of: $0.agent.store) }
        costs.snapshots = try devices.filter { device in
            try device.agent.store.read { try $0.allSpaces() }.contains { $0.floor > 0 }
        }.count
        costs.epoch = try hub.epoch()
        try hub.store.read { store in
            costs.records = try store.recordCount(RecordFilter(deleted: true))
            costs.changes = try Int.fetchOne(store.db, sql: "SELECT count(*) FROM change") ?? 0
        }
    }

    private func bytes(of store: ReplicaStore) throws -> Int {
        try store.read { store in
            try Int.fetchOne(
                store.db, sql: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()") ?? 0
        }
    }

    /// A digest of what the hub holds in the end: the same plan gives the same.
    package func digest() throws -> String {
        let digests = try hub.store.read { try $0.allSpaces().map { "\($0.name) \($0.digest.hex)" } }
        return Hash256.of(tag: "phusa year 1", digests.flatMap { Array($0.utf8) }).hex
    }
}
