import Agent
import AgentWeb
import Foundation
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing

/// A device for practice cannot be mistaken for the real one, by people or by a hub.
@Suite struct TrainingTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-practice-\(UUID().uuidString)")
    }

    private func directory() throws -> AgentDirectory {
        let directory = AgentDirectory(path: folder.path)
        let device = try directory.open(unit: Ward.unit, forms: [Ward.reading, Ward.visit])
        _ = try device.capture([
            Draft(.new(form: "visit", space: device.space), edits: [("place", .set(.text("Thật")))])
        ])
        try device.store.close()
        return directory
    }

    @Test func practiceHasTheFormsAndNothingThatWasSaved() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = try directory()
        let practice = try directory.openTraining()
        #expect(practice.isTraining && practice.unit == Ward.unit)
        #expect(try practice.store.read { try $0.allForms() }.map(\.form) == ["reading", "visit"])
        #expect(try practice.store.read { try $0.records(form: "visit") }.isEmpty)
        _ = try practice.capture([
            Draft(.new(form: "visit", space: practice.space), edits: [("place", .set(.text("Tập")))])
        ])
        try practice.store.close()
        let (again, real) = (try directory.openTraining(), try directory.open())
        #expect(!real.isTraining)
        #expect(try again.replica != real.replica)
        #expect(try again.store.read { try $0.records(form: "visit") }.map { $0.fields["place"] } == [.text("Tập")])
        #expect(try real.store.read { try $0.records(form: "visit") }.map { $0.fields["place"] } == [.text("Thật")])
        #expect(try again.store.read { try $0.allSpaces() }.map(\.name).allSatisfy { !$0.hasPrefix("31120/") })
    }

    @Test func aDeviceForPracticeJoinsNoHub() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let ward = try Ward()
        let practice = try directory().openTraining()
        let code = try ward.hub.makeEnrolCode(unit: Ward.unit, spaces: [], hours: 1).code
        let error = #expect(throws: AgentError.self) {
            try practice.enrol(url: "test:", code: code, over: ward.line)
        }
        #expect(error?.kind == .training)
        for (unit, spaces) in [(practice.spaceOwner, []), (Ward.unit, [practice.space])] {
            #expect(throws: (any Error).self) { try ward.hub.makeEnrolCode(unit: unit, spaces: spaces, hours: 1) }
        }
    }

    @Test func everyPageSaysSo() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let ward = try Ward()
        let practice = try directory().openTraining()
        for (device, isTraining) in [(practice, true), (ward.a, false)] {
            let sync = BackgroundSync(device: device, isAutomatic: false) { _ in ward.line }
            let application = Application(router: try AgentServer(device: device, sync: sync).router())
            try await application.test(.router) { client in
                let browser = PageClient(client)
                for page in ["/", "/forms/visit", "/forms/visit/new", "/outbox", "/sync", "/tasks", "/drafts"] {
                    let reply = try await browser.get(page)
                    #expect(reply.status == 200)
                    #expect(reply.html.contains("Not real data.") == isTraining, "\(page)")
                    #expect(reply.html.contains("<title>PRACTICE") == isTraining, "\(page)")
                }
                let home = try await browser.get("/").html
                #expect(home.contains("sends and fetches nothing") == isTraining)
            }
        }
    }
}
