import Foundation
package import RecordStore

/// Own work that bits have turned over in: it is kept in a copy, and what is sound of it goes on.
extension AgentDevice {
    private static let damagedSetting = "tail.damaged"
    private static let copySetting = "tail.copy"

    /// What was found damaged of what had been saved here and not sent.
    package struct DamagedWork: Sendable {
        /// How many changes.
        package let changes: Int
        /// The copy of the store as it was found.
        package let copy: String
    }

    /// The damage to own work that was found so far, with the latest copy; `nil` where none ever was.
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
        guard let copy = try copyOfDamage() else { return }
        try store.write { store in
            let tails = try damaged(store)
            try store.cut(tails)
            let known = try damagedWork(store)
            let changes = tails.reduce(known?.changes ?? 0) { $0 + $1.tail.damaged.count }
            let shown = tails.allSatisfy(\.tail.damaged.isEmpty) ? known?.copy ?? copy : copy
            try store.setSetting(Self.damagedSetting, Array("\(changes) \(shown)".utf8))
            try store.setSetting(Self.copySetting, nil)
        }
    }

    /// A copy of the store as it is, made once for damage that cannot be put right at once.
    /// - Returns: `nil` where none can be made: then nothing is touched.
    private func copyOfDamage() throws -> String? {
        if let known = try store.read({ try $0.setting(Self.copySetting) }) {
            let file = String(decoding: known, as: UTF8.self)
            if FileManager.default.fileExists(atPath: file) { return file }
        }
        guard let copy = try? keepCopy() else { return nil }
        try store.write { try $0.setSetting(Self.copySetting, Array(copy.utf8)) }
        return copy
    }
}
