import CCurl
import Foundation
import SyncProtocol

/// Speaks to the hub over HTTP with libcurl, one connection per message. This file alone holds curl's pointers. A proxy is
/// taken from the environment, as libcurl does: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`.
package struct CurlTransport: HubTransport {
    private let base: String
    private let authorities: String?

    /// - Parameters:
    ///   - url: the hub's address, `http://` or `https://`, with or without a path.
    ///   - authorities: a file of certificates in PEM to trust instead of the system's, for a hub with one of its own.
    package init(url: String, authorities: String? = nil) throws {
        let trimmed = url.trimmingCharacters(in: .whitespaces)
        guard let parts = URLComponents(string: trimmed), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil
        else { throw AgentError(.hubURL, ["hub": url]) }
        base = trimmed.hasSuffix("/") ? String(trimmed.dropLast()) : trimmed
        self.authorities = authorities
    }

    package func exchange(_ message: [UInt8], route: HubRoute) throws -> [UInt8] {
        _ = Self.ready
        let reply = try post(message, to: base + "/" + route.rawValue)
        let isMessage = reply.type.hasPrefix("application/octet-stream")
        if isMessage, reply.status == 200 || reply.body.first == MessageKind.refusal.rawValue { return reply.body }
        // A gateway says that the hub behind it is away; anything else is somebody else's page.
        guard ![502, 503, 504].contains(reply.status) else {
            throw AgentError(.hubUnreachable, ["problem": "HTTP \(reply.status)"])
        }
        throw AgentError(.hubNotAHub, ["status": "HTTP \(reply.status)"])
    }

    private struct Reply {
        var status = 0
        var type = ""
        var body: [UInt8] = []
    }

    /// What curl's write callback fills.
    private final class Sink {
        var body: [UInt8] = []
        var isTooLarge = false
    }

    private static let ready: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private func post(_ message: [UInt8], to url: String) throws -> Reply {
        guard let handle = curl_easy_init() else { throw AgentError(.hubUnreachable, ["problem": "curl"]) }
        defer { curl_easy_cleanup(handle) }
        var headers = curl_slist_append(nil, "Content-Type: application/octet-stream")
        headers = curl_slist_append(headers, "Expect:")
        defer { curl_slist_free_all(headers) }
        let sink = Sink()
        let outcome = try message.withUnsafeBytes { bytes in
            try Self.set(handle, CURLOPT_PROTOCOLS_STR, "http,https")
            try Self.set(handle, CURLOPT_URL, url)
            try Self.set(handle, CURLOPT_USERAGENT, "phusa")
            if let authorities { try Self.set(handle, CURLOPT_CAINFO, authorities) }
            for (option, value) in Self.limits { try Self.check(phusa_curl_set_long(handle, option, value)) }
            try Self.check(phusa_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, bytes.count))
            try Self.check(phusa_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress))
            try Self.check(phusa_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
            try Self.check(
                phusa_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(sink).toOpaque()))
            try Self.check(phusa_curl_set_writer(handle, Self.write))
            return withExtendedLifetime(sink) { curl_easy_perform(handle) }
        }
        guard !sink.isTooLarge else { throw AgentError(.answerTooLarge) }
        try Self.check(outcome)
        var reply = Reply()
        phusa_curl_status(handle, &reply.status)
        var type: UnsafePointer<CChar>?
        phusa_curl_content_type(handle, &type)
        reply.type = type.map { String(cString: $0) } ?? ""
        reply.body = sink.body
        return reply
    }

    private static let limits: [(CURLoption, Int)] = [
        (CURLOPT_POST, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_CONNECTTIMEOUT, 10),
        (CURLOPT_LOW_SPEED_LIMIT, 10), (CURLOPT_LOW_SPEED_TIME, 30),
    ]

    private static let write: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int =
        {
            data, size, count, context in
            guard let context else { return 0 }
            let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
            let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
            guard sink.body.count + bytes.count <= ProtocolLimits.answerBytes else {
                sink.isTooLarge = true
                return 0
            }
            sink.body.append(contentsOf: bytes)
            return bytes.count
        }

    private static func set(_ handle: UnsafeMutableRawPointer, _ option: CURLoption, _ text: String) throws {
        try check(phusa_curl_set_text(handle, option, text))
    }

    private static func check(_ code: CURLcode) throws {
        guard code == CURLE_OK else {
            let kind: AgentError.Code =
                switch code {
                case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .hubCertificate
                case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL: .hubNotAHub
                default: .hubUnreachable
                }
            let problem = String(cString: curl_easy_strerror(code))
            throw AgentError(kind, ["problem": problem, "status": problem])
        }
    }
}
