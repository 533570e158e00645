import Causality
import RecordStore
import Records
package import SyncProtocol
import Wording

/// What an exchange did.
package struct SyncReport: Sendable {
    /// Requests sent, failed ones too.
    package var roundTrips = 0
    package var bytesUp = 0
    package var bytesDown = 0
    package var changesUp = 0
    package var changesDown = 0
    /// Own changes that stand refused now.
    package var refused = 0
    /// Open cases now, and how many of them are new.
    package var conflicts = 0
    package var newConflicts = 0
    package var hubEpoch: UInt64 = 0
    /// Nothing is left to send or fetch.
    package var complete = false
    /// Own changes without a receipt.
    package var left = 0
    /// Spaces that the hub did not serve, with the code that says why.
    package var refusals: [String: String] = [:]
    /// Photos and files, which go after what records say.
    package var attachments = AttachmentReport()

    package init() {}
}

extension AgentDevice {
    /// The spaces of an exchange, in the order of the device's certificate.
    func exchanged(_ store: StoreTransaction) throws -> [String] {
        guard let bytes = try store.setting(Key.certificate), let hub = try store.setting(Key.hubKey) else {
            throw AgentError(.notEnrolled)
        }
        return try Certificate(bytes: bytes, hubKey: hub).spaces
    }

    /// Greater than every counter before, also those of a copy of this device that lived on meanwhile.
    func nextCounter(_ store: StoreTransaction) throws -> UInt64 {
        let last = try store.setting(Key.counter).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0
        let next = max(last + 1, UInt64(clamping: self.store.world.now()))
        try store.setSetting(Key.counter, Array(String(next).utf8))
        return next
    }

    /// Notes that an exchange came to its end, and the code of what it could not do.
    func noteSync(error: String?, in store: StoreTransaction) throws {
        try store.setSetting(Key.lastSync, Array(String(self.store.world.now()).utf8))
        try store.setSetting(Key.lastError, error.map { Array($0.utf8) })
    }

    /// Exchanges until nothing is left, the byte budget is used up, or something fails.
    /// - Parameters:
    ///   - only: a change that is to go alone: one exchange, with what its log needs before it and as little answer as can be.
    ///   - photos: whether somebody asks for photos to go over whatever line there is.
    ///   - isOver: asked while photos go, which may take hours; whether they are to stop, since somebody else wants the line.
    ///   - progress: called before the first request and after each answer, with what was done and what is left.
    package func sync(
        over transport: some HubTransport, maxBytes: Int? = nil, only: DeviceExchange.Waiting? = nil,
        photos: Bool = false, isOver: () -> Bool = { false }, progress: (SyncReport) -> Void = { _ in }
    ) throws -> SyncReport {
        guard let hub = try hub() else { throw AgentError(.notEnrolled) }
        try mendTails()
        var report = SyncReport()
        report.left = try waitingCount()
        progress(report)
        let before = try store.read { try $0.conflictCount() }
        do {
            try metered(transport, isSecure: hub.isSecure) { line in
                while true {
                    try exchange(with: hub, over: line, maxBytes: maxBytes, only: only, &report, progress)
                    guard only == nil else { return }
                    try sendAttachments(with: hub, over: line, maxBytes: maxBytes, photos, isOver, &report, progress)
                    // What was saved meanwhile goes before the rest of the photos.
                    guard report.attachments.isInterrupted, !isOver() else { return }
                }
            }
        } catch {
            let code = (error as? any CodedError)?.code ?? StoreError.Code.unavailable.rawValue
            try? store.write { try $0.setSetting(Key.lastError, Array(code.utf8)) }
            throw error
        }
        try store.read { store in
            report.conflicts = try store.conflictCount()
            let own = try store.ownCounts()
            report.refused = own.refused
            report.left = own.unsent
        }
        report.newConflicts = max(0, report.conflicts - before)
        report.complete = report.complete && report.left == 0 && report.attachments.left == 0
        return report
    }

