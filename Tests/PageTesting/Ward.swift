package import Agent
import Foundation
package import Hub
package import RecordStore
package import Records
package import SyncProtocol
import Wording

/// A hub and two devices of one ward in a folder of their own, over a line that never breaks.
package final class Ward: @unchecked Sendable {
    // Everything in it is set once, before anybody else sees it.
    package struct Line: HubTransport, Sendable {
        let hub: Hub

        package func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            var message: [UInt8] = []
            while let piece = try next() { message += piece }
            let answer = try hub.reply(to: message, at: route)
            try take(answer)
        }
    }

    package static let unit = "31120"
    package static let space = SpaceName.general(unit)
    package let hub: Hub
    package let a: AgentDevice
    package let b: AgentDevice
    private let folder: URL

    package static let reading = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
            FieldDefinition(name: "value", type: .decimal, label: Label(vi: "Giá trị", en: "Value"), min: "-1000"),
            FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note")),
            FieldDefinition(
                name: "level", type: .selectOne, label: Label(vi: "Mức", en: "Level"),
                choices: [
                    Choice(name: "low", label: Label(vi: "thấp", en: "low")),
                    Choice(name: "high", label: Label(vi: "cao", en: "high")),
                ]),
            FieldDefinition(
                name: "signs", type: .selectMultiple, label: Label(vi: "Dấu hiệu", en: "Signs"), policy: .union,
                choices: ["dust", "noise", "smoke"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
        ])
    package static let visit = FormDefinition(
        form: "visit", version: 1, title: Label(vi: "Thăm", en: "Visit"), group: "inspections", writers: .unit,
        fields: [
            FieldDefinition(name: "place", type: .text, label: Label(vi: "Nơi", en: "Place"), required: true),
            FieldDefinition(name: "on", type: .date, label: Label(vi: "Ngày", en: "Date")),
            FieldDefinition(name: "photos", type: .image, label: Label(vi: "Ảnh", en: "Photos"), policy: .union),
        ])

    /// - Parameter world: of the hub and both devices.
    package init(world: World = .system) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let folder = folder
        func identity(_ byte: UInt8) -> ReplicaIdentity {
            ReplicaIdentity(rawKey: [UInt8](repeating: byte, count: 32))!
        }
        let hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: identity(1), world: world)
        self.hub = hub
        for form in [Self.reading, Self.visit] {
            _ = try hub.capture([
                Draft(
                    .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                    edits: [
                        ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                        ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                    ])
            ])
        }
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [
                    ("code", .set(.text(Self.unit))), ("name_vi", .set(.text("Phường <Cái Khế>"))),
                    ("name_en", .set(.text("<Cái Khế> Ward"))),
                ])
        ])
        try hub.addPerson(id: "lan", name: "Nguyễn <b>Lan</b>", role: "ward_staff", unit: Self.unit, password: nil)
        try hub.addPerson(id: "minh", name: "Trần Minh", role: "ward_staff", unit: Self.unit, password: nil)
        func device(_ byte: UInt8) throws -> AgentDevice {
            let device = try AgentDevice(
                path: folder.appendingPathComponent("\(byte).db").path, identity: identity(byte), unit: Self.unit,
                world: world, concurrentReads: true)
            let code = try hub.makeEnrolCode(unit: Self.unit, spaces: [], hours: 1).code
            _ = try device.enrol(url: "test:", code: code, over: Line(hub: hub))
            _ = try device.sync(over: Line(hub: hub))
            return device
        }
        a = try device(2)
        b = try device(3)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    package var line: Line { Line(hub: hub) }
    /// The folder of the databases.
    package var path: String { folder.path }

    package func sync(_ devices: AgentDevice...) throws { for device in devices { _ = try device.sync(over: line) } }

    /// Saves a record or an edit on a device.
    @discardableResult
    package func save(
        _ device: AgentDevice, _ edits: [(String, Draft.Edit)], to word: String? = nil, form: String = "reading",
        by author: String = ""
    ) throws -> String {
        let target: Draft.Target = word.map { .edit($0) } ?? .new(form: form, space: Self.space)
        let captured = try device.capture([Draft(target, edits: edits, author: author)])
        return try device.store.read { try $0.view(ofRow: captured[0].record).word }
    }

    package func show(_ store: ReplicaStore, _ word: String) throws -> RecordView {
        try store.read { try $0.view(ofRow: try $0.locate(word).row) }
    }

    package func changes(_ store: ReplicaStore, _ word: String) throws -> [StoredChange] {
        try store.read { try $0.changes(ofRecord: try $0.locate(word).row) }
    }

    /// A record that everybody has: key `k`, value 1.
    package func shared() throws -> String {
        let word = try save(a, [("key", .set(.text("k"))), ("value", .set(.decimal(DecimalNumber("1")!)))], by: "lan")
        try sync(a, b)
        return word
    }

    /// The same value entered differently on both devices: a case at the hub.
    package func conflict() throws -> String {
        let word = try shared()
        try save(a, [("value", .set(.decimal(DecimalNumber("4")!)))], to: word, by: "lan")
        try save(b, [("value", .set(.decimal(DecimalNumber("6")!)))], to: word, by: "minh")
        try sync(a, b, a)
        return word
    }
}
