import RecordStore
import Records
import SyncProtocol
import Wording

/// Telling the hub how this device is, so that somebody there sees a machine in need before its people call.
extension AgentDevice {
    /// Nothing new is told again before that.
    private static let tellMilliseconds: Int64 = 6 * 3_600_000
    private static let toldSetting = "device.told"

    /// Tells the hub of this device where that is due: every six hours after an exchange, or when something changed that matters
    /// there. It never fails: what it tells is no reason to hold up anything, and a hub that does not know the message is left alone
    /// until the next time.
    /// - Parameter report: of the exchange that the hub has just answered.
    package func tellHub(after report: SyncReport, over transport: some HubTransport) {
        guard report.hubEpoch > 0, let hub = try? hub(), let due = try? dueReport(report) else { return }
        do {
            let counter = try store.write(nextCounter)
            let message = due.report.bytes(counter: counter, signedBy: try store.identity, hub: hub.replica)
            let answer = try metered(transport, isSecure: hub.isSecure) { line in
                try Self.checked(try line.exchange(message, route: .device))
            }
            try DeviceReport.expectNoted(answer)
        } catch let error as any CodedError where error.retryable {
            return
        } catch {
            // An older hub, or one that will not hear it: asking again with every exchange would help nobody.
        }
        try? store.write { try $0.setSetting(Self.toldSetting, Array(due.mark.utf8)) }
    }

    /// What is to be told now, and by what it is remembered that it was; `nil` where nothing is due.
    private func dueReport(_ report: SyncReport) throws -> (report: DeviceReport, mark: String)? {
        let free = blobs.room
        let now = store.world.now()
        let photos = report.attachments.left + report.attachments.held
        let level = free.map { DiskRoom(free: $0, total: 0, disk: 0).level.rawValue } ?? ""
        let isWaiting = report.left + photos > 0
        let matters = [ProgramVersion.text, String(report.hubEpoch), level, String(isWaiting), try replica.word, ""]
            .joined(separator: " ")
        if let told = try store.read({ try $0.setting(Self.toldSetting) }).map({ String(decoding: $0, as: UTF8.self) }),
            told.hasPrefix(matters), let then = Int64(told.dropFirst(matters.count)),
            (0..<Self.tellMilliseconds).contains(now - then)
        {
            return nil
        }
        let tells = DeviceReport(
            version: ProgramVersion.text, waiting: UInt64(max(0, report.left)), photos: UInt64(max(0, photos)),
            free: free.map { UInt64(max(0, $0)) }, epoch: report.hubEpoch)
        return (tells, matters + String(now))
    }
}
