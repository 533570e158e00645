import Foundation
package import RecordStore

/// Own work that bits have turned over in: it is kept in a copy, and what is sound of it goes on.
extension AgentDevice {
    private static let damagedSetting = "tail.damaged"

    /// What was found damaged of what had been saved here and not sent.
    package struct DamagedWork: Sendable {
        /// How many changes.
        package let changes: Int
        /// The copy of the store as it was found.
        package let copy: String
    }

    /// The latest damage to own work that was found; `nil` where none ever was.
    package func damagedWork() throws -> DamagedWork? { try store.read { try damagedWork($0) } }

    package func damagedWork(_ store: StoreTransaction) throws -> DamagedWork? {
        guard let bytes = try store.setting(Self.damagedSetting) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let changes = Int(parts[0]) else { return nil }
        return DamagedWork(changes: changes, copy: String(parts[1]))
    }

    /// Before anything is sent: what the hub would refuse for its damage must not stand in the way of what is sound.
    func mendTails() throws {
        func damaged(_ store: StoreTransaction) throws -> [(space: SpaceState, tail: StoreTransaction.DamagedTail)] {
            try store.allSpaces().flatMap { space in try store.damagedTails(in: space).map { (space, $0) } }
        }
        guard try !store.read(damaged).isEmpty else { return }
        let copy = try keepCopy()
        try store.write { store in
            let tails = try damaged(store)
            try store.cut(tails)
            let changes = tails.reduce(0) { $0 + $1.tail.damaged.count }
            try store.setSetting(Self.damagedSetting, Array("\(changes) \(copy)".utf8))
        }
    }
}
