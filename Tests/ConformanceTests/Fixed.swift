import Causality
import Records
import SyncProtocol

/// The keys and values that the vectors are made with.
enum Fixed {
    static func identity(_ byte: UInt8) -> ReplicaIdentity {
        guard let identity = ReplicaIdentity(rawKey: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("any 32 bytes are a private key")
        }
        return identity
    }

    static let hub = identity(1)
    static let device = identity(2)
    static let peer = identity(3)
    static let space = "31120/general"
    static let clock: Int64 = 1_790_000_100
    static let hash = Hash256.of(tag: "an example")
    static let position = LogPosition(epoch: 1, index: 12, hash: .of(tag: "the log at 12"))

    static func decimal(_ text: String) -> Value { DecimalNumber(text).map { .decimal($0) } ?? .null }
    static func date(_ text: String) -> Value { CalendarDate(iso: text).map { .date($0) } ?? .null }
    static func time(_ text: String) -> Value { TimeOfDay(iso: text).map { .time($0) } ?? .null }
    static func moment(_ text: String) -> Value { Moment(iso: text).map { .moment($0) } ?? .null }

    static func header(_ target: ChangeHeader.Target = .creates, base: Base? = nil) -> ChangeHeader {
        ChangeHeader(
            form: FormReference("reading", version: 2), target: target, author: "lan",
            time: HybridTime(milliseconds: 1_790_000_000_000, counter: 1), base: base)
    }

    static func payload(_ number: Int64) -> Payload { Payload([Operation(RegisterKey("value"), .integer(number))]) }

    /// A signed segment that begins its replica's log.
    static func segment(
        _ headers: [ChangeHeader], dependency: Dependency? = nil, first: UInt64 = 1, previous: Hash256? = nil,
        payloads: [[UInt8]]? = nil, signer: ReplicaIdentity = device
    ) -> Segment {
        let changes = headers.enumerated().map { index, header in
            LoggedChange(
                sequence: first + UInt64(index), header: header,
                payload: payloads?[index] ?? payload(Int64(index)).canonicalBytes)
        }
        func build(_ signature: [UInt8]) -> Segment {
            Segment(
                space: space, replica: device.replica,
                previous: previous ?? Chain.origin(space: space, replica: device.replica),
                dependency: dependency ?? Dependency(position: position, catalogue: 2), changes: changes,
                signature: signature)
        }
        let unsigned = build([UInt8](repeating: 0, count: Signature.byteCount))
        let head = Head(sequence: unsigned.last, hash: unsigned.links().last ?? .zero)
        return build(
            signer.sign(
                tag: Chain.segmentTag, Chain.signedBytes(space: space, replica: device.replica, head: head)))
    }
}

/// Bytes put together by hand, for what no program would write.
func bytes(_ build: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    build(&writer)
    return writer.bytes
}

extension [UInt8] {
    func with(_ byte: UInt8, at index: Int) -> [UInt8] {
        var copy = self
        copy[index] = byte
        return copy
    }
}
