import Crypto

/// What people compare to know a certificate, or its key, again: the SHA-256 of its bytes.
package struct Fingerprint: Sendable, Equatable {
    /// 64 hexadecimal digits in capitals, as most browsers show them.
    package let text: String

    init(of bytes: some Sequence<UInt8>) {
        text = SHA256.hash(data: Array(bytes)).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The digits by fours, so that an eye keeps its place.
    package var groups: [String] {
        var rest = text[...]
        var groups: [String] = []
        while !rest.isEmpty {
            groups.append(String(rest.prefix(4)))
            rest = rest.dropFirst(4)
        }
        return groups
    }
}
