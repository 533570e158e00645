import ArgumentParser
import Causality
import Foundation
package import RecordStore
package import Records
import Wording

/// What keeps records in a folder: a device or the hub.
package protocol RecordKeeper {
    var store: ReplicaStore { get }
    /// Where a new record goes unless it is said.
    var defaultSpace: String? { get }
    func capture(_ drafts: [Draft]) throws -> [Captured]
    /// Saves drafts as a part of a transaction of the store.
    func capture(_ drafts: [Draft], in store: StoreTransaction) throws -> [Captured]
}

/// A program whose folders hold records.
package protocol RecordProgram: Sendable {
    static func openKeeper(_ options: SharedOptions) throws -> any RecordKeeper
}

extension Value {
    /// As every output writes it: decimals, dates and times are strings, integers numbers, sets arrays.
    package var json: JSON {
        switch self {
        case .null: .null
        case .integer(let number): .number(number)
        case .items(let items): .texts(items)
        case .flag(let flag): .bool(flag)
        case .decimal, .text, .date, .time, .moment, .unknown: .text(plainText)
        }
    }
}

extension RecordView {
    package var json: JSON {
        .object([
            "record": .text(word), "form": .text(form), "space": .text(space), "deleted": .bool(deleted),
            "state": .text(state.rawValue), "fields": .object(fields.mapValues(\.json)),
            "versions": .object(versions.mapValues { .array($0.map(\.json)) }), "conflicts": .texts(conflicts),
        ])
    }

    package var text: String {
        var lines = ["\(word)  \(form)  \(space)  \(state.rawValue)" + (deleted ? "  @deleted" : "")]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { lines.append("  \(name) = \(value.plainText)") }
        for name in conflicts {
            lines.append("  ? \(name)")
            for version in versions[name] ?? [] {
                lines.append(
                    "      \(version.value.plainText)  \(version.author)  \(isoMoment(version.time.milliseconds))  \(version.dotWord)"
                )
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension RecordView.Version {
    var json: JSON {
        var members: [String: JSON] = [
            "value": value.json, "dot": .text(dotWord), "author": .text(author), "replica": .text(replica.word),
            "at": .moment(time.milliseconds), "state": .text(state.rawValue),
        ]
        if let item = register.item { members["item"] = .text(item) }
        return .object(members)
    }
}

extension StoredChange {
    package var fieldsJSON: JSON {
        var fields: [String: JSON] = [:]
        var members: [String: [String: JSON]] = [:]
        for operation in operations {
            if let item = operation.register.item {
                members[operation.register.field, default: [:]][item] = operation.value.json
            } else {
                fields[operation.register.field] = operation.value.json
            }
        }
        return .object(fields.merging(members.mapValues { .object($0) }) { first, _ in first })
    }
}

/// Where a replica stands in each of its spaces, as `status` shows it.
package func spacesJSON(_ store: StoreTransaction) throws -> JSON {
    .array(
        try store.allSpaces().map { space in
            let heads = try store.heads(in: space).map { replica, head in
                JSON.object([
                    "replica": .text(replica.word), "seq": .number(Int64(clamping: head.sequence)),
                    "hash": .text(head.hash.hex),
                    "kind": .text(try store.isHeld(replica, upTo: head, in: space) ? "held" : "floor"),
                ])
            }
            var members: [String: JSON] = [
                "space": .text(space.name), "digest": .text(space.digest.hex), "heads": .array(heads),
            ]
            if let filling = try store.filling(of: space) {
                members["filling"] = .object([
                    "loaded": .number(Int64(filling.loaded)),
                    "chunks": .number(Int64(filling.chunks)),
                ])
            }
            return .object(members)
        })
}
