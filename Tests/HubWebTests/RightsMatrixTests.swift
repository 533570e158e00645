import Agent
import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Every way into the hub, for every role: what is not granted is denied. A way that has no row here fails.
@Suite struct RightsMatrixTests {
    private enum Right {
        /// For whoever comes.
        case anybody
        /// Signed by a device, or by a proof of its own; a session grants nothing there.
        case message
        case look
        case settle
        /// The same, sent by a page's script: it is told why, and not sent to another page.
        case script
    }

    private static let rights: [String: Right] = [
        "GET /healthz": .anybody, "GET /sign-in": .anybody, "POST /sign-in": .anybody, "POST /sign-out": .anybody,
        "GET /": .anybody, "GET /language/{language}": .anybody, "GET /favicon.ico": .anybody,
        "GET /assets": .anybody, "GET /**": .anybody,
        "GET /paper/{record}/{hash}": .anybody,
        "POST /sync/1": .message, "POST /enrol/1": .message, "POST /succeed/1": .message, "POST /password/1": .message,
        "POST /attachments/1": .message, "POST /attachment/1": .message, "POST /attachment/get/1": .message,
        "GET /conflicts": .look, "GET /conflicts/settled": .look, "GET /conflicts/settled/file": .look,
        "GET /conflicts/{record}": .look, "POST /conflicts/{record}": .settle, "POST /conflicts/{record}/ask": .settle,
        "POST /conflicts/{record}/reopen": .settle, "GET /refused": .look, "POST /refused/{change}": .settle,
        "POST /device/1": .message, "GET /devices": .look, "GET /devices/{device}": .look,
        "GET /devices/enrol": .settle, "POST /devices/enrol": .settle, "POST /devices/{device}/revoke": .settle,
        "POST /devices/{device}/retire": .settle, "GET /devices/{device}/lost": .look,
        "POST /devices/{device}/lost": .settle, "GET /inspections": .look, "GET /records": .look,
        "GET /records/{record}": .look,
        "GET /records/{record}/compare": .look,
        "GET /records/{record}/paper": .look, "GET /attachments/{hash}": .look,
        "GET /records/new": .settle, "GET /records/export": .look, "GET /tasks": .look, "GET /tasks/new": .settle,
        "GET /forms/{form}": .anybody, "GET /forms/{form}/new": .settle, "POST /forms/{form}/new": .settle,
        "GET /forms/{form}/grid": .settle, "POST /forms/{form}/grid": .settle, "GET /forms/{form}/blank": .settle,
        "GET /forms/{form}/similar": .settle, "GET /records/{record}/edit": .settle,
        "POST /records/{record}/edit": .settle, "GET /records/{record}/delete": .settle,
        "POST /records/{record}/delete": .settle, "GET /records/{record}/restore": .settle,
        "POST /records/{record}/restore": .settle, "GET /drafts": .settle, "POST /drafts": .settle,
        "GET /drafts/{draft}": .settle, "POST /drafts/{draft}": .settle, "POST /drafts/{draft}/discard": .settle,
        "POST /drafts/{draft}/upgrade": .settle, "POST /attachments": .script,
        "POST /attachments/{hash}/original": .settle, "POST /attachments/{hash}/small": .settle,
    ]

    private let ward: Ward

    init() throws {
        ward = try Ward()
        for role in Role.allCases {
            try ward.hub.addPerson(
                id: "p.\(role.rawValue)", name: role.rawValue, role: role.rawValue, unit: Ward.unit, password: nil)
        }
    }

    private static func ways(of hub: Hub) -> [String] {
        HubServer(hub: hub).router().routes.filter { $0.method != .head }.map {
            // Names of files change with what is in them.
            let path = $0.path.description
            return "\($0.method.rawValue) \(path.hasPrefix("/assets/") ? "/assets" : path)"
        }
    }

    @Test func everyWayHasARow() {
        let ways = Set(Self.ways(of: ward.hub))
        #expect(ways.subtracting(Self.rights.keys) == [], "ways without a row")
        #expect(Set(Self.rights.keys).subtracting(ways) == [], "rows without a way")
    }

