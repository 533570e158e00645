import Foundation

/// The room on a disk.
package struct DiskRoom: Hashable, Sendable {
    package enum Level: String, Sendable {
        case ample, low
        case veryLow = "very-low"
    }

    /// Below it, people are told.
    package static let lowBytes: Int64 = 500_000_000
    /// Below it, people are told strongly, and no copy is made on the disk: what is left is for what people save.
    package static let veryLowBytes: Int64 = 100_000_000

    /// What this program may still write.
    package let free: Int64
    package let total: Int64
    /// Which disk it is, as the system numbers them.
    package let disk: UInt64

    package init(free: Int64, total: Int64, disk: UInt64) {
        self.free = free
        self.total = total
        self.disk = disk
    }

    /// The room where the file or folder at `path` lies; `nil` where there is none.
    package init?(at path: String) {
        var system = statvfs()
        var file = stat()
        guard statvfs(path, &system) == 0, stat(path, &file) == 0 else { return nil }
        self.init(
            free: Int64(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize)),
            total: Int64(clamping: UInt64(system.f_blocks) * UInt64(system.f_frsize)), disk: UInt64(file.st_dev))
    }

    package var level: Level {
        free < Self.veryLowBytes ? .veryLow : free < Self.lowBytes ? .low : .ample
    }

    /// Whether a copy of so many bytes, and the rehearsal of its restore beside it, leave what people need.
    package func fits(copyOf bytes: Int64) -> Bool { free - 2 * bytes >= Self.veryLowBytes }
}
