import Agent
import Foundation
import RecordStore
import Records
import Testing
import Wording

/// A device's folder in which a backup is put back while others have it open.
@Suite struct RestoreTests {
    private static let form = FormDefinition(
        form: "visit", version: 1, title: Label(vi: "Thăm", en: "Visit"), group: "visits", writers: .unit,
        fields: [FieldDefinition(name: "name", type: .text, label: Label(vi: "Tên", en: "Name"))])

    private func save(_ name: String, on device: AgentDevice) throws {
        _ = try device.capture([
            Draft(.new(form: "visit", space: SpaceName.general("31120")), edits: [("name", .set(.text(name)))])
        ])
    }

    private func names(_ device: AgentDevice) throws -> Set<Value> {
        Set(try device.store.read { try $0.records(form: "visit") }.compactMap { $0.fields["name"] })
    }

    @Test func whoHasTheFormerStoreOpenCanSaveNothingInIt() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-restore-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = AgentDirectory(path: folder.appendingPathComponent("agent").path)
        let device = try directory.open(unit: "31120")
        try device.store.write { try $0.storeForm(Self.form) }
        try save("trước", on: device)
        let backup = folder.appendingPathComponent("a.bak").path
        try directory.backUp(to: backup)
        try save("sau", on: device)
        let restored = try directory.restore(backup)
        let error = #expect(throws: StoreError.self) { try save("vào kho cũ", on: device) }
        #expect(error?.kind == .replaced)
        #expect(try names(restored.device) == [.text("trước")])
        try save("vào kho mới", on: restored.device)
        try restored.device.store.close()
        try device.store.close()
        #expect(try names(try directory.open()) == [.text("trước"), .text("vào kho mới")])
        // What was replaced is kept whole, and can be put back in its turn.
        let other = AgentDirectory(path: folder.appendingPathComponent("other").path)
        let again = try other.restore(try #require(restored.replaced))
        #expect(try names(again.device) == [.text("trước"), .text("sau")])
    }
}
