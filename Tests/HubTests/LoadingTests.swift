import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

/// The city's own folder loads, and a wrong one is refused with its line.
@Suite struct LoadingTests {
    private static let city = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("fixtures/can-tho")

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func theCityLoadsAndASecondTimeChangesNothing() throws {
        try inFolder { folder in
            let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32)))
            let hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: identity, world: .system)
            let city = try FixturesFolder(path: Self.city.path)
            let counts = try hub.load(city)
            #expect(counts["units"] == 103)
            #expect(counts["forms"] == 17)
            let before = try hub.store.read { try $0.allSpaces().map(\.position) }
            _ = try hub.load(city)
            #expect(try hub.store.read { try $0.allSpaces().map(\.position) } == before)
            #expect(try hub.store.read { try $0.allForms().count } == 17)
            #expect(try hub.store.read { try $0.records(form: "task", space: "31120/general").count } == 2)
            #expect(try hub.store.verify().isEmpty)
        }
    }

    @Test func aWrongFolderIsRefusedWithFileAndLine() throws {
        try inFolder { folder in
            let copy = folder.appendingPathComponent("city")
            try FileManager.default.copyItem(at: Self.city, to: copy)
            let people = copy.appendingPathComponent("people.csv")
            var text = try String(contentsOf: people, encoding: .utf8)
            text += "nobody,Không Ai,ward_staff,99999\n"
            try text.write(to: people, atomically: true, encoding: .utf8)
            let lines = text.split(separator: "\n").count
            #expect {
                _ = try FixturesFolder(path: copy.path)
            } throws: { error in
                (error as? FixturesError)?.details["place"] == "people.csv:\(lines)"
            }
        }
    }
}
