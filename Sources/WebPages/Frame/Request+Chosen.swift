import Foundation
package import Hummingbird

extension Request {
    /// What a form that is sent by its address says in a field: browsers write a space there as `+`.
    /// - Returns: `nil` for a field that is not there or empty.
    package func chosen(_ name: String) -> String? {
        for pair in uri.query?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == name else { continue }
            let value = parts[1].replacing("+", with: "%20").removingPercentEncoding ?? ""
            return value.isEmpty ? nil : value
        }
        return nil
    }
}
