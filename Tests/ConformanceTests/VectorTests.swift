import Crypto
import Foundation
import Testing

/// The vectors of the specification are what this program makes, takes and refuses.
@Suite struct VectorTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("sync-protocol/vectors")

    /// Set, the test writes the vectors instead of comparing them.
    private static var writes: Bool { ProcessInfo.processInfo.environment["PHUSA_WRITE_VECTORS"] != nil }

    private static func hash(_ text: String) -> String { SHA256.hash(data: Data(text.utf8)).hex }

    /// Ties each file to its hash and to the rules of the text that it shows.
    private static func manifest(_ book: VectorBook) -> String {
        let entries = book.vectors.map { vector -> JSON in
            [
                "file": .text(vector.path), "sha256": .text(hash(vector.document.document)),
                "outcome": .text(vector.path.contains("/reject/") ? "reject" : "accept"),
                "shows": .list(vector.ids.map { .text($0) }),
            ]
        }
        return JSON.object([.init(name: "version", value: 1), .init(name: "vectors", value: .list(entries))]).document
    }

    private static var files: [String: String] {
        var files = Dictionary(
            VectorBook.all.vectors.map { ($0.path, $0.document.document) }, uniquingKeysWith: { first, _ in first })
        let manifest = manifest(VectorBook.all)
        files["manifest.json"] = manifest
        files["manifest.sha256"] = hash(manifest) + "\n"
        return files
    }

    @Test func everyVectorComesOutAsItSays() {
        #expect(VectorBook.all.problems.isEmpty)
        let paths = VectorBook.all.vectors.map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(paths.count > 200)
    }

    @Test func theCommittedVectorsAreThese() throws {
        let files = Self.files
        if Self.writes {
            try? FileManager.default.removeItem(at: Self.folder)
            for (path, text) in files {
                let file = Self.folder.appendingPathComponent(path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            return
        }
        let root = Self.folder.resolvingSymlinksInPath().path + "/"
        let found = FileManager.default.enumerator(at: Self.folder, includingPropertiesForKeys: [.isRegularFileKey])?
            .compactMap { $0 as? URL }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
            .map { String($0.resolvingSymlinksInPath().path.dropFirst(root.count)) }
        #expect(Set(found ?? []) == Set(files.keys))
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            let committed = try? String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
            #expect(committed == text, "\(path) is not what is made now; see sync-protocol/vectors.md")
        }
    }
}
