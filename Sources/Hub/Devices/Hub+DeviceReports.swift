import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol

/// What devices tell of themselves, and the days on which they were in contact.
extension Hub {
    /// Answers a ``DeviceReport``.
    /// - Throws: `device.unknown`, `request.forged`, `device.revoked`; `request.replayed` for one that is not newer than the last.
    package func note(report message: [UInt8]) throws -> [UInt8] {
        let received = try DeviceReport.Received(bytes: message)
        _ = try provenDevice(received.replica) { received.isSigned(by: $0, for: replica) }
        let report = received.report
        try store.write { store in
            try store.db.cachedStatement(
                sql: """
                    UPDATE device SET told = ?1, reported = ?2, version = ?3, waiting = ?4, photos = ?5, free = ?6, epoch = ?7
                    WHERE replica = ?8 AND told < ?1
                    """
            ).execute(arguments: [
                Int64(received.counter), self.store.world.now(), report.version, Int64(report.waiting),
                Int64(report.photos), report.free.map { Int64($0) }, Int64(report.epoch), Self.data(received.replica),
            ])
            guard store.db.changesCount > 0 else { throw HubError(.requestReplayed) }
        }
        return DeviceReport.noted
    }

    /// Counts a contact of the device on its day, unless the one before was a moment ago.
    /// - Parameter device: as it was before this contact was written down.
    func note(dayOf device: Device, _ now: Int64, _ store: StoreTransaction) throws {
        let today = DeviceRhythm.day(now)
        let isAnother =
            device.contact.map {
                abs(now - $0) >= Self.contactMilliseconds || DeviceRhythm.day($0) != today
            } ?? true
        guard isAnother else { return }
        let replica = Self.data(device.replica)
        try store.db.cachedStatement(
            sql: """
                INSERT INTO device_day (replica, day, contacts) VALUES (?, ?, 1)
                ON CONFLICT (replica, day) DO UPDATE SET contacts = contacts + 1
                """
        ).execute(arguments: [replica, today])
        try store.db.cachedStatement(sql: "DELETE FROM device_day WHERE replica = ? AND (day <= ? OR day > ?)").execute(
            arguments: [replica, today - DeviceRhythm.rememberedDays, today])
    }

    /// The days of contact of every device, or of one, with how many contacts each had.
    static func contactDays(
        _ store: StoreTransaction
    ) throws -> [Data: [Int]] {
        let rows = try Row.fetchCursor(
            store.db.cachedStatement(sql: "SELECT replica, group_concat(day, ' ') FROM device_day GROUP BY replica"))
        var days: [Data: [Int]] = [:]
        while let row = try rows.next() {
            days[try row.at(0)] = (try row.at(1) as String).split(separator: " ").compactMap { Int($0) }
        }
        return days
    }
}
