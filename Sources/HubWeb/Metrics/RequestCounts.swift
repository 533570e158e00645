import Hummingbird
import Synchronization
import WebPages

/// Counts what the hub answers, by what it was asked for and how it went. Whose request it was is not kept.
final class RequestCounts: RouterMiddleware, Sendable {
    typealias Context = PageContext

    struct Key: Hashable {
        let kind: String
        let status: Int
    }

    struct Sum {
        var count = 0
        /// Until the answer began.
        var seconds = 0.0
    }

    /// The protocol's own ways and some others; everything else is a page.
    private static let kinds: Set<Substring> = [
        "sync", "enrol", "succeed", "password", "attachments", "attachment", "device", "assets", "healthz", "paper",
    ]

    private let sums = Mutex<[Key: Sum]>([:])

    var current: [Key: Sum] { sums.withLock { $0 } }

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let first = request.uri.path.split(separator: "/", maxSplits: 1).first ?? ""
        let kind = Self.kinds.contains(first) ? String(first) : "page"
        do {
            let response = try await next(request, context)
            note(Key(kind: kind, status: response.status.code), since: start)
            return response
        } catch {
            note(Key(kind: kind, status: (error as? any HTTPResponseError)?.status.code ?? 500), since: start)
            throw error
        }
    }

    private func note(_ key: Key, since start: ContinuousClock.Instant) {
        let seconds = start.duration(to: .now) / .seconds(1)
        sums.withLock {
            $0[key, default: Sum()].count += 1
            $0[key, default: Sum()].seconds += seconds
        }
    }
}
