import RecordStore
import Records
import SyncProtocol

extension AgentDevice {
    /// What ends the transaction in which a preview plays its exchange.
    private struct Played: Error {}

    /// What a sync would do now. The hub is asked and its answer is played and then forgotten, so that nothing changes
    /// here or there.
    /// - Returns: `bytesUp` and `changesUp` of all that waits, `attachments` of the photos, `bytesDown` and `changesDown` of the hub's answer, and the
    ///   cases that would be open; `complete` when there is nothing to do.
    package func preview(over transport: some HubTransport) throws -> SyncReport {
        guard let hub = try hub() else { throw AgentError(.notEnrolled) }
        return try metered(transport, isSecure: hub.isSecure) { try preview(of: hub, over: $0) }
    }

    private func preview(of hub: HubLink, over transport: some HubTransport) throws -> SyncReport {
        var report = SyncReport()
        let before = try store.read { try $0.conflictCount() }
        let upload = DeviceExchange(self, with: hub)
        try playing { store in
            report.bytesUp = try upload.begin(store).count
            while let frame = try upload.nextUpload(store) { report.bytesUp += frame.count }
            report.changesUp = upload.changesSent
        }
        var options = DeviceExchange.Options()
        options.budget = 0
        while true {
            let question = DeviceExchange(self, with: hub, options)
            report.roundTrips += 1
            var answer: [[UInt8]] = []
            do {
                try transport.exchange(.sync, sending: question.nextPiece, receiving: { answer.append($0) })
                try playing { store in
                    try question.play(answer, in: store)
                    report.bytesDown += question.received
                    report.changesDown = question.changesTaken
                    report.hubEpoch = question.epoch
                    report.refusals = question.refusals
                    try store.bringUpToDate()
                    report.conflicts = try store.conflictCount()
                    report.refused = try store.ownCounts().refused
                }
                break
            } catch let refusal as Refusal {
                guard try mayGoOn(after: refusal, &options.listsKnowledge) else { throw refusal }
            }
        }
        report.newConflicts = max(0, report.conflicts - before)
        report.left = report.changesUp
        let photos = try attachmentsToSend()
        report.attachments.left = photos.count
        report.attachments.bytesLeft = photos.reduce(0) { $0 + $1.byteCount }
        report.complete = report.changesUp == 0 && report.changesDown == 0 && photos.isEmpty
        return report
    }

    /// Runs `body` in a transaction of which nothing stays.
    private func playing(_ body: (StoreTransaction) throws -> Void) throws {
        do {
            try store.write { store in
                try body(store)
                throw Played()
            }
        } catch is Played {}
    }
}