    /// The status of a request, and where it sends to.
    private static func ask(
        _ way: String, _ browser: PageClient, _ word: String, device: String, token: String
    ) async throws -> PageClient.Reply {
        let parts = way.split(separator: " ").map(String.init)
        let path = parts[1].replacing("{record}", with: word).replacing(
            "{hash}", with: String(repeating: "0", count: 64)
        )
        .replacing("{change}", with: "x").replacing("{device}", with: device).replacing("{language}", with: "vi")
        .replacing("{form}", with: "reading").replacing("{draft}", with: "none")
        .replacing("**", with: "nowhere")
        guard parts[0] == "POST" else { return try await browser.get(path) }
        return try await browser.post(
            path, [("token", token), ("reason", "x"), ("question", "x"), ("outcome", "accept")])
    }

    @Test(arguments: [nil] + Role.allCases.map(Optional.some))
    func whatIsNotGrantedIsDenied(_ role: Role?) async throws {
        let ward = ward
        let word = try ward.conflict()
        let device = try ward.b.replica.word
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            var token = "none"
            if let role {
                try ward.hub.setPassword(of: "p.\(role.rawValue)", to: "mật khẩu")
                _ = try await browser.submit("/sign-in", ["name": "p.\(role.rawValue)", "password": "mật khẩu"])
                let page = try await browser.get("/conflicts")
                token =
                    page.html.components(separatedBy: "name=\"token\" value=\"").dropFirst().first.map {
                        String($0.prefix { $0 != "\"" })
                    } ?? token
            }
            // Signing out ends what the others need.
            for way in Self.ways(of: ward.hub).sorted() where way != "POST /sign-out" && way != "POST /sign-in" {
                let reply = try await Self.ask(way, browser, word, device: device, token: token)
                let isSentAway = reply.status == 303 && reply.location.hasPrefix("/sign-in")
                let isDenied = reply.status == 403 || isSentAway
                switch Self.rights[way] {
                case .anybody, nil: #expect(!isDenied, "\(way) \(reply.status)")
                case .message: #expect(reply.status != 303, "\(way) \(reply.status)")
                // Who has nothing to look for here gets no session in the first place.
                case .look: #expect(isDenied == !(role?.readsConsole ?? false), "\(way) \(reply.status)")
                case .script: #expect((reply.status == 403) == !(role?.settles ?? false), "\(way) \(reply.status)")
                case .settle:
                    #expect(isDenied == !(role?.settles ?? false), "\(way) \(reply.status)")
                    #expect(isSentAway == !(role?.readsConsole ?? false), "\(way) \(reply.status)")
                }
            }
            guard role?.settles != true else { return }
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"], "nothing was changed")
        }
    }

    /// What the hub accepts of a person's work that comes from a machine of a unit.
    @Test func verdictsByRoleAndUnit() throws {
        let other = "31117"
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text(other))), ("name_vi", .set(.text("Phường Ninh Kiều")))])
        ])
        for role in Role.allCases {
            try ward.hub.addPerson(
                id: "o.\(role.rawValue)", name: role.rawValue, role: role.rawValue, unit: other, password: nil)
        }
        struct Author {
            let id: String
            let role: Role
            let isOwn: Bool
        }
        let people = Role.allCases.flatMap { role in
            [
                Author(id: "p.\(role.rawValue)", role: role, isOwn: true),
                Author(id: "o.\(role.rawValue)", role: role, isOwn: false),
            ]
        }
        var words: [String: String] = [:]
        for id in people.map(\.id) + ["unknown", ""] {
            words[id] = try ward.save(ward.a, [("key", .set(.text("k \(id)")))], by: id)
        }
        try ward.sync(ward.a)
        func verdict(_ id: String) throws -> (DeliveryState, String)? {
            try ward.changes(ward.hub.store, try #require(words[id])).first.map { ($0.state, $0.code) }
        }
        for person in people {
            let found = try #require(try verdict(person.id))
            let isRight = person.role.writes && (person.isOwn || person.role == .hubAdmin)
            #expect((found.0 == .received) == isRight, "\(person.id) \(found)")
            if !isRight { #expect(found.1 == (person.role.writes ? "rights.unit" : "rights.role"), "\(person.id)") }
        }
        // A name that the hub does not know is told apart by nobody's rights: the machine answers for it.
        #expect(try verdict("unknown")?.0 == .received && verdict("")?.0 == .received)
    }
}
