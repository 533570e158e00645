/// The ids of the spaces that every installation has.
package enum SpaceName {
    /// Forms, units and indicators: written by the hub only.
    package static let catalogue = "city/catalog"

    /// A unit's work.
    package static func general(_ unit: String) -> String { unit + "/general" }

    /// A unit's people.
    package static func people(_ unit: String) -> String { unit + "/people" }

    package static func isPeople(_ space: String) -> Bool { space.hasSuffix("/people") }

    /// The name that spaces have in which a unit's people practise. No hub has a unit of such a name, and what is written
    /// there is signed for spaces that no hub takes in.
    package static func training(_ unit: String) -> String { unit + trainingEnd }

    private static let trainingEnd = ".tap-huan"

    /// Whether a unit's or a space's name is one for practice.
    package static func isTraining(_ name: String) -> Bool {
        name.prefix { $0 != "/" }.hasSuffix(trainingEnd)
    }

    /// The unit whose space it is; `nil` for the catalogue.
    package static func unit(of space: String) -> String? {
        guard space != catalogue, let slash = space.firstIndex(of: "/") else { return nil }
        return String(space[..<slash])
    }

    /// Whether `space` can be a space's id: `UNIT/NAME` of letters, digits, `.`, `_` and `-`, at most 64 bytes.
    package static func isValid(_ space: String) -> Bool {
        let parts = space.split(separator: "/", omittingEmptySubsequences: false)
        return space.utf8.count <= 64 && parts.count == 2 && parts.allSatisfy { isUnitCode(String($0)) }
    }

    /// Whether `code` can be a unit's code: `^[A-Za-z0-9._-]{1,32}$`.
    package static func isUnitCode(_ code: String) -> Bool {
        (1...32).contains(code.utf8.count)
            && code.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || [45, 46, 95].contains($0)
            }
    }
}
