import Agent
import Hummingbird
import NIOCore
import NIOPosix
import RecordStore
import Records
import WebPages

extension AgentSite {
    /// All that the hub has not accepted, as a file to carry away: JSON lines, as `phusa export --unsent` writes them. Made while
    /// it is sent, so that its size costs no memory. Where it cannot go on it breaks off, so that nobody takes a part for the whole.
    func unsentFile(_ request: Request) async throws -> Response {
        let (works, day) = try await NIOThreadPool.singleton.runIfActive {
            try device.store.read { store in
                (try store.openWork(), String(Moment(milliseconds: store.now)?.iso.prefix(10) ?? ""))
            }
        }
        let name = "phusa-\(device.unit)-\(day).jsonl"
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-ndjson; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: ResponseBody { writer in
                for start in stride(from: 0, to: works.count, by: Self.linesAtOnce) {
                    let lines = try await NIOThreadPool.singleton.runIfActive {
                        try device.store.read { store in
                            try works[start..<min(start + Self.linesAtOnce, works.count)].map { try store.line(of: $0) }
                        }
                    }
                    try await writer.write(ByteBuffer(bytes: lines.joined()))
                }
                try await writer.finish(nil)
            })
    }

    private static let linesAtOnce = 200
}
