import Foundation

/// Answers each connection on loopback with the next of some prepared bytes, whatever it was asked.
final class ScriptedServer: @unchecked Sendable {
    // Unchecked: the socket and the replies are only read after the initializer.
    private let socket: Int32
    let port: UInt16

    init(_ replies: [[UInt8]]) throws {
        let listener = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, raw, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.fileWriteUnknown) }
        port = UInt16(bigEndian: address.sin_port)
        socket = listener
        Thread.detachNewThread {
            for reply in replies {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Self.swallowRequest(connection)
                _ = reply.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                shutdown(connection, Int32(SHUT_RDWR))
                close(connection)
            }
        }
    }

    deinit { close(socket) }

    /// Reads headers and as much of a body as they announce.
    private static func swallowRequest(_ connection: Int32) {
        var request = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            request.append(contentsOf: buffer[..<count])
            guard let end = request.range(of: Data("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).lowercased()
            let announced = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let length = announced.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            if request.count - end.upperBound >= length { return }
        }
    }
}
