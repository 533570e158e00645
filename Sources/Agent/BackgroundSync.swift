import Dispatch
import Foundation
import RecordStore
import Synchronization
package import Wording

/// How the exchange under way, or the latest one, stands: what a page shows of it.
package struct SyncProgress: Sendable {
    package enum Phase: String, Sendable {
        /// None was begun since the program started.
        case idle
        case running
        case done
        case failed
    }

    package var phase = Phase.idle
    /// Own changes to send when it began, and of them sent so far.
    package var total = 0
    package var report = SyncReport()
    /// When photos began to go, and how many bytes there were of them then.
    package var photos: (begun: ContinuousClock.Instant, bytes: Int)?
    package var error: ReportedError?
    /// Counts the exchanges, so that a page tells a new one from the one before.
    package var number = 0

    package var sent: Int { report.changesUp }
}

/// Keeps a device in step with its hub beside everything else: at a person's word, when something new was saved here (also
/// by a command in another process), and from time to time. One exchange at a time.
///
/// All decisions are ``SyncSchedule``'s; here is only what the world needs: a clock, a thread for the exchange, which
/// blocks, and the loop between them.
package final class BackgroundSync: Sendable {
    private let device: AgentDevice
    private let transport: @Sendable (AgentDevice.HubLink) throws -> any HubTransport
    private let progress = Mutex(SyncProgress())
    private let events: AsyncStream<SyncSchedule.Event>
    private let sender: AsyncStream<SyncSchedule.Event>.Continuation
    private let thread = DispatchQueue(label: "phusa.sync")
    private let isAutomatic: Bool
    /// What a person wants to go alone in the next exchange.
    private let wanted = Mutex<DeviceExchange.Waiting?>(nil)
    /// Whether a person wants photos to go over whatever line there is.
    private let areWanted = Mutex(false)
    /// How many wait for the line that a person stands behind: photos that go let them pass.
    private let callers = Mutex(0)
    /// Whether photos stopped for one of them.
    private let areInterrupted = Mutex(false)

    /// - Parameter isAutomatic: whether exchanges begin by themselves; otherwise only when a person asks.
    package init(
        device: AgentDevice, isAutomatic: Bool = true,
        transport: @escaping @Sendable (AgentDevice.HubLink) throws -> any HubTransport
    ) {
        self.device = device
        self.isAutomatic = isAutomatic
        self.transport = transport
        (events, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    }

    package func current() -> SyncProgress { progress.withLock { $0 } }

    /// A person asks for an exchange now.
    /// - Parameters:
    ///   - only: what is to go alone; `nil`: all that waits.
    ///   - photos: whether photos are to go over whatever line there is.
    package func press(only: DeviceExchange.Waiting? = nil, photos: Bool = false) {
        wanted.withLock { $0 = only }
        if photos { areWanted.withLock { $0 = true } }
        progress.withLock { progress in
            // Seen at once, also before the loop comes to it.
            guard progress.phase != .running else { return }
            progress = SyncProgress(phase: .running, number: progress.number + 1)
        }
        sender.yield(.pressed)
    }

    /// What an exchange would do now, and how many seconds asking took.
    package func preview() async throws -> (report: SyncReport, seconds: Double) {
        try await atHub { device, line in
            let start = ContinuousClock.now
            return (try device.preview(over: line), start.duration(to: .now) / .seconds(1))
        }
    }

    /// Asks the hub for something else than an exchange, after one that is under way.
    package func atHub<Answer: Sendable>(
        _ body: @escaping @Sendable (AgentDevice, any HubTransport) throws -> Answer
    ) async throws -> Answer {
        callers.withLock { $0 += 1 }
        defer {
            callers.withLock { $0 -= 1 }
            resumePhotos()
        }
        return try await withCheckedThrowingContinuation { continuation in
            thread.async {
                continuation.resume(
                    with: Result {
                        guard let hub = try self.device.hub() else { throw AgentError(.notEnrolled) }
                        return try body(self.device, try self.transport(hub))
                    })
            }
        }
    }

    /// Photos that let somebody pass go on.
    private func resumePhotos() {
        let were = areInterrupted.withLock { areInterrupted in
            defer { areInterrupted = false }
            return areInterrupted
        }
        if were { sender.yield(.saved) }
    }

    /// Something new was saved here.
    package func noticeSaved() { sender.yield(.saved) }

    /// Runs until its task is cancelled. An exchange under way is then left to itself: what it did not finish, the next one
    /// does.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch() }
            let start = ContinuousClock.now
            var schedule = SyncSchedule(now: 0, isAutomatic: self.isAutomatic)
            for await event in self.events {
                let now = Int64(start.duration(to: .now) / .milliseconds(1))
                let left = self.budgetLeft()
                if schedule.take(event, now: now, jitter: .random(in: 0..<1), isHeld: left.map { $0 <= 0 } ?? false) {
                    self.begin(maxBytes: schedule.isPressed ? nil : left)
                }
            }
            group.cancelAll()
        }
    }

    /// Lets time go by, and looks every two seconds whether another process saved something.
    private func watch() async {
        var seen = try? device.store.dataVersion()
        while !Task.isCancelled {
            // Nothing is due before there is a hub.
            if (try? device.hub()) ?? nil != nil { sender.yield(.tick) }
            try? await Task.sleep(for: .seconds(2))
            guard let version = try? device.store.dataVersion(), version != seen else { continue }
            seen = version
            if let waiting = try? device.waitingCount(), waiting > 0 { sender.yield(.saved) }
        }
        sender.finish()
    }

    /// What an exchange that begins by itself may bring over the line; `nil` for any number.
    private func budgetLeft() -> Int? {
        // What cannot be read now is no reason to keep work from its hub.
        guard let budget = try? device.store.read({ try $0.syncBudget() }) else { return nil }
        return budget.left.map { Int(clamping: $0) }
    }

    private func begin(maxBytes: Int?) {
        thread.async { self.sender.yield(.ended(reached: self.exchange(maxBytes: maxBytes))) }
    }

    /// One exchange, on a thread that may block.
    /// - Returns: whether the hub took part.
    private func exchange(maxBytes: Int?) -> Bool {
        do {
            guard let hub = try device.hub() else { throw AgentError(.notEnrolled) }
            let number = progress.withLock { progress in
                progress.number += progress.phase == .running ? 0 : 1
                return progress.number
            }
            progress.withLock { $0 = SyncProgress(phase: .running, number: number) }
            let only = wanted.withLock { wanted in
                defer { wanted = nil }
                return wanted
            }
            let isOver = { [self] in
                callers.withLock { $0 > 0 } || wanted.withLock { $0 != nil }
            }
            let photos = areWanted.withLock { areWanted in
                defer { areWanted = areWanted && only != nil }
                return areWanted
            }
            let line = try transport(hub)
            let report = try device.sync(
                over: line, maxBytes: maxBytes, only: only, photos: photos, isOver: isOver
            ) { report in
                progress.withLock { progress in
                    progress.report = report
                    progress.total = max(progress.total, report.changesUp + report.left)
                    if progress.photos == nil, report.attachments.left > 0 {
                        progress.photos = (.now, report.attachments.bytesLeft)
                    }
                }
            }
            progress.withLock { progress in
                progress.report = report
                progress.phase = .done
            }
            // Not on a line that a person keeps for one change, nor when a budget is nearly used up.
            if only == nil, maxBytes.map({ $0 - report.bytesUp - report.bytesDown > 1_000 }) ?? true {
                device.tellHub(after: report, over: line)
            }
            if report.attachments.isInterrupted {
                areInterrupted.withLock { $0 = true }
                if photos { areWanted.withLock { $0 = true } }
            } else if only != nil {
                resumePhotos()
            }
            if photos, report.attachments.trouble != nil { areWanted.withLock { $0 = true } }
            // Photos that the line lost several times wait as records would.
            return report.attachments.trouble != AgentError.Code.hubUnreachable.rawValue
        } catch {
            let coded = error as? any CodedError ?? StoreError(.unavailable, ["code": "\(type(of: error))"])
            progress.withLock { progress in
                progress.phase = .failed
                progress.error = ReportedError(code: coded.code, details: coded.details, retryable: coded.retryable)
            }
            return false
        }
    }
}
