import CryptoExtras
import Foundation
import SyncProtocol

/// By what a password is known again: a salt and what scrypt (RFC 7914) makes of both, with N = 2^15, r = 8, p = 1, which takes
/// 32 MiB for a moment.
package struct PasswordVerifier: Hashable, Sendable {
    package static let saltBytes = 16
    private static let keyBytes = 32

    /// Salt and key.
    package let bytes: [UInt8]

    /// - Parameter salt: 16 bytes of chance.
    package init(_ password: String, salt: [UInt8]) throws {
        bytes = salt + (try Self.derive(password, salt: salt))
    }

    /// `nil` where it is none.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.saltBytes + Self.keyBytes else { return nil }
        self.bytes = bytes
    }

    /// Reads ``text``.
    package init?(text: String) {
        guard let data = Data(base64Encoded: text) else { return nil }
        self.init(bytes: Array(data))
    }

    /// In base 64, as it travels to a unit's devices.
    package var text: String { Data(bytes).base64EncodedString() }

    /// One that accepts no password, for names that nobody has: looking costs the same time.
    package static let nobodys = PasswordVerifier(zeros: ())

    private init(zeros: Void) { bytes = [UInt8](repeating: 0, count: Self.saltBytes + Self.keyBytes) }

    package func accepts(_ password: String) -> Bool {
        guard let derived = try? Self.derive(password, salt: Array(bytes.prefix(Self.saltBytes))) else { return false }
        return ConstantTime.areEqual(derived, bytes.dropFirst(Self.saltBytes))
    }

    private static func derive(_ password: String, salt: [UInt8]) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.precomposedStringWithCanonicalMapping.utf8), salt: salt, outputByteCount: keyBytes,
            rounds: 1 << 15, blockSize: 8, parallelism: 1)
        return key.withUnsafeBytes { Array($0) }
    }
}
