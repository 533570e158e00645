/// Why two records may be of one facility.
package enum FacilityLikeness: Hashable, Sendable {
    case name
    case address
    /// So many metres apart.
    case near(Int)

    /// Facilities are further apart than a locator errs.
    package static let nearMetres = 60
    /// Of the words of the shorter name, so many of ten stand in the other one.
    private static let sharedTenths = 8

    /// What two facilities have in common: names and addresses as people write them, places as ``Place`` has them.
    /// - Returns: nothing where all that is alike is what neighbours share: a street, or a place alone without a name near it.
    package static func of(
        _ a: (name: String, address: String, place: String), _ b: (name: String, address: String, place: String)
    ) -> [FacilityLikeness] {
        var reasons: [FacilityLikeness] = []
        if isAlike(a.name, b.name) { reasons.append(.name) }
        let (first, second) = (words(a.address), words(b.address))
        // A house number makes an address one.
        if !first.isEmpty, first == second, first.contains(where: { $0.contains(where: \.isNumber) }) {
            reasons.append(.address)
        }
        if let first = Place(a.place), let second = Place(b.place) {
            let metres = Int(first.distance(to: second).rounded())
            if metres <= nearMetres { reasons.append(.near(metres)) }
        }
        return reasons
    }

    private static func isAlike(_ a: String, _ b: String) -> Bool {
        let (first, second) = (Set(words(a)), Set(words(b)))
        let shorter = min(first.count, second.count)
        // One word alone is a kind of place: a market, a shop.
        guard shorter >= 2 else { return first == second && !first.isEmpty }
        return first.intersection(second).count * 10 >= shorter * sharedTenths
            && abs(first.count - second.count) <= shorter
    }

    private static func words(_ text: String) -> [String] {
        TextFold.folded(text).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
