/// Comparisons of secrets.
package enum ConstantTime {
    /// Whether both are equal, in a time that does not tell where they differ.
    package static func areEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        // Both operators bind alike in Swift, so the brackets matter.
        a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
