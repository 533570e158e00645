import Foundation
import Synchronization
import Wording

/// Copies a store's database beside everything else: from time to time, where something has changed since, and at a person's
/// word. What goes wrong is remembered and said, and stops nothing.
///
/// All decisions are ``BackupSchedule``'s; here is only what the world needs: a clock, the look at the store, and whoever
/// makes the copy.
package final class BackgroundBackup: Sendable {
    /// Where the copies go.
    package let folder: String
    private let store: ReplicaStore
    private let interval: Int64
    private let mark: (@Sendable (StoreTransaction) throws -> String)?
    private let make: @Sendable (_ folder: String) async throws -> Void
    private let schedule: Mutex<BackupSchedule>
    private let events: AsyncStream<Bool>
    private let sender: AsyncStream<Bool>.Continuation

    /// - Parameters:
    ///   - mark: tells whether a copy would hold anything that the latest does not; `nil`: one is made every time.
    ///   - make: makes a rehearsed copy in the folder and has the store remember it, as
    ///     ``ReplicaStore/keepBackup(lock:make:photos:)`` does.
    package init(
        of store: ReplicaStore, folder: String, intervalMilliseconds: Int64 = BackupSchedule.dailyMilliseconds,
        mark: (@Sendable (StoreTransaction) throws -> String)? = nil,
        make: @escaping @Sendable (_ folder: String) async throws -> Void
    ) throws {
        self.store = store
        let folder = RehearsedBackup.standard(folder)
        self.folder = folder
        interval = intervalMilliseconds
        self.mark = mark
        self.make = make
        let good = try store.read { try $0.backupRecord().good }
        let last = good.flatMap { $0.folder == folder ? $0.made : nil }
        schedule = Mutex(
            BackupSchedule(now: store.world.now(), last: last, intervalMilliseconds: intervalMilliseconds))
        (events, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4))
    }

    /// Whether a copy is being made now.
    package var isRunning: Bool { schedule.withLock { $0.isRunning } }

    /// A person asks for a copy now.
    package func press() { sender.yield(true) }

    /// Runs until its task is cancelled, and a copy that is being made then with it.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(min(self.interval, Self.tickMilliseconds)))
                    self.sender.yield(false)
                }
                self.sender.finish()
            }
            for await isPressed in self.events where self.begins(isPressed: isPressed) {
                let end = await self.copy()
                self.schedule.withLock { _ = $0.take(end, now: self.store.world.now()) }
            }
            group.cancelAll()
        }
    }

    /// How often the clock is looked at; the disk is not.
    private static let tickMilliseconds: Int64 = 20_000

    private func begins(isPressed: Bool) -> Bool {
        let now = store.world.now()
        if isPressed { return schedule.withLock { $0.take(.pressed, now: now) } }
        guard schedule.withLock({ $0.isDue(now: now) }) else { return false }
        let changed = (try? hasChanged()) ?? true
        return schedule.withLock { $0.take(.looked(changed: changed), now: now) }
    }

    private func hasChanged() throws -> Bool {
        guard let mark else { return true }
        return try store.read { store in
            let record = try store.backupRecord()
            guard let good = record.good, record.trouble == nil, good.folder == folder else { return true }
            return try mark(store) != good.mark
        }
    }

    /// - Returns: how it ended, for the schedule.
    private func copy() async -> BackupSchedule.Event {
        let before = try? lastGood()
        do {
            try await make(folder)
            return .ended(good: true)
        } catch {
            // Whoever stops the program stops the copy: nothing is wrong with that.
            guard !Task.isCancelled else { return .ended(good: false) }
            let coded = error as? any CodedError ?? StoreError(.backupFailed, ["code": "\(type(of: error))"])
            try? store.noteBackupTrouble(coded)
            // A copy that is good but for its photos is not made again for them.
            if let good = try? lastGood(), good != before { return .ended(good: true) }
            return Self.isFoundAtOnce(coded) ? .ended(good: false) : .failed
        }
    }

    private func lastGood() throws -> BackupRecord.Good? { try store.read { try $0.backupRecord().good } }

    /// Whether the trouble was met before anything was copied, and may be over with a disk that is plugged in.
    private static func isFoundAtOnce(_ error: any CodedError) -> Bool {
        let codes: [StoreError.Code] = [.backupFolderGone, .backupDiskGone, .backupNoRoom, .backupRunning]
        return codes.contains { $0.rawValue == error.code }
    }
}
