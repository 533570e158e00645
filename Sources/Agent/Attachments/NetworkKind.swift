import Foundation

/// What a machine is connected by. Somebody pays for some of them by the megabyte.
package enum NetworkKind: String, CaseIterable, Hashable, Sendable {
    case cable
    case wifi
    case mobile
    /// Tunnels, the machine itself, and what looks like a cable and may be a telephone.
    case other

    /// The kind of the interface that has `address`, as Linux tells it; `nil` where no interface has it (any more).
    /// - Parameter interfaces: the folder of the system that has one folder for each interface.
    init?(localAddress address: String, interfaces: String = "/sys/class/net") {
        guard let name = Self.interface(having: address) else { return nil }
        self.init(interface: name, in: interfaces)
    }

    /// The kind of an interface, by what the system has on it.
    init(interface name: String, in folder: String) {
        let place = "\(folder)/\(name)"
        func has(_ entry: String) -> Bool { FileManager.default.fileExists(atPath: "\(place)/\(entry)") }
        let type = FileManager.default.contents(atPath: "\(place)/uevent")
            .map { String(decoding: $0, as: UTF8.self) }?
            .split(separator: "\n").first { $0.hasPrefix("DEVTYPE=") }?.dropFirst("DEVTYPE=".count)
        switch type {
        case "wlan": self = .wifi
        case "wwan": self = .mobile
        case _ where Self.mobilePrefixes.contains(where: name.hasPrefix): self = .mobile
        // A telephone that lends its line over a cable looks like one.
        case _ where Self.mobileDrivers.contains(Self.driver(at: place)): self = .mobile
        case _ where Self.sharedDrivers.contains(Self.driver(at: place)): self = .other
        case _ where has("wireless") || has("phy80211"): self = .wifi
        case _ where has("device"): self = .cable
        default: self = .other
        }
    }

    /// What interfaces to mobile networks are called: modems, and lines dialled over them.
    private static let mobilePrefixes = ["wwan", "wwp", "rmnet", "ppp"]
    private static let mobileDrivers: Set<String> = [
        "rndis_host", "ipheth", "qmi_wwan", "cdc_mbim", "huawei_cdc_ncm", "sierra_net", "hso",
    ]
    /// Of telephones and sticks, and of cables' own adapters too.
    private static let sharedDrivers: Set<String> = ["cdc_ether", "cdc_ncm"]

    private static func driver(at place: String) -> String {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(place)/device/driver")
        return (link as NSString?)?.lastPathComponent ?? ""
    }

    private static func interface(having address: String) -> String? {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return nil }
        defer { freeifaddrs(first) }
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let socket = entry.ifa_addr else { continue }
            let isLong = socket.pointee.sa_family == AF_INET6
            guard isLong || socket.pointee.sa_family == AF_INET else { continue }
            let size = isLong ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(socket, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let found = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // An address of the link alone carries the interface behind a percent sign.
            if found.prefix(while: { $0 != "%" }) == address { return String(cString: entry.ifa_name) }
        }
        return nil
    }
}
