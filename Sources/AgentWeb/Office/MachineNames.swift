import Foundation
import NIOCore

/// What this machine is called on its network.
package struct MachineNames: Sendable {
    /// Without a domain, in lower case; empty where it is not one that browsers could ask for.
    package let hostName: String
    /// Its addresses now, those that others reach it by first.
    package let addresses: @Sendable () -> [String]

    package init(hostName: String, addresses: @escaping @Sendable () -> [String]) {
        let name = hostName.lowercased().prefix { $0 != "." }
        let isName = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        self.hostName = isName ? String(name) : ""
        self.addresses = addresses
    }

    /// Of the machine that this runs on.
    package static let system = MachineNames(hostName: ownHostName()) { ownAddresses() }

    /// All that a browser may name it by, as they stand in a `Host` header without the port.
    package func accepted() -> Set<String> {
        var names: Set = ["localhost", "127.0.0.1", "[::1]"]
        if !hostName.isEmpty { names.formUnion([hostName, hostName + ".local"]) }
        return names.union(addresses().map { $0.contains(":") ? "[\($0)]" : $0 })
    }

    private static func ownHostName() -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Bridges of containers and virtual machines have addresses too, which nobody in the office reaches.
    private static let insiders = ["docker", "veth", "br-", "virbr", "lxc", "lxd", "podman", "cni"]

    private static func ownAddresses() -> [String] {
        let devices = (try? System.enumerateDevices()) ?? []
        let found = devices.compactMap { device -> (rank: Int, text: String)? in
            guard let text = device.address?.ipAddress?.lowercased(), let rank = rank(of: text) else { return nil }
            return (insiders.contains { device.name.hasPrefix($0) } ? 2 : rank, text)
        }
        return found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(
            \.element.text)
    }

    /// - Returns: `nil` for what no other machine reaches by this text: loopback, and addresses that need an interface's name.
    private static func rank(of address: String) -> Int? {
        if address.hasPrefix("127.") || address == "::1" || address.hasPrefix("fe80:") { return nil }
        if address.hasPrefix("169.254.") { return 2 }
        return address.contains(":") ? 1 : 0
    }
}
