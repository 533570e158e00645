import CCurl
import Foundation
package import SyncProtocol
import Synchronization

/// Speaks to the hub over HTTP with libcurl, one connection per message. This file alone holds curl's pointers. A proxy is
/// taken from the environment, as libcurl does: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`.
package final class CurlTransport: HubTransport, Sendable {
    private let base: String
    private let authorities: String?
    /// The address on this machine that the latest exchange came from.
    private let localAddress = Mutex<String?>(nil)

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

    package func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        _ = Self.ready
        guard let handle = curl_easy_init() else { throw AgentError(.hubUnreachable, ["problem": "curl"]) }
        defer { curl_easy_cleanup(handle) }
        try withoutActuallyEscaping(next) { next in
            try withoutActuallyEscaping(take) { take in
                let call = Call(handle, next, take)
                try call.fill()
                try perform(call, handle, url: base + "/" + route.rawValue)
            }
        }
    }

    package var network: NetworkKind? { localAddress.withLock { $0 }.flatMap { NetworkKind(localAddress: $0) } }

    private static let ready: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static let limits: [(CURLoption, Int)] = [
        (CURLOPT_POST, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_CONNECTTIMEOUT, 10),
        (CURLOPT_LOW_SPEED_LIMIT, 10), (CURLOPT_LOW_SPEED_TIME, 30),
        // What is sent as it is made has no length, which only this version says by its headers.
        (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
    ]

    private func perform(_ call: Call, _ handle: UnsafeMutableRawPointer, url: String) throws {
        var headers = curl_slist_append(nil, "Content-Type: application/octet-stream")
        headers = curl_slist_append(headers, "Expect:")
        if !call.isWhole { headers = curl_slist_append(headers, "Transfer-Encoding: chunked") }
        defer { curl_slist_free_all(headers) }
        try Self.set(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        try Self.set(handle, CURLOPT_URL, url)
        try Self.set(handle, CURLOPT_USERAGENT, "phusa")
        if let authorities { try Self.set(handle, CURLOPT_CAINFO, authorities) }
        for (option, value) in Self.limits { try Self.check(phusa_curl_set_long(handle, option, value)) }
        if call.isWhole { try Self.check(phusa_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, call.pendingCount)) }
        let context = Unmanaged.passUnretained(call).toOpaque()
        try Self.check(phusa_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
        try Self.check(phusa_curl_set_pointer(handle, CURLOPT_READDATA, context))
        try Self.check(phusa_curl_set_reader(handle, Self.read))
        try Self.check(phusa_curl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        try Self.check(phusa_curl_set_writer(handle, Self.write))
        let outcome = withExtendedLifetime(call) { curl_easy_perform(handle) }
        var address: UnsafePointer<CChar>?
        // What failed may have gone out by a line that is there no more.
        if outcome == CURLE_OK { phusa_curl_local_address(handle, &address) }
        let known = address.map { String(cString: $0) }
        localAddress.withLock { $0 = known }
        if let failure = call.failure { throw failure }
        try call.checkReply(after: outcome)
    }

    /// One message and its answer under way; what curl's callbacks work on.
    private final class Call {
        private let handle: UnsafeMutableRawPointer
        private let next: () throws -> [UInt8]?
        private let take: ([UInt8]) throws -> Void
        private var pending: [UInt8] = []
        private var sent = 0
        private(set) var isWhole = false
        private(set) var failure: (any Error)?
        private var isHubs: Bool?

        /// A message up to this size is sent with its length; a longer one in pieces as they are made.
        private static let wholeBytes = 256 * 1024

        init(
            _ handle: UnsafeMutableRawPointer, _ next: @escaping () throws -> [UInt8]?,
            _ take: @escaping ([UInt8]) throws -> Void
        ) {
            self.handle = handle
            self.next = next
            self.take = take
        }

        var pendingCount: Int { pending.count - sent }

        func fill() throws {
            while pending.count < Self.wholeBytes {
                guard let piece = try next() else {
                    isWhole = true
                    return
                }
                pending += piece
            }
        }

        /// The next bytes of the message into curl's buffer; 0 at the end.
        func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
            do {
                while pendingCount == 0 {
                    guard !isWhole, let piece = try next() else { return 0 }
                    pending = piece
                    sent = 0
                }
            } catch {
                failure = error
                return Int(CURL_READFUNC_ABORT)
            }
            let count = min(buffer.count, pendingCount)
            buffer.copyBytes(from: pending[sent..<sent + count])
            sent += count
            return count
        }

        /// Bytes of the answer from curl's buffer.
        /// - Returns: how many were taken; fewer end the call.
        func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
            do {
                // What is no hub's message is read to its end and forgotten.
                if isHubsMessage(bytes.first) { try take(Array(bytes)) }
                return bytes.count
            } catch {
                failure = error
                return 0
            }
        }

        private var status: Int {
            var status = 0
            phusa_curl_status(handle, &status)
            return status
        }

        private func isHubsMessage(_ first: UInt8?) -> Bool {
            if let isHubs { return isHubs }
            var type: UnsafePointer<CChar>?
            phusa_curl_content_type(handle, &type)
            let isBytes = type.map { String(cString: $0).hasPrefix("application/octet-stream") } ?? false
            let known = isBytes && (status == 200 || first == MessageKind.refusal.rawValue)
            isHubs = known
            return known
        }

        func checkReply(after outcome: CURLcode) throws {
            try CurlTransport.check(outcome)
            guard isHubs != true else { return }
            // A gateway says that the hub behind it is away; anything else is somebody else's page.
            guard ![429, 502, 503, 504].contains(status) else {
                throw AgentError(.hubUnreachable, ["problem": "HTTP \(status)"])
            }
            throw AgentError(.hubNotAHub, ["status": "HTTP \(status)"])
        }
    }

    private typealias Transfer =
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int

    private static let read: Transfer = { buffer, size, count, context in
        guard let context else { return Int(CURL_READFUNC_ABORT) }
        return Unmanaged<Call>.fromOpaque(context).takeUnretainedValue()
            .give(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
    }

    private static let write: Transfer = { data, size, count, context in
        guard let context else { return 0 }
        return Unmanaged<Call>.fromOpaque(context).takeUnretainedValue()
            .receive(UnsafeRawBufferPointer(start: data, count: size * count))
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
