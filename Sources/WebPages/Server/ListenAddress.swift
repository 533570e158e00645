/// Where a program serves: `HOST:PORT`, port 0 for any that is free.
package struct ListenAddress: Sendable {
    package let host: String
    package let port: Int

    /// - Throws: `listen.invalid`.
    package init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw PagesError(.listenInvalid, ["address": text]) }
        let name = text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
        host = name.isEmpty ? "127.0.0.1" : String(name)
        self.port = port
    }

    /// Whether only this machine can reach it.
    package var isLocal: Bool { ["127.0.0.1", "localhost", "::1"].contains(host) }

    /// The address as browsers write it, once the port is known.
    package func url(port: Int, scheme: String = "http") -> String {
        "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
