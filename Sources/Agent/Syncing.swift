import Causality
import RecordStore
import Records
import SyncProtocol
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

    package init() {}
}

/// The device's side of an exchange, as two functions over the store: make the next request, take the answer.
extension AgentDevice {
    package struct OutgoingRequest: Sendable {
        package let bytes: [UInt8]
        package let changes: Int
    }

    /// Closes what is open and writes the next request: where this device stands in each space, and its segments that
    /// the hub's log has no receipt for, as many as fit.
    package func nextRequest(to hub: HubLink, budget: Int, answerLimit: Int) throws -> OutgoingRequest {
        try store.write { store in
            let counter = try nextCounter(store)
            var room = min(budget, ProtocolLimits.requestBytes - 64 * 1024)
            var changes = 0
            var spaces: [SyncRequest.Space] = []
            for space in try store.allSpaces() {
                try store.seal(in: space)
                var segments: [[UInt8]] = []
                for first in try store.unreceivedSegments(in: space) {
                    guard let segment = try store.segment(of: replica, first: first, in: space) else { continue }
                    let bytes = segment.bytes
                    guard bytes.count <= room, segments.count < ProtocolLimits.segments else { break }
                    room -= bytes.count
                    changes += segment.changes.count
                    segments.append(bytes)
                }
                spaces.append(
                    SyncRequest.Space(
                        space: space.name, position: try store.space(space.name).position, segments: segments))
            }
            let request = SyncRequest(
                replica: replica, counter: counter, clock: self.store.world.now(), answerLimit: answerLimit,
                spaces: spaces)
            return OutgoingRequest(
                bytes: request.bytes(signedBy: self.store.identity, hub: hub.replica), changes: changes)
        }
    }

    /// Greater than every counter before, also those of a copy of this device that lived on meanwhile.
    private func nextCounter(_ store: StoreTransaction) throws -> UInt64 {
        let last = try store.setting(Key.counter).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0
        let next = max(last + 1, UInt64(clamping: self.store.world.now()))
        try store.setSetting(Key.counter, Array(String(next).utf8))
        return next
    }

    /// Takes in the answer to `request`, whole or not at all.
    /// - Returns: whether the hub has more to give.
    package func take(_ message: [UInt8], to request: [UInt8], from hub: HubLink, _ report: inout SyncReport) throws
        -> Bool
    {
        let answer = try SyncAnswer(
            bytes: try Self.checked(message), request: SyncAnswer.name(ofRequest: request), hubKey: hub.publicKey)
        guard answer.hub == hub.replica else { throw ProtocolError(.answerForeign) }
        var taken = 0
        var refusals: [String: String] = [:]
        try store.write { store in
            for bytes in answer.certificates {
                let certificate = try Certificate(bytes: bytes, hubKey: hub.publicKey)
                _ = try store.ensureReplica(certificate.replica, publicKey: certificate.publicKey, certificate: bytes)
            }
            for part in answer.spaces where try store.hasSpace(part.space) {
                if !part.refusal.isEmpty { refusals[part.space] = part.refusal }
                taken += try store.apply(part, epoch: answer.epoch)
                if let digest = part.digest { try compare(digest, at: part.position, in: part.space, store) }
            }
            if answer.spaces.contains(where: { $0.space == SpaceName.catalogue && !$0.items.isEmpty }) {
                try store.refreshForms()
            }
            try store.setSetting(Key.lastSync, Array(String(self.store.world.now()).utf8))
            try store.setSetting(Key.lastError, refusals.values.sorted().first.map { Array($0.utf8) })
        }
        report.changesDown += taken
        report.hubEpoch = answer.epoch
        report.refusals = refusals
        return answer.more
    }

    /// With nothing of one's own waiting, the same position means the same state; anything else is damage, and is said.
    private func compare(
        _ digest: StateDigest, at position: LogPosition, in name: String, _ store: StoreTransaction
    ) throws {
        let space = try store.space(name)
        guard space.position.index == position.index, try store.unreceivedSegments(in: space).isEmpty else { return }
        guard space.digest == digest else { throw AgentError(.digestDiffers, ["space": name]) }
    }

    /// Exchanges until nothing is left, the byte budget is used up, or something fails.
    /// - Parameter progress: called before the first request and after each answer, with what was done and what is left.
    package func sync(
        over transport: some HubTransport, maxBytes: Int? = nil, progress: (SyncReport) -> Void = { _ in }
    ) throws -> SyncReport {
        guard let hub = try hub() else { throw AgentError(.notEnrolled) }
        var report = SyncReport()
        report.left = try waitingCount()
        progress(report)
        let before = try store.read { try $0.conflictCount() }
        do {
            try exchange(with: hub, over: transport, maxBytes: maxBytes, &report, progress)
        } catch {
            let code = (error as? any CodedError)?.code ?? StoreError.Code.unavailable.rawValue
            try? store.write { try $0.setSetting(Key.lastError, Array(code.utf8)) }
            throw error
        }
        try store.read { store in
            report.conflicts = try store.conflictCount()
            let open = try store.openChanges(ownOnly: true)
            report.refused = open.filter { $0.decision == .refused && $0.disposed == nil }.count
            report.left = open.filter { $0.received == nil }.count
        }
        report.newConflicts = max(0, report.conflicts - before)
        report.complete = report.complete && report.left == 0
        return report
    }

    private func exchange(
        with hub: HubLink, over transport: some HubTransport, maxBytes: Int?, _ report: inout SyncReport,
        _ progress: (SyncReport) -> Void
    ) throws {
        while true {
            let used = report.bytesUp + report.bytesDown
            let room = maxBytes.map { $0 - used } ?? ProtocolLimits.requestBytes
            guard room > 0 || report.roundTrips == 0 else { return }
            let request = try nextRequest(
                to: hub, budget: max(0, room), answerLimit: min(max(1, room), ProtocolLimits.answerBytes))
            report.roundTrips += 1
            report.bytesUp += request.bytes.count
            let message = try transport.exchange(request.bytes, route: .sync)
            report.bytesDown += message.count
            let before = try waitingCount()
            let more = try take(message, to: request.bytes, from: hub, &report)
            let left = try waitingCount()
            report.changesUp += before - left
            report.left = left
            progress(report)
            // What the hub would not take now it will not take in the next request either.
            guard more || (left > 0 && left < before) else {
                report.complete = left == 0 && report.refusals.isEmpty
                return
            }
        }
    }

    /// How many of this device's changes have no receipt yet.
    package func waitingCount() throws -> Int { try store.read { try $0.ownCounts().unsent } }
}
