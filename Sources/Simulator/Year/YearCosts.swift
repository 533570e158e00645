import Foundation

/// What a year came to.
package struct YearCosts: Sendable {
    package internal(set) var saves = 0
    package internal(set) var syncs = 0
    package internal(set) var lostAnswers = 0
    /// Days on which a device synced, which is what bytes are divided by.
    package internal(set) var deviceDays = 0
    package internal(set) var bytesUp = 0
    package internal(set) var bytesDown = 0
    package internal(set) var firstSyncs = 0
    package internal(set) var firstBytes = 0
    /// Devices that began a space with a snapshot and hold it still.
    package internal(set) var snapshots = 0
    package internal(set) var settled = 0
    package internal(set) var accepted = 0
    package internal(set) var dismissed = 0
    package internal(set) var replaced = 0
    package internal(set) var putBack = 0
    package internal(set) var cloned = 0
    package internal(set) var hubPutBack = 0
    package internal(set) var takenOver = 0
    /// Saved on a disk that was lost before anybody else had it.
    package internal(set) var goneWithDisk = 0
    package internal(set) var rounds = 0
    package internal(set) var records = 0
    package internal(set) var changes = 0
    package internal(set) var epoch: UInt64 = 0
    package internal(set) var hubBytes = 0
    package internal(set) var agentBytes: [Int] = []
    package internal(set) var seconds = 0.0

    package var lines: [String] {
        func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1_000_000) }
        let sorted = agentBytes.sorted()
        let days = max(1, deviceDays)
        return [
            "\(records)\trecords, \(changes) changes at the hub, in epoch \(epoch)",
            "\(saves)\tsaves, of which \(goneWithDisk) gone with a disk that nobody had a copy of",
            "\(syncs)\tsyncs, \(lostAnswers) more of which the answer was lost; at rest after \(rounds) rounds",
            "\(bytesUp / days) + \(bytesDown / days)\tbytes sent and received by a device on a day with a line",
            "\(firstBytes / max(1, firstSyncs))\tbytes of a first sync, \(firstSyncs) of them; \(snapshots) devices began a space with a snapshot",
            "\(settled)\tcases settled; of refused work \(accepted) accepted, \(dismissed) dismissed",
            "\(takenOver)\twards taken over, hub put back \(hubPutBack) times, devices replaced \(replaced), "
                + "put back \(putBack), cloned \(cloned)",
            "\(megabytes(hubBytes))\thub's database",
            "\(megabytes(sorted.isEmpty ? 0 : sorted[sorted.count / 2]))\tmedian of the devices' databases, the largest "
                + megabytes(sorted.last ?? 0),
            String(format: "%.1f\tseconds", seconds),
        ]
    }
}
