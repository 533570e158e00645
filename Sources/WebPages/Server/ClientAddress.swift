import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore

/// Where a request came from. Only the connection tells: headers that a proxy writes, anybody may write. Where a proxy of ours stands
/// before us on this machine, what it wrote last is where its own connection came from.
package enum ClientAddress {
    /// - Parameter isBehindProxy: whether what comes from this machine comes through that proxy.
    package static func of(_ request: Request, _ context: PageContext, isBehindProxy: Bool) -> String {
        guard let connection = context.remoteAddress?.ipAddress else { return "unknown" }
        guard isBehindProxy, isThisMachine(connection),
            let told = request.headers[values: .xForwardedFor].last?.split(separator: ",").last?
                .trimmingCharacters(in: .whitespaces),
            (try? SocketAddress(ipAddress: told, port: 0)) != nil
        else { return connection }
        return told
    }

    package static func isThisMachine(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }

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

extension HTTPField.Name {
    package static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
}
