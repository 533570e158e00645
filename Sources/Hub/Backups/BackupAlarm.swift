package import RecordStore

/// That a hub has no copy it could be put back from without losing more than a day and a half.
package enum BackupAlarm: Hashable, Sendable {
    /// There has never been one.
    case never
    /// The latest that was put back on trial was made so many milliseconds ago.
    case late(Int64)
    /// Something has stood in the way for so many milliseconds, such as room for the photos.
    case trouble(Int64)

    /// A day, and half of one more for a night without power.
    package static let lateMilliseconds: Int64 = 36 * 3_600_000
    /// A hub that was only just started has time for its first copy.
    package static let firstMilliseconds: Int64 = 3_600_000

    /// - Parameters:
    ///   - last: when the latest good copy was made; `nil` before the first.
    ///   - trouble: since when something has stood in the way; `nil` where nothing does.
    ///   - started: since when the program runs that is to make them.
    package init?(last: Int64?, trouble: Int64? = nil, started: Int64, now: Int64) {
        // A time from the future says that a clock was wrong: nobody knows how long ago it was.
        if let last, abs(now - last) > Self.lateMilliseconds {
            self = .late(abs(now - last))
        } else if last == nil, now - started >= Self.firstMilliseconds {
            self = .never
        } else if let trouble, abs(now - trouble) > Self.lateMilliseconds {
            self = .trouble(abs(now - trouble))
        } else {
            return nil
        }
    }

    /// As a store remembers it. Where none was put back on trial yet, one that was made by hand counts.
    /// - Parameter started: since when the program runs that is to make copies; `nil`: long since.
    package init?(_ store: StoreTransaction, started: Int64? = nil) throws {
        let record = try store.backupRecord()
        let last = try record.good?.made ?? store.lastGeneration()
        self.init(last: last, trouble: record.trouble?.since, started: started ?? .min / 2, now: store.now)
    }
}

/// What a hub's pages tell of its copies and of the disk it is on.
package struct HubCopies: Sendable {
    /// When the program began to serve, in milliseconds since 1970.
    package let started: Int64
    /// Whoever makes the copies; `nil` where they are looked after elsewhere.
    package let backups: BackgroundBackup?
    /// The room on the hub's disk.
    package let room: @Sendable () -> DiskRoom?
    /// What the hub's database takes there.
    package let databaseBytes: @Sendable () -> Int64

    package init(
        started: Int64, backups: BackgroundBackup? = nil, room: @escaping @Sendable () -> DiskRoom? = { nil },
        databaseBytes: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        (self.started, self.backups, self.room, self.databaseBytes) = (started, backups, room, databaseBytes)
    }

    /// What is wrong with the copies; `nil` also where they are looked after elsewhere.
    package func alarm(_ store: StoreTransaction) throws -> BackupAlarm? {
        guard backups != nil else { return nil }
        return try BackupAlarm(store, started: started)
    }
}
