import Foundation
package import HTTPTypes
import Hummingbird
package import HummingbirdTesting
import NIOCore

/// A browser of the tests: keeps cookies, follows what a page's forms say, and runs no script.
package final class PageClient {
    private let client: any TestClientProtocol
    private var cookies: [String: String] = [:]
    package var language = "en"

    package init(_ client: any TestClientProtocol) { self.client = client }

    package struct Reply {
        package let status: Int
        package let headers: HTTPFields
        package let bytes: [UInt8]
        package var html: String { String(decoding: bytes, as: UTF8.self) }

        package var location: String { headers[.location] ?? "" }

        /// The fields of the page's form with this action, as a browser would send them.
        package func form(_ action: String) -> [(name: String, value: String)]? {
            Html(html).form(action: action)
        }
    }

    /// Every cookie that the browser holds, by its name.
    package var jar: [String: String] { cookies }

    /// Puts a cookie into the browser, as somebody who stole or made it does.
    package func plant(_ name: String, _ value: String) { cookies[name] = value }

    package func cookie(_ prefix: String) -> String? { cookies.first { $0.key.hasPrefix(prefix) }?.value }

    package func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.get, path, headers, body: nil)
    }

    package func post(
        _ path: String, _ fields: [(name: String, value: String)], _ headers: HTTPFields = [:]
    ) async throws -> Reply {
        let body = fields.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }.joined(separator: "&")
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await send(.post, path, headers, body: ByteBuffer(string: body))
    }

    /// Sends bytes as they are, as a page's script does.
    package func upload(_ path: String, _ bytes: [UInt8], _ headers: HTTPFields) async throws -> Reply {
        try await send(.post, path, headers, body: ByteBuffer(bytes: bytes))
    }

    /// Opens `page`, fills the form with `action` (`page` itself unless said), and sends it.
    package func submit(
        _ page: String, action: String? = nil, _ values: [String: String], _ headers: HTTPFields = [:]
    ) async throws -> Reply {
        let reply = try await get(page)
        return try await submit(reply, action: action ?? page, values, headers)
    }

    /// Fills the form of a page that was opened before, and sends it.
    package func submit(
        _ page: Reply, action: String, _ values: [String: String], _ headers: HTTPFields = [:]
    ) async throws -> Reply {
        guard var fields = page.form(action) else { throw NoForm(action: action, html: page.html) }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            fields.removeAll { $0.name == name }
            fields.append((name, value))
        }
        return try await post(action, fields, headers)
    }

    /// Fills the form with `action`, and sends it to another address, as a button with its own, or a script, does.
    package func submit(
        _ page: String, action: String, to address: String, _ values: [String: String]
    ) async throws -> Reply {
        let reply = try await get(page)
        guard var fields = reply.form(action) else { throw NoForm(action: action, html: reply.html) }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            fields.removeAll { $0.name == name }
            fields.append((name, value))
        }
        return try await post(address, fields)
    }

    package struct NoForm: Error {
        package let action: String
        package let html: String
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, body: ByteBuffer?
    ) async throws -> Reply {
        var headers = headers
        headers[.acceptLanguage] = headers[.acceptLanguage] ?? language
        if !cookies.isEmpty {
            headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
        let response = try await client.executeRequest(uri: path, method: method, headers: headers, body: body)
        for line in response.headers[values: .setCookie] {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? String(pair[1]) : ""
            cookies[String(pair[0])] = value.isEmpty ? nil : value
        }
        return Reply(
            status: response.status.code, headers: response.headers,
            bytes: Array(response.body.readableBytesView))
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
