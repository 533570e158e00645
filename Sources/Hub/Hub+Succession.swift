import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol

/// Devices that go on under a new key, and devices of which a hub has lost its record: both show their certificate.
extension Hub {
    /// Answers a device that shows its certificate and, if it goes on under a new key, how it came to that.
    package func succeed(_ bytes: [UInt8]) throws -> [UInt8] {
        let succession = try Succession(bytes: bytes, hubKey: anchor.publicKey)
        return try store.write { store in
            try admit(succession.certificate, succession.certificate.bytes, store)
            guard let former = try Self.device(succession.certificate.replica, store) else {
                throw HubError(.deviceUnknown)
            }
            let replica = ReplicaID(publicKey: succession.publicKey)
            if let known = try store.certificate(of: replica), try Self.device(replica, store) != nil {
                return SuccessionAnswer.bytes(certificate: known)
            }
            // Keys between the two may have signed segments that wait.
            for step in succession.steps {
                let id = ReplicaID(publicKey: step.publicKey)
                guard try Self.device(id, store) == nil else { continue }
                let certificate = Certificate(
                    publicKey: step.publicKey, unit: former.unit, spaces: former.spaces, issued: self.store.world.now(),
                    hub: anchor
                ).bytes
                _ = try store.ensureReplica(id, publicKey: step.publicKey, certificate: certificate)
                try store.setCertificate(certificate, of: id)
                // Who was shut out is not let in by another name.
                try insertDevice(
                    id, unit: former.unit, spaces: former.spaces.joined(separator: " "),
                    enrolled: self.store.world.now(), former: former.replica, revoked: former.revoked,
                    reason: former.reason, store)
            }
            guard let certificate = try store.certificate(of: replica) else { throw HubError(.deviceUnknown) }
            return SuccessionAnswer.bytes(certificate: certificate)
        }
    }

    /// Whoever shows the hub's own certificate is known again, should the hub have lost its record of it.
    func admit(_ certificate: Certificate, _ bytes: [UInt8], _ store: StoreTransaction) throws {
        _ = try store.ensureReplica(certificate.replica, publicKey: certificate.publicKey, certificate: bytes)
        guard !certificate.isHubs, try Self.device(certificate.replica, store) == nil else { return }
        for space in certificate.spaces { try store.ensureSpace(space) }
        try insertDevice(
            certificate.replica, unit: certificate.unit, spaces: certificate.spaces.joined(separator: " "),
            enrolled: certificate.issued, store)
    }
}
