import HTTPTypes
import Hub
import Hummingbird
import NIOCore
import NIOPosix
import RecordStore
import WebPages

/// How the hub stands, in the text format of Prometheus 0.0.4, on a port of its own. It names no unit, no person and no record.
struct HubMetrics: Sendable {
    let hub: Hub
    let copies: HubCopies
    let requests: RequestCounts

    func router() -> Router<PageContext> {
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        router.get("healthz") { _, _ in "ok" }
        router.get("metrics") { _, _ in
            let text = try await NIOThreadPool.singleton.runIfActive { try exposition() }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        return router
    }

    private func exposition() throws -> String {
        var lines = try hub.store.read { store in
            let board = try DeviceBoard(hub, store)
            let standings = Dictionary(grouping: board.entries, by: \.standing).mapValues(\.count)
            return Self.family("phusa_devices", "gauge", "Devices, by how they stand.") {
                DeviceStanding.allCases.map { ("standing=\"\($0.rawValue)\"", Double(standings[$0] ?? 0)) }
            }
                + Self.gauge("phusa_epoch", "The hub's epoch.", Double(board.epoch))
                + Self.gauge(
                    "phusa_conflicts_open", "Conflicts that wait for a person.", Double(try store.conflictCount()))
                + Self.gauge(
                    "phusa_refused_open", "Refused changes that nobody has dealt with.",
                    Double(try store.refusedWorkCount()))
                + Self.gauge(
                    "phusa_backup_late", "1 where the latest backup is older than it should be.",
                    try copies.alarm(store) == nil ? 0 : 1)
        }
        let now = hub.store.world.now()
        if let made = try hub.lastBackup() {
            lines += Self.gauge(
                "phusa_backup_age_seconds", "Since the latest backup was made.", Double(max(0, now - made)) / 1000)
        }
        if let room = hub.blobs.room {
            lines += Self.gauge("phusa_disk_free_bytes", "Room on the hub's disk.", Double(room))
        }
        let sums = requests.current.sorted { ($0.key.kind, $0.key.status) < ($1.key.kind, $1.key.status) }
        func label(_ key: RequestCounts.Key) -> String { "kind=\"\(key.kind)\",status=\"\(key.status)\"" }
        lines += Self.family("phusa_requests_total", "counter", "Requests answered.") {
            sums.map { (label($0.key), Double($0.value.count)) }
        }
        lines += Self.family("phusa_request_seconds_total", "counter", "Time until their answers began.") {
            sums.map { (label($0.key), $0.value.seconds) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func gauge(_ name: String, _ help: String, _ value: Double) -> [String] {
        family(name, "gauge", help) { [("", value)] }
    }

    private static func family(
        _ name: String, _ type: String, _ help: String, _ samples: () -> [(labels: String, value: Double)]
    ) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
            + samples().map { "\(name)\($0.labels.isEmpty ? "" : "{\($0.labels)}") \(number($0.value))" }
    }

    /// Whole numbers without a point, as people read them.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? String(value)
    }
}
