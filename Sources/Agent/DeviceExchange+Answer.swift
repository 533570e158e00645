import Causality
import RecordStore
import Records
import SyncProtocol

/// Taking the answer as its bytes come: its head, then frame after frame.
extension DeviceExchange {
    /// Takes in a whole answer within a transaction of the caller's.
    func play(_ answer: [[UInt8]], in store: StoreTransaction) throws {
        playground = store
        defer { playground = nil }
        for piece in answer { try take(piece) }
        try finish()
    }

    func write(_ body: (StoreTransaction) throws -> Void) throws {
        if let playground { try body(playground) } else { try device.store.write(body) }
    }

    /// Takes in what came of the answer.
    /// - Throws: a ``Refusal`` where the hub does not serve the request; else what is wrong with the answer. Frames before
    ///   that stay taken.
    package func take(_ bytes: some Collection<UInt8>) throws {
        received += bytes.count
        guard stage != .overtaken else { return }
        reader.feed(bytes)
        if stage != .answering, stage != .done { try takeHead() }
        while stage == .answering, try takeFrame() {}
        guard stage != .done || reader.pendingCount == 0 else {
            throw ProtocolError(.malformed, ["problem": "trailing"])
        }
    }

    /// Checks that the answer came to its end.
    package func finish() throws {
        if reader.firstByte == MessageKind.refusal.rawValue, stage != .answering, stage != .overtaken {
            throw try refusal()
        }
        guard stage == .done || stage == .overtaken else { throw ProtocolError(.answerCut) }
    }

    private func refusal() throws -> Refusal { try Refusal(bytes: reader.takeAll()) }

    private func takeHead() throws {
        switch reader.firstByte.flatMap(MessageKind.init(rawValue:)) {
        case nil where reader.pendingCount == 0: return
        case .refusal:
            guard reader.pendingCount <= ProtocolLimits.headBytes else { throw ProtocolError(.notAMessage) }
        case .sessionAnswer where session != nil:
            _ = reader.takeByte()
            stage = .answering
        case .firstAnswer where offer != nil:
            let head = try decoding { () throws(DecodingFailure) in
                try reader.takeBlock(skipping: 1, limit: ProtocolLimits.headBytes)
            }
            guard let head else { return }
            try beginSession(AnswerHead(head.body, request: name, hubKey: hub.publicKey))
            stage = .answering
        default: throw ProtocolError(.notAMessage)
        }
    }

    private func beginSession(_ head: AnswerHead) throws {
        guard let offer else { throw ProtocolError(.notAMessage) }
        let session = DeviceSession(
            id: head.session, keys: try offer.keys(with: head.offer, request: name), epoch: head.epoch,
            begun: head.time / 1000, counter: 0)
        try write { try session.keep(in: $0) }
        self.session = session
        epoch = head.epoch
    }

    private func takeFrame() throws -> Bool {
        let came = try decoding { () throws(DecodingFailure) in
            try reader.takeBlock(limit: ProtocolLimits.packedBytes, trailer: SessionKeys.proofByteCount)
        }
        guard let came, let session else { return false }
        guard session.keys.isFrameProof(came.trailer, of: came.whole, number: frames, request: name) else {
            throw ProtocolError(.answerForeign)
        }
        frames += 1
        do {
            try write { try take(came.body, $0) }
        } catch let error as ProtocolError where error.kind == .floorTooHigh {
            // Nothing of the frame stays. The log is asked for from its beginning, as for a snapshot that was wrong.
            try write { try $0.letGoOfFloor(error.details["space"] ?? "") }
            throw error
        }
        if let failure { throw failure }
        return true
    }

    private func take(_ body: [UInt8], _ store: StoreTransaction) throws {
        let contents = try Frame.contents(body) { try store.dictionary(named: $0) }
        let frame = try Self.reading {
            try AnswerFrame.read(contents) { number in
                let space = try store.space(try spaceName(number))
                return (
                    positions[number].index,
                    store.reading(for: asker, hub: hub.replica, in: space, clock: clock)
                )
            }
        }
        try apply(frame, store)
        if frame.isLast, stage != .overtaken {
            more = more || frame.more
            stage = .done
        }
    }

    func spaceName(_ number: Int) throws -> String {
        guard number < spaces.count else { throw ProtocolError(.answerIncomplete) }
        return spaces[number]
    }

    static func reading<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let failure as DecodingFailure { throw ProtocolError(failure) }
    }
}
