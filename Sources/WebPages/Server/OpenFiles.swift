import Foundation

/// How many files and connections the system lets this program have open.
package enum OpenFiles {
    /// So many are left for databases, photos and copies.
    private static let ownUse = 512

    /// Asks for as many as the system grants. What it grants by itself, often 1,024, is for programs that serve nobody.
    /// - Returns: how many there are now.
    @discardableResult package static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        let wanted = min(limit.rlim_max, 65_536)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            guard setrlimit(resource, &limit) == 0, getrlimit(resource, &limit) == 0 else { return 1024 }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many connections fit beside what the program itself needs.
    package static func connections(of open: Int, atMost most: Int) -> Int { min(most, max(64, open - ownUse)) }
}
