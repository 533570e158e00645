import Causality
import RecordStore
import Records

/// One change that takes part in a case.
struct CaseSide {
    let dot: Dot
    let dotWord: String
    let author: String
    let replica: ReplicaID
    let milliseconds: Int64
    let receivedAt: Int64?
    let base: Base

    private init(_ version: RecordView.Version) {
        dot = version.dot
        dotWord = version.dotWord
        author = version.author
        replica = version.replica
        milliseconds = version.time.milliseconds
        receivedAt = version.receivedAt
        base = version.base
    }

    /// A device's clock that runs ahead is caught where it wrote later than the hub received; one that is behind looks like a slow line.
    /// - Returns: minutes that it is ahead; `nil` where nothing is wrong.
    var minutesAhead: Int64? {
        guard let receivedAt, milliseconds - receivedAt >= Self.clockTolerance else { return nil }
        return (milliseconds - receivedAt) / 60_000
    }

    private static let clockTolerance: Int64 = 300_000

    /// The sides of a record's case, by their time.
    static func all(of view: RecordView) -> [CaseSide] {
        var versions: [Dot: RecordView.Version] = [:]
        for field in view.conflicts {
            for version in view.contestants(of: field) { versions[version.dot] = version }
        }
        return versions.values.map(CaseSide.init).sorted { ($0.milliseconds, $0.dot) < ($1.milliseconds, $1.dot) }
    }
}
