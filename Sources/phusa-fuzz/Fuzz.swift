import Causality
import Records
import SyncProtocol

/// libFuzzer's own loop, from clang's runtime.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// Tries the decoders with whatever libFuzzer thinks of. An input's first byte chooses a decoder, the rest is for it. A
/// decoder may refuse; it may not crash, hang or take much memory, and what it takes must come back as it was.
@main enum Main {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        let code = runDriver(&count, &arguments) { start, count in
            let input = Array(UnsafeBufferPointer(start: start, count: count))
            guard let choice = input.first else { return 0 }
            Decoders.all[Int(choice) % Decoders.all.count](Array(input.dropFirst()))
            return 0
        }
        precondition(code == 0, "libFuzzer found something")
    }
}

enum Decoders {
    static let all: [@Sendable ([UInt8]) -> Void] = [
        payload, value, entry, enrolment, welcome, refusal, certificate, requestHead, answerHead, frame, upload, answer,
        blocks, manifest, chunk, answerFrame,
    ]

    private static let device = ReplicaID(high: 1, low: 2)
    private static let hub = ReplicaID(high: 3, low: 4)
    private static var reading: BatchReading {
        BatchReading(
            device: device, hub: hub, clock: 1_790_000_000, received: { $0 % 2 == 1 ? hub : nil },
            record: { $0.sequence % 2 == 1 ? .keyed(NaturalKey(high: 5, low: $0.sequence)) : nil })
    }

    private static func payload(_ bytes: [UInt8]) {
        let read = try? Payload(canonical: bytes)
        precondition((read == nil) == (Payload.scan(bytes) == nil), "reading and scanning agree")
        if let read { precondition(read.canonicalBytes == bytes, "a payload has one form") }
    }

    private static func value(_ bytes: [UInt8]) {
        if let read = try? Value(canonical: bytes) {
            precondition(read.canonicalBytes == bytes, "a value has one form")
        }
    }

    private static func entry(_ bytes: [UInt8]) {
        if let read = try? LogEntry(bytes: bytes) { precondition(read.bytes == bytes, "an entry has one form") }
    }

    private static func enrolment(_ bytes: [UInt8]) { _ = try? EnrolRequest(bytes: bytes) }

    private static func welcome(_ bytes: [UInt8]) {
        _ = try? EnrolAnswer(bytes: bytes, code: EnrolmentCode(random: [UInt8](repeating: 1, count: 13)), request: [])
    }

    private static func refusal(_ bytes: [UInt8]) {
        if let read = try? Refusal(bytes: bytes) { precondition(read.bytes == bytes, "a refusal has one form") }
    }

    private static func certificate(_ bytes: [UInt8]) {
        _ = try? Certificate(bytes: bytes, hubKey: [UInt8](repeating: 9, count: 32))
    }

    private static func requestHead(_ bytes: [UInt8]) { _ = try? RequestHead.read(bytes) }

    private static func answerHead(_ bytes: [UInt8]) {
        _ = try? AnswerHead(bytes, request: .zero, hubKey: [UInt8](repeating: 9, count: 32))
    }

    private static func frame(_ bytes: [UInt8]) { _ = try? Frame.contents(bytes) { _ in nil } }

    /// Contents as they stand in a frame: the first two bytes say how long the tail is.
    private static func contents(_ bytes: [UInt8]) -> (columns: [UInt8], tail: [UInt8]) {
        guard bytes.count >= 2 else { return ([], []) }
        let tail = min(Int(bytes[0]) << 8 | Int(bytes[1]), bytes.count - 2)
        return (Array(bytes[2..<bytes.count - tail]), Array(bytes.suffix(tail)))
    }

    private static func upload(_ bytes: [UInt8]) {
        let (columns, tail) = contents(bytes)
        var reader = ColumnReader(columns, tail: tail)
        var room = ProtocolLimits.frameBytes
        _ = try? Upload.read(from: &reader, room: &room) { _ in (12, reading) }
    }

    private static func answer(_ bytes: [UInt8]) {
        let (columns, tail) = contents(bytes)
        var reader = ColumnReader(columns, tail: tail)
        var room = ProtocolLimits.frameBytes
        _ = try? LogPart.read(from: &reader, room: &room) { _ in (12, reading) }
    }

    private static func answerFrame(_ bytes: [UInt8]) {
        let (columns, tail) = contents(bytes)
        _ = try? AnswerFrame.read(Frame.Contents(columns: columns, tail: tail)) { _ in (12, reading) }
    }

    private static func manifest(_ bytes: [UInt8]) {
        if let read = try? SnapshotManifest(bytes: bytes) {
            precondition(read.bytes == bytes, "a manifest has one form")
        }
    }

    private static func chunk(_ bytes: [UInt8]) {
        let (columns, tail) = contents(bytes)
        let context = SnapshotContext(hub: hub, position: 300, time: 1_790_000_000)
        let read = try? SnapshotChunk(Frame.Contents(columns: columns, tail: tail), context) { index in
            index % 2 == 1 ? device : nil
        }
        for change in read?.changes ?? [] {
            precondition((1...300).contains(change.received) && change.depends <= 300, "a change lies below the place")
            let operations = Payload.scan(change.logged.payload)?.count ?? 0
            precondition(change.remainders.count == operations, "each operation has a rest")
        }
    }

    private static func blocks(_ bytes: [UInt8]) {
        var reader = MessageReader()
        reader.feed(bytes)
        while let block = try? reader.takeBlock(limit: 1000, trailer: 16) { precondition(block.body.count <= 1000) }
    }
}
