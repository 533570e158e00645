import Causality
import Records
import SyncProtocol

/// What was decoded, in words that the vectors hold beside the bytes.
enum Describe {
    static func value(_ value: Value) -> JSON {
        switch value {
        case .null: ["kind": "null"]
        case .integer(let number): ["kind": "integer", "number": .number(number)]
        case .decimal(let number):
            ["kind": "decimal", "coefficient": .number(number.coefficient), "scale": .natural(UInt64(number.scale))]
        case .text(let text): ["kind": "text", "text": .text(text)]
        case .date(let date): ["kind": "date", "days": .number(Int64(date.days))]
        case .time(let time): ["kind": "time", "seconds": .natural(UInt64(time.seconds))]
        case .moment(let moment):
            [
                "kind": "moment", "milliseconds": .number(moment.milliseconds),
                "offset": .number(Int64(moment.offsetMinutes)),
            ]
        case .items(let items): ["kind": "items", "items": .list(items.map { .text($0) })]
        case .flag(let flag): ["kind": "flag", "flag": .bool(flag)]
        case .unknown(let kind, let bytes):
            ["kind": "unknown", "number": .natural(UInt64(kind)), "bytes": .hex(bytes)]
        }
    }

    static func dot(_ dot: Dot) -> JSON {
        ["replica": .hex(dot.replica.bytes), "sequence": .natural(dot.sequence)]
    }

    static func base(_ base: Base) -> JSON {
        [
            "position": .natural(base.position),
            "vector": .list(base.vector.entries.map { Self.dot(Dot($0.replica, $0.sequence)) }),
            "dots": .list(base.dots.map(dot)),
        ]
    }

    static func payload(_ payload: Payload) -> JSON {
        [
            "reason": payload.reason.map { .text($0) } ?? .null, "quotes": payload.quotes.map(dot) ?? .null,
            "operations": .list(
                payload.operations.map { operation in
                    [
                        "field": .text(operation.register.field),
                        "item": operation.register.item.map { .text($0) } ?? .null, "value": value(operation.value),
                    ]
                }),
        ]
    }

    static func record(_ record: RecordID) -> JSON {
        switch record {
        case .created(let dot):
            ["kind": "created", "replica": .hex(dot.replica.bytes), "sequence": .natural(dot.sequence)]
        case .keyed(let key): ["kind": "keyed", "key": .hex(key.bytes)]
        }
    }

    static func time(_ time: HybridTime) -> JSON {
        ["milliseconds": .number(time.milliseconds), "counter": .natural(UInt64(time.counter))]
    }

    static func header(_ header: ChangeHeader) -> JSON {
        let target: JSON =
            switch header.target {
            case .creates: ["kind": "creates"]
            case .record(let id): record(id)
            }
        return [
            "form": .text(header.form.form), "version": .natural(header.form.version), "target": target,
            "author": .text(header.author), "time": time(header.time), "base": header.base.map(base) ?? .null,
        ]
    }

    static func position(_ position: LogPosition) -> JSON {
        [
            "epoch": .natural(position.epoch), "index": .natural(position.index), "hash": .text(position.hash.hex),
        ]
    }

    static func dependency(_ dependency: Dependency) -> JSON {
        let exceptions = dependency.exceptions.sorted { $0.key < $1.key }.map { replica, head -> JSON in
            [
                "replica": .hex(replica.bytes), "sequence": .natural(head.sequence), "hash": .text(head.hash.hex),
            ]
        }
        return [
            "position": position(dependency.position), "exceptions": .list(exceptions),
            "catalogue": .natural(dependency.catalogue),
        ]
    }

    static func segment(_ segment: Segment) -> JSON {
        [
            "space": .text(segment.space), "replica": .hex(segment.replica.bytes),
            "previous": .text(segment.previous.hex), "dependency": dependency(segment.dependency),
            "first": .natural(segment.first),
            "changes": .list(
                segment.changes.map { ["header": header($0.header), "payload": .hex($0.payload)] }),
            "signature": .hex(segment.signature),
        ]
    }

    static func details(_ details: [String: String]) -> JSON {
        .object(
            details.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { JSON.Member(name: $0.key, value: .text($0.value)) })
    }

    static func receipt(_ receipt: LogPart.TravellingReceipt) -> [JSON.Member] {
        [
            .init(name: "replica", value: .hex(receipt.replica.bytes)),
            .init(name: "first", value: .natural(receipt.first)), .init(name: "last", value: .natural(receipt.last)),
            .init(name: "time", value: .number(receipt.time)),
            .init(name: "waiting", value: .list(receipt.waiting.map { .natural($0) })),
        ]
    }

