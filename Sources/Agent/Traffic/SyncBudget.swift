import Foundation
package import RecordStore

/// How much may go over the line in a month by itself. What a person asks for goes in any case.
package struct SyncBudget: Hashable, Sendable {
    package enum Standing: String, Sendable {
        /// There is none.
        case none
        case open
        /// Four fifths are used.
        case near
        case used
    }

    /// Bytes a month; `nil`: any number.
    package let limit: Int64?
    /// Bytes of this month, both ways.
    package let used: Int64

    package init(limit: Int64?, used: Int64) {
        self.limit = limit
        self.used = used
    }

    package var standing: Standing {
        guard let limit else { return .none }
        return used >= limit ? .used : used >= limit / 5 * 4 ? .near : .open
    }

    /// What is left of it; `nil` where there is no limit.
    package var left: Int64? { limit.map { max(0, $0 - used) } }

    package static let most: Int64 = 1_000_000_000_000

    /// Bytes as people write them: `200MB`, `1,5 GB`, `500 kB`. A number alone is taken for megabytes.
    /// - Throws: `budget.invalid`.
    package static func bytes(_ text: String) throws -> Int64 {
        let plain = text.lowercased().filter { !$0.isWhitespace }.replacing(",", with: ".")
        let units: [(String, Double)] = [("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("", 1e6)]
        for (unit, scale) in units where plain.hasSuffix(unit) {
            let digits = plain.dropLast(unit.count)
            guard digits.allSatisfy({ "0123456789.".contains($0) }), let number = Double(digits) else { break }
            let bytes = number * scale
            guard bytes >= 1, bytes <= Double(most) else { break }
            return Int64(bytes)
        }
        throw AgentError(.budgetInvalid, ["text": String(text.prefix(40))])
    }
}

extension StoreTransaction {
    private static let budgetSetting = "sync.budget"

    package func syncBudget() throws -> SyncBudget {
        let limit = try setting(Self.budgetSetting).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
        return SyncBudget(limit: limit, used: try traffic().month.both)
    }

    /// - Parameter bytes: a month; `nil` for any number.
    package func setSyncBudget(_ bytes: Int64?) throws {
        try setSetting(Self.budgetSetting, bytes.map { Array(String($0).utf8) })
    }
}
