import Foundation

/// A connection that sends what no browser would, byte for byte. It blocks.
package final class RawLine {
    package struct Trouble: Error {
        package let what: String
        package let code: Int32
    }

    private let socket: Int32

    /// - Parameter source: the loopback address that it comes from.
    package init(port: Int, from source: String = "127.0.0.1") throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Long: all tests together keep the machine busy.
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] { setsockopt(socket, SOL_SOCKET, option, &patience, size) }
        try Self.with(source, 0) { address, length in
            guard bind(socket, address, length) == 0 else { throw Trouble(what: "bind", code: errno) }
        }
        try Self.with("127.0.0.1", port) { address, length in
            guard connect(socket, address, length) == 0 else { throw Trouble(what: "connect", code: errno) }
        }
    }

    deinit { close(socket) }

    private static func with(
        _ host: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Sends text as it is, line ends included.
    /// - Returns: whether the other side took all of it.
    @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What comes up to the end of an answer's head, while the request may still be under way.
    package func receiveHead() throws -> String {
        var text = ""
        while !text.contains("\r\n\r\n") {
            guard let bytes = try next() else { break }
            text += String(decoding: bytes, as: UTF8.self)
        }
        return text
    }

    /// All that comes until the other side closes.
    /// - Throws: where it does not close within five minutes.
    package func receive() throws -> String {
        var bytes: [UInt8] = []
        while let more = try next() { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `nil` once the other side has closed, or torn down, the connection.
    private func next() throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count == 0 || count < 0 && errno == ECONNRESET { return nil }
        guard count > 0 else { throw Trouble(what: "receive", code: errno) }
        return Array(buffer[..<count])
    }
}
