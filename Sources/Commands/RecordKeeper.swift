import ArgumentParser
import Causality
import Foundation
package import RecordStore
package import Records
import Wording

/// What keeps records in a folder: a device or the hub.
package protocol RecordKeeper {
    var store: ReplicaStore { get }
    var blobs: any BlobStore { get }
    /// Whether it is the hub, which has what it said to have.
    var isHub: Bool { get }
    /// Where a new record goes unless it is said.
    var defaultSpace: String? { get }
    func capture(_ drafts: [Draft]) throws -> [Captured]
    /// Saves drafts as a part of a transaction of the store.
    func capture(_ drafts: [Draft], in store: StoreTransaction) throws -> [Captured]
    /// What `verify` finds in what is kept beside records.
    func furtherProblems() throws -> [Problem]
}

extension RecordKeeper {
    package func furtherProblems() throws -> [Problem] { [] }
}

/// A program whose folders hold records.
package protocol RecordProgram: Sendable {
    static func openKeeper(_ options: SharedOptions) throws -> any RecordKeeper
}

extension RecordView {
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
