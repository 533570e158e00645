import CDiskFaults
import Synchronization

/// A disk in memory that SQLite writes to, with the faults of disks; see `CDiskFaults.h`.
package final class SimulatedDisk: Sendable {
    /// What goes wrong by itself; each chance is a part of 65536.
    package struct Faults: Sendable {
        package var lostSync: UInt32 = 0
        package var failedSync: UInt32 = 0
        package var failedWrite: UInt32 = 0
        package var flippedRead: UInt32 = 0
        /// Bytes that all files may have together; `nil`: any number.
        package var capacity: Int64?

        package init() {}
    }

    /// What the disk did since it was made.
    package struct Counts: Sendable {
        package let writes: UInt64
        package let syncs: UInt64
        package let lostSyncs: UInt64
        package let failedSyncs: UInt64
        package let failedWrites: UInt64
        package let flippedBits: UInt64
        package let refusedForRoom: UInt64
        package let powerCuts: UInt64
    }

    /// Unchecked: the C side takes a mutex in every call.
    private struct Handle: @unchecked Sendable { let disk: OpaquePointer }

    private static let made = Atomic<Int>(0)
    private let handle: Handle
    private let name: String

    package init(seed: UInt64) {
        let code = phusa_disk_install()
        precondition(code == 0, "SQLite takes a file system that was never there before")
        name = "\(Self.made.add(1, ordering: .relaxed).newValue)"
        guard let disk = phusa_disk_make(name, seed) else { preconditionFailure("a disk is some bytes of memory") }
        handle = Handle(disk: disk)
    }

    deinit { phusa_disk_free(handle.disk) }

    /// The path by which SQLite knows a file of this disk.
    package func path(_ file: String) -> String { "disk:\(name)/\(file)" }

    package func set(_ faults: Faults) {
        phusa_disk_set_faults(
            handle.disk,
            phusa_disk_faults(
                lost_sync: faults.lostSync, failed_sync: faults.failedSync, failed_write: faults.failedWrite,
                flipped_read: faults.flippedRead, capacity: faults.capacity ?? -1))
    }

    package var counts: Counts {
        let counts = phusa_disk_count(handle.disk)
        return Counts(
            writes: counts.writes, syncs: counts.syncs, lostSyncs: counts.lost_syncs, failedSyncs: counts.failed_syncs,
            failedWrites: counts.failed_writes, flippedBits: counts.flipped_bits,
            refusedForRoom: counts.refused_for_room, powerCuts: counts.power_cuts)
    }

    /// Bytes of all files together.
    package var used: Int64 { phusa_disk_used(handle.disk) }

    /// A hash of all files as they are now.
    package var hash: UInt64 { phusa_disk_hash(handle.disk) }

    package var isOff: Bool { phusa_disk_is_off(handle.disk) }

    /// The power goes now: all that is open fails.
    package func cut() { phusa_disk_cut(handle.disk) }

    /// The power goes in the middle of the `step`th write, sync or deletion from now; 0: not at all.
    package func cut(at step: UInt64) { phusa_disk_cut_at(handle.disk, step) }

    /// The power comes back; of what was not durable some survived.
    package func start() { phusa_disk_start(handle.disk) }

    /// All processes die at once; what they had written stays.
    package func kill() { phusa_disk_kill(handle.disk) }

    /// Turns so many bits over where they lie.
    package func flip(bits: UInt32) { phusa_disk_flip(handle.disk, bits) }

    /// Makes the files here those of another disk as they are now. What is open here fails.
    package func copy(from other: SimulatedDisk) { phusa_disk_copy(other.handle.disk, handle.disk) }

    /// A disk with the same files: what a copy, a backup or an image of a machine is.
    package func copy(seed: UInt64) -> SimulatedDisk {
        let copy = SimulatedDisk(seed: seed)
        copy.copy(from: self)
        return copy
    }

    /// Takes all files away. What is open fails.
    package func clear() { phusa_disk_clear(handle.disk) }
}
