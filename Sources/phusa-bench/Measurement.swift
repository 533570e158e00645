import Foundation

/// What was measured, printed as one line of JSON.
struct Measurement {
    private var members: [String: Any] = [:]

    init(_ what: String, _ numbers: KeyValuePairs<String, Double>) {
        members["what"] = what
        for (name, number) in numbers { members[name] = number == number.rounded() ? Int(number) as Any : number }
    }

    func print() throws {
        let data = try JSONSerialization.data(withJSONObject: members, options: .sortedKeys)
        FileHandle.standardOutput.write(data + Data("\n".utf8))
    }
}

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

extension [Double] {
    /// The value below which the share `part` of the numbers lies.
    func quantile(_ part: Double) -> Double {
        isEmpty ? 0 : sorted()[Swift.min(count - 1, Int(Double(count) * part))]
    }

    var median: Double { quantile(0.5) }
}
