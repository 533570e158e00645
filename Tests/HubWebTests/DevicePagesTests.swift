import Agent
import Causality
import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing
import WebPages

/// The board of devices, as a browser without scripts meets it.
@Suite struct DevicePagesTests {
    private final class Clock: Sendable {
        /// Monday 2026-11-02, 08:00 in Vietnam.
        private let time = Mutex<Int64>(1_793_581_200_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    private static let day: Int64 = 86_400_000
    private let clock = Clock()
    private let ward: Ward

    init() throws {
        let clock = clock
        ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        for (id, role) in [("viet", "hub_admin"), ("son", "auditor")] {
            try ward.hub.addPerson(id: id, name: id, role: role, unit: Ward.unit, password: "mật khẩu")
        }
    }

    private func browse(
        as name: String? = "viet", _ body: @escaping @Sendable (PageClient, Ward, Clock) async throws -> Void
    ) async throws {
        let (ward, clock) = (ward, clock)
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            if let name { try await Self.signIn(browser, name) }
            try await body(browser, ward, clock)
        }
    }

    /// Whoever was away for days has to sign in again.
    private static func signIn(_ browser: PageClient, _ name: String = "viet") async throws {
        _ = try await browser.submit("/sign-in", ["name": name, "password": "mật khẩu"])
    }

    private static func tell(
        _ ward: Ward, _ device: AgentDevice, version: String = "0.1.0", waiting: UInt64 = 0,
        free: UInt64 = 9_000_000_000,
        epoch: UInt64 = 1
    ) throws {
        let report = DeviceReport(version: version, waiting: waiting, photos: 0, free: free, epoch: epoch)
        let message = report.bytes(counter: 1 << 60, signedBy: try device.store.identity, hub: ward.hub.replica)
        _ = try ward.hub.note(report: message)
    }

    @Test func nobodySeesDevicesBeforeSigningIn() async throws {
        try await browse(as: nil) { browser, ward, _ in
            let word = try ward.a.replica.word
            for path in ["/devices", "/devices/\(word)", "/devices/\(word)/lost", "/devices/enrol"] {
                let reply = try await browser.get(path)
                #expect(reply.status == 303 && reply.location.hasPrefix("/sign-in"), "\(path)")
            }
            for path in [
                "/devices/\(word)/revoke", "/devices/\(word)/lost", "/devices/\(word)/retire", "/devices/enrol",
            ] {
                let reply = try await browser.post(path, [("reason", "x"), ("unit", Ward.unit), ("hours", "1")])
                #expect(reply.location.hasPrefix("/sign-in"), "\(path)")
            }
            #expect(try ward.hub.devices().allSatisfy { $0.revoked == nil && $0.retired == nil })
        }
    }

