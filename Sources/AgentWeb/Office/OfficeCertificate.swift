import Crypto
import Foundation
package import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL
package import RecordStore
import SwiftASN1
import WebPages
import Wording
import X509

/// The key and the certificate by which an office's browsers know this machine: `office.key` and `office.pem` in the device's
/// folder. Both are made once. The certificate is made anew, upon the same key, when its end is near; addresses that come and go
/// do not change it, since everybody in the office would have to compare a fingerprint again.
package struct OfficeCertificate: Sendable {
    /// Of the certificate, which every browser shows.
    package let fingerprint: Fingerprint
    /// Of its public key, which stays when the certificate is made anew.
    package let keyFingerprint: Fingerprint
    /// Milliseconds since 1970.
    package let end: Int64
    private let configuration: TLSConfiguration

    /// Two years: what telephones take at most.
    static let lifeSeconds: Int64 = 730 * 86_400
    static let renewalSeconds: Int64 = 30 * 86_400
    /// A telephone's clock may be behind.
    private static let slackSeconds: Int64 = 86_400

    /// - Parameter folder: the device's.
    /// - Throws: `office.certificate`, where the files cannot be read or written, or hold something else. What they hold is told
    ///   to nobody.
    package init(in folder: String, machine: MachineNames, world: World) throws {
        do {
            let key = try Self.key(at: folder + "/office.key", world)
            let certificate = try Self.certificate(at: folder + "/office.pem", key, machine, world)
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            let bytes = serializer.serializedBytes
            fingerprint = Fingerprint(of: bytes)
            keyFingerprint = Fingerprint(of: key.publicKey.derRepresentation)
            end = Int64(certificate.notValidAfter.timeIntervalSince1970) * 1000
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: [.certificate(try NIOSSLCertificate(bytes: bytes, format: .der))],
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)))
            configuration.minimumTLSVersion = .tlsv12
            // A client that does not say goodbye must not hold the end of the program up.
            configuration.shutdownTimeout = .seconds(1)
            self.configuration = configuration
        } catch {
            throw ReportedError(code: "office.certificate", details: ["folder": folder])
        }
    }

    /// How connections are spoken on.
    package func server() throws -> HTTPServerBuilder {
        try .tls(.http1(configuration: ServerShell.connections), tlsConfiguration: configuration)
    }

    private struct NoKey: Error {}

    private static func key(at path: String, _ world: World) throws -> P256.Signing.PrivateKey {
        if FileManager.default.fileExists(atPath: path) {
            return try P256.Signing.PrivateKey(pemRepresentation: try text(of: path))
        }
        // One in four thousand million draws is no key of the curve.
        for _ in 0..<8 {
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: world.random(32)) else { continue }
            try PrivateFile.write(Array(key.pemRepresentation.utf8), to: path)
            return key
        }
        throw NoKey()
    }

    private static func certificate(
        at path: String, _ key: P256.Signing.PrivateKey, _ machine: MachineNames, _ world: World
    ) throws -> Certificate {
        let now = world.now() / 1000
        if let kept = try? Certificate(pemEncoded: try text(of: path)),
            kept.publicKey == Certificate.PublicKey(key.publicKey)
        {
            let start = Int64(kept.notValidBefore.timeIntervalSince1970)
            let end = Int64(kept.notValidAfter.timeIntervalSince1970)
            if start <= now, now < end - renewalSeconds { return kept }
        }
        let fresh = try make(key, machine, serial: world.random(16), now: now)
        try PrivateFile.write(Array(try fresh.serializeAsPEM().pemString.utf8), to: path)
        return fresh
    }

    private static func text(of path: String) throws -> String {
        try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    }

    /// It vouches for itself and, being no authority, for nothing else: whoever installs it trusts this machine alone.
    private static func make(
        _ key: P256.Signing.PrivateKey, _ machine: MachineNames, serial: [UInt8], now: Int64
    ) throws -> Certificate {
        let signer = Certificate.PrivateKey(key)
        let name = try DistinguishedName { CommonName("PhuSa " + machine.hostName) }
        let names = machine.accepted().sorted().map { name in
            let address = try? SocketAddress(ipAddress: name.trimmingCharacters(in: ["[", "]"]), port: 0)
            return address.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0.addressBytes[...])) }
                ?? .dnsName(name)
        }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(bytes: [serial[0] & 0x7f | 0x40] + serial.dropFirst()),
            publicKey: signer.publicKey, notValidBefore: Date(timeIntervalSince1970: Double(now - slackSeconds)),
            notValidAfter: Date(timeIntervalSince1970: Double(now + lifeSeconds - slackSeconds)), issuer: name,
            subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            }, issuerPrivateKey: signer)
    }
}

extension SocketAddress {
    /// In network order: four bytes, or sixteen.
    fileprivate var addressBytes: [UInt8] {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        case .unixDomainSocket: []
        }
    }
}