    private func sendAttachments(
        with hub: HubLink, over line: MeteredTransport, maxBytes: Int?, _ areAsked: Bool, _ isOver: () -> Bool,
        _ report: inout SyncReport, _ progress: (SyncReport) -> Void
    ) throws {
        var attachments = report.attachments
        let sent = attachments
        defer { report.attachments = attachments }
        let records = report
        let waiting = try waitingCount()
        attachments.isInterrupted = false
        let tell: (AttachmentReport) -> Void = {
            var now = records
            now.attachments = $0
            progress(now)
        }
        try sendAttachments(
            with: hub, epoch: report.hubEpoch, over: line,
            maxBytes: maxBytes.map { $0 - report.bytesUp - report.bytesDown - sent.bytesSent },
            areAsked: areAsked, isOver: { try isOver() || waitingCount() > waiting }, &attachments, tell)
        attachments.sent += sent.sent
        attachments.bytesSent += sent.bytesSent
    }

    private func exchange(
        with hub: HubLink, over transport: some HubTransport, maxBytes: Int?, only: DeviceExchange.Waiting?,
        _ report: inout SyncReport, _ progress: (SyncReport) -> Void
    ) throws {
        var lists = false
        var retries = Retries()
        try succeed(with: hub, over: transport)
        var snapshotsLeft = try store.read { try exchanged($0).count }
        while true {
            let used = report.bytesUp + report.bytesDown
            let room = maxBytes.map { $0 - used }
            guard room.map({ $0 > 0 }) ?? true || report.roundTrips == 0 else { return }
            var options = DeviceExchange.Options()
            options.listsKnowledge = lists
            if only != nil {
                options.only = only
                options.answerLimit = 1
            }
            if let room {
                options.budget = max(0, room)
                options.answerLimit = UInt64(max(1, room))
            }
            let before = try waitingCount()
            let exchange = DeviceExchange(self, with: hub, options)
            report.roundTrips += 1
            do {
                defer {
                    report.bytesUp += exchange.sent
                    report.bytesDown += exchange.received
                    report.changesDown += exchange.changesTaken
                }
                try transport.exchange(
                    .sync, sending: exchange.nextPiece,
                    receiving: { bytes in
                        try exchange.take(bytes)
                        var now = report
                        now.changesDown += exchange.changesTaken
                        now.bytesDown += exchange.received
                        progress(now)
                    })
                try exchange.finish()
            } catch let refusal as Refusal {
                if try mayGoOn(after: refusal, &lists) { continue }
                guard try heal(after: refusal, &retries, with: hub, over: transport) else { throw refusal }
                continue
            } catch let error as ProtocolError where Self.asksForTheLog.contains(error.kind) && snapshotsLeft > 0 {
                // The device has let go of it and asks for that space's log instead: once for each space.
                snapshotsLeft -= 1
                continue
            }
            // What the answer brought may have shown that another writes under the same key.
            try succeed(with: hub, over: transport)
            let left = try waitingCount()
            report.hubEpoch = try store.read { try $0.latestEpoch(exchange.epoch) }
            report.refusals = exchange.refusals
            report.changesUp += before - left
            report.left = left
            progress(report)
            if only != nil { return }
            // What the hub would not take now it will not take in the next request either.
            guard exchange.more || (left > 0 && left < before) else {
                report.complete = left == 0 && report.refusals.isEmpty
                return
            }
        }
    }

    private static let asksForTheLog: [ProtocolError.Code] = [.snapshotWrong, .floorTooHigh]

    /// Whether asking once more in another way helps: as a new session, or with every place named.
    package func mayGoOn(after refusal: Refusal, _ listsKnowledge: inout Bool) throws -> Bool {
        switch refusal.code {
        case ProtocolError.Code.sessionUnknown.rawValue, "request.replayed":
            // A device put back from a copy counts behind itself; a new session counts from the clock.
            return try store.write { store in
                defer { try? DeviceSession.forget(in: store) }
                return try DeviceSession.kept(in: store) != nil
            }
        case ProtocolError.Code.knowledgeUnknown.rawValue:
            defer { listsKnowledge = true }
            return !listsKnowledge
        default: return false
        }
    }

    /// How many of this device's changes have no receipt yet.
    package func waitingCount() throws -> Int { try store.read { try $0.ownCounts().unsent } }
}