    @Test func everyPageKeepsTheRulesInBothLanguages() async throws {
        try await browse { browser, ward, _ in
            try Self.tell(ward, ward.a, version: "<b>9</b>", waiting: 3, free: 1_000, epoch: 7)
            _ = try ward.shared()
            let (a, b) = (try ward.a.replica.word, try ward.b.replica.word)
            try ward.hub.revoke(b, reason: "mất <i>ở chợ</i>")
            for language in ["vi", "en"] {
                browser.language = language
                let pages = [
                    "/devices", "/devices?standing=revoked", "/devices?unit=nowhere", "/devices/\(a)", "/devices/\(b)",
                    "/devices/\(a)/lost", "/devices/\(b)/lost", "/devices/enrol", "/devices/nowhere",
                ]
                for page in pages {
                    let reply = try await browser.get(page)
                    #expect(PageRules.violations(reply) == [], "\(page)")
                    #expect(reply.status == (page == "/devices/nowhere" ? 404 : 200), "\(page)")
                    for raw in ["<b>9", "<i>ở", "<Cái"] { #expect(!reply.html.contains(raw), "\(page)") }
                    let words = reply.html.split { " <>\n\"".contains($0) }
                    for word in words where !word.hasPrefix("device.revoked") {
                        let isKey = ["device.", "devices.", "lost.", "enrol."].contains { key in
                            word.hasPrefix(key) && word.count > key.count
                        }
                        #expect(!isKey, "\(page) shows \(word)")
                    }
                }
            }
        }
    }

    @Test func theBoardTellsHowEachDeviceStands() async throws {
        try await browse { browser, ward, clock in
            try Self.tell(ward, ward.a, version: "<b>9</b>", waiting: 3, free: 1_000, epoch: 7)
            var page = try await browser.get("/devices").html
            #expect(
                page.contains("Devices: 2") && page.components(separatedBy: "device-badge device-on-time").count == 3)
            for sentence in [
                "Version &lt;b&gt;9&lt;/b&gt;", "Waiting: changes 3, photos 0", "Disk nearly full: 1 kB left",
                "Knows epoch 7, the hub is in 1", "It has told nothing of itself", "Rhythm not known yet",
            ] { #expect(page.contains(sentence), "\(sentence)") }
            #expect(page.contains("&lt;Cái Khế&gt; Ward"))
            clock.pass(2 * Self.day)
            try ward.sync(ward.b)
            try await Self.signIn(browser)
            page = try await browser.get("/devices").html
            #expect(page.contains("device-badge device-silent") && page.contains("device-badge device-on-time"))
            #expect(page.contains("Devices <span class=\"count\">1</span>"))
            clock.pass(9 * Self.day)
            try await Self.signIn(browser)
            page = try await browser.get("/devices?standing=unreachable").html
            #expect(page.contains("device-badge device-unreachable") && page.contains("is a guess"))
            #expect(page.contains("Devices <span class=\"count\">2</span>"))
            #expect(try await browser.get("/devices?unit=\(Ward.unit)&standing=revoked").html.contains("There are no"))
        }
    }

    @Test(arguments: [(0, "Clock right", false), (4, "Clock 4 min ahead", false), (-5, "Clock 5 min behind", true)])
    func theClockIsToldAndFlagged(minutes: Int64, text: String, isFlagged: Bool) async throws {
        let clock = clock
        let off = World(now: { clock.now + minutes * 60_000 }, random: World.system.random)
        let path = ward.path + "/off.db"
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
        let device = try AgentDevice(path: path, identity: identity, unit: Ward.unit, world: off)
        let code = try ward.hub.makeEnrolCode(unit: Ward.unit, spaces: [], hours: 1).code
        _ = try device.enrol(url: "test:", code: code, over: ward.line)
        try ward.sync(device)
        try await browse { browser, _, _ in
            let page = try await browser.get("/devices/\(identity.replica.word)").html
            #expect(page.contains(text))
            #expect(page.contains("<li class=\"device-flag\">") == isFlagged)
        }
    }

    @Test func theStripShowsTheDaysAndSaysThem() async throws {
        try await browse { browser, ward, clock in
            for _ in 0..<3 {
                clock.pass(Self.day)
                try ward.sync(ward.a)
            }
            try await Self.signIn(browser)
            let page = try await browser.get("/devices/\(ward.a.replica.word)").html
            #expect(page.components(separatedBy: "class=\"day-on\"").count == 5)
            #expect(page.components(separatedBy: "class=\"day-off\"").count == 57)
            #expect(page.contains("In contact on 4 of the last 60 days"))
            #expect(page.contains("05/11/2026, 04/11/2026, 03/11/2026, 02/11/2026"))
            #expect(page.contains("Usually every working day"))
        }
    }

    @Test func aLostDeviceIsRevokedAndItsWorkTold() async throws {
        try await browse { browser, ward, clock in
            _ = try ward.shared()
            try Self.tell(ward, ward.a, waiting: 3)
            let word = try ward.a.replica.word
            let path = "/devices/\(word)/lost"
            let before = try await browser.get(path)
            #expect(before.html.contains("What happens") && before.html.contains("changes not sent 3"))
            let noReason = try await browser.submit(path, ["reason": "  "])
            #expect(noReason.status == 422 && noReason.html.contains("Give a reason"))
            #expect(try ward.hub.devices().allSatisfy { $0.revoked == nil })
            let done = try await browser.submit(path, ["reason": "Mất ở bến <b>"])
            #expect(done.location == "\(path)?done=device-revoked")
            // What it still holds comes later.
            try ward.save(ward.a, [("key", .set(.text("late")))], by: "lan")
            try ward.sync(ward.a)
            let page = try await browser.get(done.location)
            #expect(PageRules.violations(page) == [])
            for sentence in [
                "The device is revoked.", "Mất ở bến &lt;b&gt;", "Changes received: 2.",
                "By its last word, 02/11/2026 08:00",
                "device.revoked", "Waiting to be looked at now: 1.", "Nguyễn &lt;b&gt;Lan&lt;/b&gt;",
                "Change their passwords",
            ] { #expect(page.html.contains(sentence), "\(sentence)") }
            #expect(!page.html.contains("<textarea"))
            let replica = try ward.a.replica
            let work = try ward.hub.store.read { try DeviceWork(of: replica, $0) }
            #expect(work.changes == 2 && work.refused == 1 && work.authors == ["lan"])
            #expect(work.spaces.map(\.name) == [Ward.space] && work.spaces.first?.made == clock.now)
            let own = try await browser.get("/devices/\(word)").html
            #expect(own.contains("What became of its work") && !own.contains("<textarea"))
        }
    }

    @Test func revokingAndRetiringNeedAnAdminAndAToken() async throws {
        let word = try ward.b.replica.word
        try await browse(as: "son") { browser, ward, _ in
            let page = try await browser.get("/devices/\(word)")
            #expect(page.html.contains("an admin looks after it") && !page.html.contains("/revoke\""))
            #expect(try await !browser.get("/devices").html.contains("/devices/enrol"))
            #expect(try await browser.get("/devices/enrol").html.contains("rights.devices"))
            let token = page.form("/sign-out")?.first { $0.name == "token" }?.value ?? ""
            #expect(!token.isEmpty)
            for path in [
                "/devices/\(word)/revoke", "/devices/\(word)/lost", "/devices/\(word)/retire", "/devices/enrol",
            ] {
                let reply = try await browser.post(
                    path, [("token", token), ("reason", "x"), ("unit", Ward.unit), ("hours", "1")])
                #expect(reply.status >= 400 && reply.html.contains("rights.devices"), "\(path)")
            }
            #expect(try ward.hub.devices().allSatisfy { $0.revoked == nil && $0.retired == nil })
        }
        try await browse { browser, ward, _ in
            for path in ["/devices/\(word)/revoke", "/devices/\(word)/retire", "/devices/enrol"] {
                let reply = try await browser.post(path, [("token", "x"), ("reason", "x"), ("unit", Ward.unit)])
                #expect(reply.status == 403, "\(path)")
            }
            let page = "/devices/\(word)"
            let retired = try await browser.submit(page, action: page + "/retire", [:])
            #expect(retired.location == page + "?done=device-retired")
            #expect(try await browser.get(retired.location).html.contains("The device is retired."))
            let empty = try await browser.submit(page, action: page + "/revoke", [:])
            #expect(empty.status == 422)
            let revoked = try await browser.submit(page, action: page + "/revoke", ["reason": "hỏng"])
            #expect(revoked.location == page + "?done=device-revoked")
            let device = try ward.hub.devices().first { $0.replica.word == word }
            #expect(device?.reason == "hỏng" && device?.revoked != nil && device?.retired != nil)
        }
    }

    @Test func aCodeIsShownOnceAndEnrols() async throws {
        try await browse { browser, ward, clock in
            let wrong = try await browser.submit("/devices/enrol", ["unit": Ward.unit, "hours": "0"])
            #expect(wrong.status == 422 && wrong.html.contains("from 1 to 720"))
            let nowhere = try await browser.submit("/devices/enrol", ["unit": "", "hours": "5"])
            #expect(nowhere.status == 422 && nowhere.html.contains("value=\"5\""))
            let made = try await browser.submit("/devices/enrol", ["unit": Ward.unit, "hours": "5"])
            #expect(made.status == 200 && made.headers[.cacheControl] == "no-store" && made.location.isEmpty)
            let code = try #require(made.html.components(separatedBy: "device-code\">").dropFirst().first)
                .prefix { $0 != "<" }
            #expect(made.html.contains("<code class=\"word\">\(code)</code>") && made.html.contains("<svg"))
            #expect(made.html.contains("phusa enrol --hub http") && made.html.contains("until 02/11/2026 13:00"))
            for path in ["/devices/enrol", "/devices"] {
                #expect(try await !browser.get(path).html.contains(code))
            }
            let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
            let device = try AgentDevice(
                path: ward.path + "/new.db", identity: identity, unit: Ward.unit,
                world: World(now: { clock.now }, random: World.system.random))
            let enrolment = try #require(EnrolmentCode(String(code)))
            _ = try device.enrol(url: "test:", code: enrolment, over: ward.line)
            let page = try await browser.get("/devices?standing=never-seen").html
            #expect(page.contains("/devices/\(identity.replica.word)") && page.contains("No contact yet"))
        }
    }

    @Test func reportsComeOverHTTP() async throws {
        try await browse(as: nil) { browser, ward, _ in
            let report = DeviceReport(version: "0.1.0", waiting: 1, photos: 0, free: nil, epoch: 1)
            let message = report.bytes(counter: 5, signedBy: try ward.a.store.identity, hub: ward.hub.replica)
            let noted = try await browser.upload("/device/1", message, [:])
            #expect(noted.status == 200 && noted.bytes == DeviceReport.noted)
            let again = try await browser.upload("/device/1", message, [:])
            #expect(try Refusal(bytes: again.bytes).code == "request.replayed")
            for body in [[], [18], [18, 1], [UInt8](repeating: 255, count: 10_000)] as [[UInt8]] {
                let reply = try await browser.upload("/device/1", body, [:])
                #expect(try reply.status == 400 && !Refusal(bytes: reply.bytes).code.isEmpty)
            }
        }
    }
}
