package import RecordStore

/// What a device's pages tell of the machine they run on.
package struct Premises: Sendable {
    /// When the program began to serve, in milliseconds since 1970.
    package let started: Int64
    package let selfCheck: SelfCheck
    /// `nil` where no copies are made.
    package let backups: BackgroundBackup?
    /// The room on the device's disk.
    package let room: @Sendable () -> DiskRoom?
    /// What the device's database takes there.
    package let databaseBytes: @Sendable () -> Int64

    package init(
        started: Int64, selfCheck: SelfCheck = SelfCheck(), backups: BackgroundBackup? = nil,
        room: @escaping @Sendable () -> DiskRoom? = { nil }, databaseBytes: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        self.started = started
        self.selfCheck = selfCheck
        self.backups = backups
        self.room = room
        self.databaseBytes = databaseBytes
    }
}
