package import RecordStore

/// What people chose for photos and files of this machine. Small pictures go over any line and stay.
package struct PhotoRules: Hashable, Sendable {
    /// What photos and files themselves go over without being asked for; none: only when somebody asks.
    package var networks: Set<NetworkKind>
    /// Days after which a photo leaves this machine, when the hub has it and its small picture is here; `nil`: never.
    package var keptDays: Int?

    package static let mostDays = 3_650

    package init(networks: Set<NetworkKind> = Set(NetworkKind.allCases), keptDays: Int? = nil) {
        self.networks = networks
        self.keptDays = keptDays
    }
}

extension PhotoRules {
    /// Whether photos go over such a line by themselves.
    /// - Parameter network: `nil` where it is not known, which may be one that somebody pays for.
    func allow(_ network: NetworkKind?) -> Bool {
        network.map(networks.contains) ?? (networks.count == NetworkKind.allCases.count)
    }
}

extension StoreTransaction {
    private static let networksSetting = "photos.networks"
    private static let daysSetting = "photos.days"
    private static let never = "never"

    package func photoRules() throws -> PhotoRules {
        func text(_ name: String) throws -> String? { try setting(name).map { String(decoding: $0, as: UTF8.self) } }
        var rules = PhotoRules()
        if let names = try text(Self.networksSetting) {
            rules.networks = Set(names.split(separator: ",").compactMap { NetworkKind(rawValue: String($0)) })
        }
        if let days = try text(Self.daysSetting) {
            rules.keptDays = days == Self.never ? nil : Int(days) ?? rules.keptDays
        }
        return rules
    }

    /// - Throws: `photos.days` where they are none that a rule can have.
    package func setPhotoRules(_ rules: PhotoRules) throws {
        if let days = rules.keptDays, !(1...PhotoRules.mostDays).contains(days) {
            throw AgentError(.photoDays, ["most": String(PhotoRules.mostDays)])
        }
        let names = rules.networks.map(\.rawValue).sorted().joined(separator: ",")
        try setSetting(Self.networksSetting, Array(names.utf8))
        try setSetting(Self.daysSetting, Array((rules.keptDays.map(String.init) ?? Self.never).utf8))
    }
}
