import Agent
import Causality
import Hummingbird
import WebPages

extension AgentSite {
    /// Fetches from the hub what another machine brought there.
    func fetchAttachment(_ request: Request, _ hex: String) async throws -> Response {
        let body = try await submitted(request)
        guard let hash = Hash256(hex: hex) else { throw PagesError(.notFound) }
        try await sync.atHub { device, line in try device.fetchAttachment(hash, over: line) }
        let back = SitePath(body["back"])?.text ?? "/"
        return .seeOther("\(back)?done=fetched")
    }
}
