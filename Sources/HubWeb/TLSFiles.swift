package import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
import NIOCore
import NIOSSL
import WebPages
import Wording

/// A server's certificate chain and private key, read once when it starts.
package struct TLSFiles: Sendable {
    private let configuration: TLSConfiguration

    /// - Parameters:
    ///   - certificate: a PEM file, the server's own certificate first.
    ///   - key: a PEM file with its private key.
    /// - Throws: `hub.tls-files`.
    package init(certificate: String, key: String) throws {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(privateKey))
            configuration.minimumTLSVersion = .tlsv12
            // A client that does not say goodbye must not hold the end of the program up.
            configuration.shutdownTimeout = .seconds(1)
            // A key that does not belong to the certificate is found here and not by the first visitor.
            _ = try NIOSSLContext(configuration: configuration)
            self.configuration = configuration
        } catch {
            throw ReportedError(code: "hub.tls-files", details: ["problem": "\(certificate), \(key)"])
        }
    }

    /// HTTP/2 for browsers, and HTTP/1.1 for whoever asks for it.
    package func server() -> HTTPServerBuilder {
        HTTPServerBuilder { [configuration] responder in
            let spoken = try HTTP2UpgradeChannel(
                tlsConfiguration: configuration,
                configuration: .init(
                    idleTimeout: .seconds(75), gracefulCloseTimeout: .seconds(2),
                    streamConfiguration: ServerShell.connections), responder: responder)
            return Doorkeeper(TimedHandshake(spoken), counts: AddressCounts())
        }
    }
}
