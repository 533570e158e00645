import RecordStore
import SyncProtocol

extension AgentDevice {
    /// What ends the transaction in which a preview plays its exchange.
    private struct Played: Error {}

    /// What a sync would do now. The hub is asked for its first answer, which is played and then forgotten, so that
    /// nothing changes here or there.
    /// - Returns: `bytesUp` and `changesUp` of all that waits, `bytesDown` and `changesDown` of the hub's first answer, and
    ///   the cases that would be open; `complete` when there is nothing to do.
    package func preview(over transport: some HubTransport) throws -> SyncReport {
        guard let hub = try hub() else { throw AgentError(.notEnrolled) }
        var report = SyncReport()
        let before = try store.read { try $0.conflictCount() }
        try playing { store in
            let all = try request(store, to: hub, budget: .max, answerLimit: ProtocolLimits.answerBytes)
            report.bytesUp = all.bytes.count
            report.changesUp = all.changes
        }
        let question = try nextRequest(to: hub, budget: 0, answerLimit: ProtocolLimits.answerBytes)
        report.roundTrips = 1
        let message = try Self.checked(try transport.exchange(question.bytes, route: .sync))
        report.bytesDown = message.count
        let answer = try SyncAnswer(
            bytes: message, request: SyncAnswer.name(ofRequest: question.bytes), hubKey: hub.publicKey)
        guard answer.hub == hub.replica else { throw ProtocolError(.answerForeign) }
        try playing { store in
            try take(answer, store, from: hub, &report)
            try store.bringUpToDate()
            report.conflicts = try store.conflictCount()
            report.refused = try store.openChanges(ownOnly: true)
                .filter { $0.decision == .refused && $0.disposed == nil }.count
        }
        report.newConflicts = max(0, report.conflicts - before)
        report.left = report.changesUp
        report.complete = report.changesUp == 0 && report.changesDown == 0
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