    static func entry(_ entry: LogEntry) -> JSON {
        switch entry {
        case .receipt(let receipt):
            return .object(
                [.init(name: "kind", value: "receipt")] + Self.receipt(LogPart.TravellingReceipt(receipt))
                    + [.init(name: "end", value: .text(receipt.end.hex))])
        case .verdict(let verdict):
            return [
                "kind": "verdict", "dot": dot(verdict.dot), "accepted": .bool(verdict.accepted),
                "code": .text(verdict.code), "details": details(verdict.details),
            ]
        case .disposition(let disposition):
            return [
                "kind": "disposition", "dot": dot(disposition.dot),
                "outcome": .natural(UInt64(disposition.outcome.rawValue)), "person": .text(disposition.person),
                "reason": .text(disposition.reason), "time": .number(disposition.time),
            ]
        case .seal(let seal):
            return [
                "kind": "seal", "replica": .hex(seal.replica.bytes), "sequence": .natural(seal.head.sequence),
                "hash": .text(seal.head.hash.hex), "cause": .natural(UInt64(seal.cause.rawValue)),
                "time": .number(seal.time),
            ]
        case .fork(let fork):
            return [
                "kind": "fork", "parent": .hex(fork.parent.bytes), "after": .natural(fork.after),
                "link": .text(fork.link.hex),
            ]
        case .epoch(let epoch):
            return ["kind": "epoch", "number": .natural(epoch.number), "time": .number(epoch.time)]
        case .lost(let part):
            return [
                "kind": "lost", "start": position(part.start), "entries": .list(part.entries.map { .hex($0) }),
            ]
        }
    }

    static func certificate(_ certificate: Certificate) -> JSON {
        [
            "publicKey": .hex(certificate.publicKey), "unit": .text(certificate.unit),
            "spaces": .list(certificate.spaces.map { .text($0) }), "issued": .number(certificate.issued),
            "hub": .hex(certificate.hub.bytes), "signature": .hex(certificate.signature),
        ]
    }

    static func knowledge(_ knowledge: Knowledge) -> JSON {
        switch knowledge {
        case .named(let name): ["kind": "named", "name": .hex(name)]
        case .listed(let places):
            [
                "kind": "listed",
                "places": .list(
                    places.map {
                        [
                            "epoch": .natural($0.epoch), "index": .natural($0.index), "prefix": .hex($0.prefix),
                            "floor": floor($0.floor),
                        ]
                    }),
            ]
        }
    }

    static func requestHead(_ head: RequestHead) -> JSON {
        let kind: JSON =
            switch head.kind {
            case .first(let replica, let offer):
                ["kind": "first", "replica": .hex(replica.bytes), "offer": .hex(offer)]
            case .session(let id): ["kind": "session", "session": .natural(UInt64(id))]
            }
        return [
            "kind": kind, "counter": .natural(head.counter), "clock": .number(head.clock),
            "answerLimit": .natural(head.answerLimit), "knowledge": knowledge(head.knowledge),
        ]
    }

    /// A segment as it travels. Its headers stand in their canonical form.
    static func travelling(_ segment: TravellingSegment) -> JSON {
        let depends: JSON =
            switch segment.depends {
            case .at(let index, let catalogue):
                ["kind": "at", "index": .natural(index), "catalogue": .natural(catalogue)]
            case .inFull(let dependency): ["kind": "full", "dependency": Self.dependency(dependency)]
            }
        return [
            "replica": .hex(segment.replica.bytes), "depends": depends, "first": .natural(segment.first),
            "changes": .list(
                segment.changes.map { ["header": .hex($0.header.canonicalBytes), "payload": .hex($0.payload)] }),
            "signature": .hex(segment.signature),
        ]
    }

    static func part(_ part: LogPart) -> JSON {
        let items = part.items.map { item -> JSON in
            switch item {
            case .entry(let bytes): ["kind": "entry", "entry": .hex(bytes)]
            case .received(let receipt): .object([.init(name: "kind", value: "received")] + Self.receipt(receipt))
            case .brought(let receipt, let segment):
                .object(
                    [.init(name: "kind", value: "brought")] + Self.receipt(receipt)
                        + [.init(name: "segment", value: travelling(segment))])
            }
        }
        return ["space": .natural(UInt64(part.space)), "items": .list(items)]
    }

    static func frame(_ frame: AnswerFrame) -> JSON {
        [
            "last": .bool(frame.isLast), "more": .bool(frame.more),
            "certificates": .list(frame.certificates.map { .hex($0) }),
            "snapshot": frame.snapshot.map(snapshotPart) ?? .null, "parts": .list(frame.parts.map(part)),
            "signature": .hex(frame.signature),
            "notes": .list(
                frame.notes.map {
                    [
                        "space": .natural(UInt64($0.space)), "refusal": .text($0.refusal), "digest": .hex($0.digest),
                    ]
                }),
            "lines": .list(
                frame.lines.map { line in
                    [
                        "space": .natural(UInt64(line.space)),
                        "places": .list(
                            line.places.map { ["index": .natural($0.index), "prefix": .hex($0.prefix)] }),
                    ]
                }),
        ]
    }
}
