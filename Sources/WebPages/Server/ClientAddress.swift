import NIOCore

/// Where a request came from. Only the connection tells: headers that a proxy writes, anybody may write.
package enum ClientAddress {
    /// What tries are counted by: of IPv6 the first half, since whoever has one address has all that share it.
    package static func counted(_ address: String) -> String {
        guard case .v6(let found)? = try? SocketAddress(ipAddress: address, port: 0) else { return address }
        // Behind the family, the port and the flow.
        let bytes = withUnsafeBytes(of: found.address) { Array($0[8..<24]) }
        // An IPv4 address, as a socket for both families shows it.
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes[12...].map(String.init).joined(separator: ".")
        }
        return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}
