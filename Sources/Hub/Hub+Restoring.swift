import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol

/// A hub that was put back from a copy finds out from its devices, and gets back from them what the copy lacks.
extension Hub {
    private static let epochSetting = "hub.epoch"

    /// The incarnation of the hub's log: 1, and one more with each time that it was put back.
    package func epoch() throws -> UInt64 { try store.read { try epoch($0) } }

    func epoch(_ store: StoreTransaction) throws -> UInt64 {
        try store.setting(Self.epochSetting).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 1
    }

    /// Goes on in a new epoch: each space's log says so before anything else, and the hub writes under a new key, since
    /// what it wrote under the old one may be lost and come back.
    package func openEpoch(after shown: UInt64 = 0) throws -> UInt64 {
        try store.write { try openEpoch(after: shown, $0) }
    }

    func openEpoch(after shown: UInt64, _ store: StoreTransaction) throws -> UInt64 {
        let number = max(try epoch(store), shown) + 1
        try AuditLog.add(.hubRestored, by: "", ["epoch": String(number)], in: store)
        try store.setSetting(Self.epochSetting, Array(String(number).utf8))
        for space in try store.allSpaces() {
            try store.record(.epoch(Epoch(number: number, time: receiptTime)), in: space)
        }
        try store.goOnAsNew()
        try store.endSuccession()
        let certificate = Certificate(
            publicKey: store.identity.publicKey, unit: "", spaces: [], issued: self.store.world.now(), hub: anchor)
        try store.setCertificate(certificate.bytes, of: certificate.replica)
        return number
    }

    /// Takes back what the hub has lost, as far as its own signature proves it.
    func takeBack(
        _ restoring: Restoring, _ asked: HubExchange.Asked, _ stops: inout [Int: String], _ store: StoreTransaction
    ) throws {
        for bytes in restoring.certificates {
            try admit(try Certificate(bytes: bytes, hubKey: anchor.publicKey), bytes, store)
        }
        for (number, evidence) in restoring.evidence {
            guard number < asked.device.spaces.count else { throw HubError(.spaceForbidden) }
            let name = asked.device.spaces[number]
            guard let end = evidence.provenEnd(of: name, hubKey: anchor.publicKey) else {
                throw ProtocolError(.signatureWrong, ["what": "checkpoint"])
            }
            try takeBack(evidence.part, endingAt: end, in: name, store)
        }
    }

    private func takeBack(
        _ part: LostPart, endingAt end: LogPosition, in name: String, _ store: StoreTransaction
    ) throws {
        guard let news = try store.news(in: part, store.space(name)) else { return }
        // A line of an earlier epoch was left behind when this one began.
        if max(1, try store.space(name).position.epoch) <= end.epoch {
            _ = try openEpoch(after: end.epoch, store)
        }
        try keep(news, in: store.space(name), store)
    }

    /// Notes what was lost in the log. Among it may be what had been lost before and given back then.
    private func keep(_ news: LostPart, in space: SpaceState, _ store: StoreTransaction) throws {
        if try !store.knowsStart(of: news, in: space) {
            try store.record(.lost(LostPart(root: news.start)), in: space)
        }
        for piece in news.pieces where !piece.isRoot { try store.record(.lost(piece), in: space) }
        for place in news.places {
            switch try? LogEntry(bytes: place.entry) {
            case .seal(let seal): try renew(seal, store)
            case .lost(let part):
                if let older = try store.news(in: part, space) { try keep(older, in: space, store) }
            default: continue
            }
        }
    }
}

extension LostPart {
    /// The part in pieces that an entry of the log holds.
    var pieces: [LostPart] {
        var pieces: [LostPart] = []
        var (start, entries, size) = (self.start, [[UInt8]](), 0)
        for place in places {
            if !entries.isEmpty, size + place.entry.count + 4 > Self.byteLimit {
                pieces.append(LostPart(start: start, entries: entries))
                start = LogPosition(epoch: self.start.epoch, index: place.index - 1, hash: place.previous)
                (entries, size) = ([], 0)
            }
            entries.append(place.entry)
            size += place.entry.count + 4
        }
        return pieces + [LostPart(start: start, entries: entries)]
    }
}
