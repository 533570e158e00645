import Causality
import Records
import SyncProtocol

/// What a device tells of itself.
enum DeviceVectors {
    private static let context: JSON = [
        "hub": .hex(Fixed.hub.replica.bytes), "publicKey": .hex(Fixed.device.publicKey),
    ]

    static func add(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let received = try DeviceReport.Received(bytes: bytes)
            guard received.isSigned(by: Fixed.device.publicKey, for: Fixed.hub.replica) else {
                throw Refusal(code: "request.forged")
            }
            let report = received.report
            return [
                "replica": .hex(received.replica.bytes), "counter": .natural(received.counter),
                "version": .text(report.version), "waiting": .natural(report.waiting),
                "photos": .natural(report.photos), "free": report.free.map { JSON.natural($0) } ?? .null,
                "epoch": .natural(report.epoch),
            ]
        }
        for (name, bytes) in [
            ("usual", message(report())), ("disk-unknown", message(report(free: nil))),
            ("largest", message(report(waiting: 1 << 40, photos: 1 << 40, free: 1 << 60), counter: 1 << 63 - 1)),
            ("html", message(report(version: "<b>1</b>"))),
        ] {
            book.accept(
                "device-report", name, ["D-1", "D-3"], context: context, bytes, isProven: true, decode: decode)
        }
        let good = message(report())
        let refused: [(String, [String], String, [UInt8])] = [
            ("of-another-device", ["D-1"], "request.forged", message(report(), signer: Fixed.peer)),
            ("for-another-hub", ["D-1"], "request.forged", message(report(), hub: Fixed.peer)),
            ("too-many-changes", ["D-3"], "bytes.too-large", message(report(waiting: 1 << 40 + 1))),
            ("too-many-photos", ["D-3"], "bytes.too-large", message(report(photos: .max))),
            ("too-much-disk", ["D-3"], "bytes.too-large", message(report(free: 1 << 60 + 1))),
            ("epoch-too-large", ["D-3"], "bytes.too-large", message(report(epoch: 1 << 63))),
            ("counter-too-large", ["D-3"], "bytes.too-large", message(report(), counter: 1 << 63)),
            (
                "version-of-10-kB", ["D-3"], "bytes.too-large",
                message(report(version: String(repeating: "1", count: 10_000)))
            ),
            ("version-empty", ["D-3"], "bytes.not-canonical", message(report(version: ""))),
            ("version-of-two-lines", ["D-3"], "bytes.not-canonical", message(report(version: "1\n2"))),
            ("another-version", ["V-3"], "wire.version-unknown", good.with(2, at: 1)),
            ("another-kind", ["E-2"], "wire.not-a-message", good.with(19, at: 0)),
            ("cut", ["E-2"], "bytes.truncated", Array(good.dropLast())),
            ("more", ["E-2"], "bytes.trailing", good + [0]),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("device-report", name, ids, code, context: context, bytes, decode: decode)
        }
    }

    private static func report(
        version: String = "0.1.0", waiting: UInt64 = 3, photos: UInt64 = 2, free: UInt64? = 12_000_000_000,
        epoch: UInt64 = 1
    ) -> DeviceReport {
        DeviceReport(version: version, waiting: waiting, photos: photos, free: free, epoch: epoch)
    }

    private static func message(
        _ report: DeviceReport, counter: UInt64 = 1_764_000_000_000, signer: ReplicaIdentity = Fixed.device,
        hub: ReplicaIdentity = Fixed.hub
    ) -> [UInt8] {
        report.bytes(counter: counter, signedBy: signer, hub: hub.replica)
    }
}
