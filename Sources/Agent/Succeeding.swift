import Causality
import RecordStore
import Records
package import SyncProtocol

/// Going on under a new key, and showing a hub that was put back from a copy that it had let the device in.
extension AgentDevice {
    /// What was tried in one exchange already.
    package struct Retries: Sendable {
        package init() {}
        var showedCertificate = false
        var wentOnAsNew = false
    }

    /// Tells the hub that the device goes on under a new key, if it does.
    package func succeed(with hub: HubLink, over transport: some HubTransport) throws {
        guard try store.read({ try !$0.succession().isEmpty }) else { return }
        try showCertificate(with: hub, over: transport)
    }

    /// Shows the device's certificate, with the steps from its key to the one that writes now, and keeps the new one.
    package func showCertificate(with hub: HubLink, over transport: some HubTransport) throws {
        let (message, replica) = try store.read { store in
            guard let certificate = try store.setting(Key.certificate) else { throw AgentError(.notEnrolled) }
            let message = Succession.bytes(
                certificate: certificate, try store.succession(), signedBy: store.identity)
            return (message, store.identity.replica)
        }
        let answer = try Self.checked(try transport.exchange(message, route: .succeed))
        let certificate = try SuccessionAnswer.certificate(answer, hubKey: hub.publicKey)
        guard certificate.replica == replica else { throw ProtocolError(.certificateWrong) }
        try store.write { store in
            // Another process may have gone on meanwhile; its own exchange tells the hub.
            guard store.identity.replica == replica else { return }
            try store.setCertificate(certificate.bytes, of: replica)
            try store.setSetting(Key.certificate, certificate.bytes)
            for space in certificate.spaces { try store.ensureSpace(space) }
            try store.endSuccession()
            try DeviceSession.forget(in: store)
        }
    }

    /// Whether asking once more helps after the device has shown its certificate, or has gone on as a new replica.
    package func heal(
        after refusal: Refusal, _ retries: inout Retries, with hub: HubLink, over transport: some HubTransport
    ) throws -> Bool {
        switch refusal.code {
        case "device.unknown" where !retries.showedCertificate:
            retries.showedCertificate = true
        case "request.replayed" where !retries.wentOnAsNew:
            // A new session counts from the clock, and above all that this store has used: somebody else used more.
            retries.wentOnAsNew = true
            try store.write { try $0.goOnAsNew() }
        default: return false
        }
        try showCertificate(with: hub, over: transport)
        return true
    }
}
