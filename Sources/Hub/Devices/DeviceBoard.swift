package import Causality
import Foundation
import GRDB
package import RecordStore
import Records
import SyncProtocol

/// Every device of the city as it stands now.
package struct DeviceBoard: Sendable {
    package struct Entry: Sendable {
        package let device: Device
        /// The days on which it was in contact, as far as they are remembered.
        package let days: [Int]
        package let rhythm: DeviceRhythm
        package let standing: DeviceStanding
        /// The replicas that went on from it.
        package let successors: [ReplicaID]
    }

    /// By unit.
    package let entries: [Entry]
    /// The hub's epoch.
    package let epoch: UInt64
    package let today: Int

    package init(_ hub: Hub, _ store: StoreTransaction) throws {
        let devices = try Hub.devices(store)
        let days = try Hub.contactDays(store)
        let successors = Dictionary(grouping: devices.filter { $0.former != nil }, by: { $0.former })
        let today = DeviceRhythm.day(store.now)
        let facts = devices.map { device in
            var facts = DeviceStanding.Facts()
            facts.isRevoked = device.revoked != nil
            facts.isRetired = device.retired != nil
            // Of a copy that went on under another key the original may go on too.
            facts.isSucceeded = (successors[device.replica] ?? []).contains { successor in
                (device.contact ?? 0) <= successor.enrolled + Self.handover
            }
            // What a clock that was ahead once wrote down says nothing about later days.
            facts.contact = device.contact.map { min($0, store.now) }
            facts.days = (days[Hub.data(device.replica)] ?? []).filter { $0 <= today }
            facts.waiting = device.told.map { $0.waiting + $0.photos }
            return facts
        }
        let units = Dictionary(grouping: devices.indices, by: { devices[$0].unit })
            .mapValues { DeviceStanding.Unit($0.map { facts[$0] }) }
        entries = devices.enumerated().map { number, device in
            Entry(
                device: device, days: facts[number].days, rhythm: facts[number].rhythm,
                standing: DeviceStanding(
                    of: facts[number], in: units[device.unit] ?? DeviceStanding.Unit([]), today: today),
                successors: (successors[device.replica] ?? []).map(\.replica))
        }
        epoch = try hub.epoch(store)
        self.today = today
    }

    /// Milliseconds within which a device that goes on under another key may still be heard under its former one.
    private static let handover: Int64 = 300_000

    /// How many are silent or unreachable.
    package var missedCount: Int { entries.count { $0.standing.isMissed } }
}

extension Hub {
    package func deviceBoard() throws -> DeviceBoard { try store.read { try DeviceBoard(self, $0) } }
}
