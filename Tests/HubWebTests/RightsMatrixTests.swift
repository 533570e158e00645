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
    private enum Need: Equatable {
        /// For whoever comes.
        case anybody
        /// For whoever is signed in.
        case signedIn
        /// Signed by a device, or by a proof of its own; a session grants nothing there.
        case message
        /// A list: for whoever has the right anywhere, of the units where they have it.
        case list(Right)
        /// About one unit: for whoever has the right there.
        case unit(Right)
        /// About one unit, and nobody sees so much as the page without a right that holds everywhere.
        case city(Right)
        /// As `unit`, sent by a page's script: it is told why, and not sent to another page.
        case script(Right)
    }

    private static let needs: [String: Need] = [
        "GET /healthz": .anybody, "GET /sign-in": .anybody, "POST /sign-in": .anybody, "POST /sign-out": .anybody,
        "GET /": .signedIn, "GET /language/{language}": .anybody, "GET /favicon.ico": .anybody,
        "GET /assets": .anybody, "GET /**": .anybody,
        "GET /paper/{record}/{hash}": .anybody,
        "POST /sync/1": .message, "POST /enrol/1": .message, "POST /succeed/1": .message, "POST /password/1": .message,
        "POST /attachments/1": .message, "POST /attachment/1": .message, "POST /attachment/get/1": .message,
        "POST /device/1": .message,
        "GET /conflicts": .list(.readDesk), "GET /conflicts/settled": .list(.readDesk),
        "GET /conflicts/settled/file": .list(.readDesk), "GET /conflicts/{record}": .unit(.readDesk),
        "POST /conflicts/{record}": .city(.settle), "POST /conflicts/{record}/ask": .city(.settle),
        "POST /conflicts/{record}/reopen": .city(.settle), "GET /refused": .list(.readDesk),
        "POST /refused/{change}": .city(.settle),
        "GET /devices": .list(.readDesk), "GET /devices/{device}": .unit(.readDesk),
        "GET /devices/enrol": .city(.runDevices), "POST /devices/enrol": .city(.runDevices),
        "POST /devices/{device}/revoke": .city(.runDevices), "POST /devices/{device}/retire": .city(.runDevices),
        "GET /devices/{device}/lost": .unit(.readDesk), "POST /devices/{device}/lost": .city(.runDevices),
        "GET /inspections": .list(.readRecords), "GET /records": .list(.readRecords),
        "GET /records/{record}": .unit(.readRecords), "GET /records/{record}/compare": .unit(.readRecords),
        "GET /records/{record}/paper": .unit(.readRecords), "GET /attachments/{hash}": .unit(.readRecords),
        "GET /people": .list(.readPeople), "GET /people/new": .city(.runPeople), "POST /people/new": .city(.runPeople),
        "GET /people/{person}": .unit(.readPeople), "POST /people/{person}/roles": .city(.runPeople),
        "POST /people/{person}/roles/withdraw": .city(.runPeople), "POST /people/{person}/password": .city(.runPeople),
        "POST /people/{person}/account": .city(.runPeople), "POST /people/{person}/sessions": .city(.runPeople),
        "GET /audit": .list(.readAudit), "GET /backups": .list(.readAudit), "POST /backups": .city(.runHub),
        "GET /records/new": .list(.record), "GET /records/export": .list(.readRecords),
        "GET /tasks": .list(.readRecords),
        "GET /tasks/new": .list(.assign), "GET /forms/{form}": .anybody, "GET /forms/{form}/new": .list(.record),
        "POST /forms/{form}/new": .list(.record), "GET /forms/{form}/grid": .list(.record),
        "POST /forms/{form}/grid": .list(.record), "GET /forms/{form}/blank": .list(.record),
        "GET /forms/{form}/similar": .list(.record), "GET /records/{record}/edit": .unit(.record),
        "POST /records/{record}/edit": .unit(.record), "GET /records/{record}/delete": .unit(.record),
        "POST /records/{record}/delete": .unit(.record), "GET /records/{record}/restore": .unit(.record),
        "POST /records/{record}/restore": .unit(.record), "GET /drafts": .list(.record), "POST /drafts": .list(.record),
        "GET /drafts/{draft}": .list(.record), "POST /drafts/{draft}": .list(.record),
        "POST /drafts/{draft}/discard": .list(.record), "POST /drafts/{draft}/upgrade": .list(.record),
        "POST /attachments": .script(.record), "POST /attachments/{hash}/original": .list(.record),
        "POST /attachments/{hash}/small": .list(.record),
    ]

    private let ward: Ward

    private static let other = "31117"
    private static let otherSpace = SpaceName.general(other)

    init() throws {
        ward = try Ward()
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text(Self.other))), ("name_vi", .set(.text("Phường Ninh Kiều")))])
        ])
        for role in Role.allCases {
            for (letter, unit) in [("p", Ward.unit), ("o", Self.other)] {
                try ward.hub.addPerson(
                    id: "\(letter).\(role.rawValue)", name: role.rawValue, role: role.rawValue, unit: unit,
                    password: nil)
            }
        }
        try ward.hub.addPerson(
            id: "somebody", name: "Somebody", role: "ward_staff", unit: Ward.unit, password: nil)
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
        #expect(ways.subtracting(Self.needs.keys) == [], "ways without a row")
        #expect(Set(Self.needs.keys).subtracting(ways) == [], "rows without a way")
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
        .replacing("**", with: "nowhere").replacing("{person}", with: "somebody")
        .replacing("{form}", with: "reading").replacing("{draft}", with: "none")
        guard parts[0] == "POST" else { return try await browser.get(path) }
        return try await browser.post(
            path, [("token", token), ("reason", "x"), ("question", "x"), ("outcome", "accept")])
    }

    /// Somebody who is signed in, or nobody.
    struct Comer: Sendable, CustomTestStringConvertible {
        let role: Role?
        /// Whether the records, devices and people that are asked for are those of their unit.
        let isOwn: Bool

        var id: String { "\(isOwn ? "p" : "o").\(role?.rawValue ?? "nobody")" }
        var testDescription: String { role.map { "\($0.rawValue), \(isOwn ? "own" : "other") unit" } ?? "nobody" }
    }

    private static let comers =
        [Comer(role: nil, isOwn: false)]
        + Role.allCases.flatMap { [Comer(role: $0, isOwn: true), Comer(role: $0, isOwn: false)] }

    private static func isGranted(_ need: Need, to comer: Comer) -> Bool {
        func reach(_ right: Right) -> RightReach { comer.role?.reach(of: right) ?? .nowhere }
        switch need {
        case .anybody, .message: return true
        case .signedIn: return comer.role != nil
        case .list(let right), .script(let right): return reach(right) != .nowhere
        case .unit(let right): return reach(right) == .everywhere || reach(right) == .unit && comer.isOwn
        case .city(let right): return reach(right) == .everywhere
        }
    }

    @Test(arguments: comers)
    func whatIsNotGrantedIsDenied(_ comer: Comer) async throws {
        let ward = ward
        let word = try ward.conflict()
        let device = try ward.b.replica.word
        if comer.role != nil { try ward.hub.setPassword(of: comer.id, to: "mật khẩu") }
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            var token = "none"
            if comer.role != nil {
                let reply = try await browser.submit("/sign-in", ["name": comer.id, "password": "mật khẩu"])
                #expect(reply.status == 303, "\(comer.id) comes in")
                let page = try await browser.get("/records")
                token =
                    page.html.components(separatedBy: "name=\"token\" value=\"").dropFirst().first.map {
                        String($0.prefix { $0 != "\"" })
                    } ?? token
            }
            // Signing out ends what the others need, and so does a new password.
            for way in Self.ways(of: ward.hub).sorted() where way != "POST /sign-out" && way != "POST /sign-in" {
                let need = try #require(Self.needs[way])
                let reply = try await Self.ask(way, browser, word, device: device, token: token)
                let isSentAway = reply.status == 303 && reply.location.hasPrefix("/sign-in")
                // A person whom one may not see, and a photo that none of one's records lists, are not there.
                let isHidden =
                    reply.status == 404 && (way == "GET /people/{person}" || way == "GET /attachments/{hash}")
                let isDenied = reply.status == 403 || isSentAway || isHidden
                switch need {
                case .message: #expect(reply.status != 303, "\(way) \(reply.status)")
                case .unit where way == "GET /attachments/{hash}": #expect(isDenied, "no such photo \(reply.status)")
                case .script(let right):
                    let isGranted = Self.isGranted(.list(right), to: comer)
                    #expect((reply.status == 403) == !isGranted, "\(way) \(reply.status)")
                default: #expect(isDenied == !Self.isGranted(need, to: comer), "\(way) \(reply.status)")
                }
                if need != .anybody, need != .message, need != .script(.record) {
                    #expect(isSentAway == (comer.role == nil), "\(way)")
                }
            }
            guard comer.role != .hubAdmin else { return }
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"], "nothing was changed")
            #expect(try ward.hub.person("somebody")?.disabled == false)
            #expect(try ward.hub.devices().allSatisfy { $0.revoked == nil })
        }
    }

    /// What lists of other units say to those who have no right there.
    @Test(arguments: [Role.unitLeader, .department, .viewer, .wardStaff])
    func listsOfOtherUnitsAreDenied(_ role: Role) async throws {
        let ward = ward
        let word = try ward.conflict()
        let device = try ward.b.replica.word
        let id = "o.\(role.rawValue)"
        try ward.hub.setPassword(of: id, to: "mật khẩu")
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": id, "password": "mật khẩu"])
            for path in [
                "/records?unit=\(Ward.unit)/general", "/conflicts?unit=\(Ward.unit)/general",
                "/conflicts/settled?unit=\(Ward.unit)/general", "/conflicts/settled/file?unit=\(Ward.unit)/general",
                "/refused?unit=\(Ward.unit)/general", "/devices?unit=\(Ward.unit)", "/inspections?unit=\(Ward.unit)",
                "/people?unit=\(Ward.unit)", "/records?unit=city/catalog", "/records?unit=\(Self.other)/people",
            ] {
                let reply = try await browser.get(path)
                #expect(reply.status == 403, "\(path) \(reply.status)")
                #expect(!reply.html.contains(word))
            }
            // Without a choice they see their own.
            for path in ["/records", "/conflicts", "/refused", "/devices", "/inspections"] {
                let reply = try await browser.get(path)
                #expect(!reply.html.contains(word) && !reply.html.contains(device), "\(path)")
            }
        }
    }

    /// What somebody sends about another unit's record comes back without anything of it.
    @Test func nothingOfOtherUnitsComesBackWithWhatWasTyped() async throws {
        let ward = ward
        let word = try ward.save(
            ward.a, [("key", .set(.text("k"))), ("note", .set(.text("BÍ MẬT")))], by: "lan")
        try ward.sync(ward.a)
        try ward.hub.setPassword(of: "o.ward_staff", to: "mật khẩu")
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": "o.ward_staff", "password": "mật khẩu"])
            let own = try await browser.get("/forms/reading/new?unit=\(Self.otherSpace)")
            let form = try #require(own.form("/forms/reading/new"))
            let saved = try #require(form.first { $0.name == "saved" }?.value)
            let token = try #require(form.first { $0.name == "token" }?.value)
            let fields = [
                ("token", token), ("saved", saved), ("author", "o.ward_staff"), ("record", word), ("form", "reading"),
                ("version", "1"), ("v.value", "nonsense"), ("page", "p"),
            ]
            for path in ["/records/\(word)/edit", "/drafts/\(saved)"] {
                let reply = try await browser.post(path, fields)
                #expect(!reply.html.contains("BÍ MẬT"), "\(path) \(reply.status)")
                let told = try await browser.post(path, fields, [.accept: "application/json"])
                #expect(!told.html.contains("BÍ MẬT"), "\(path) \(told.status)")
            }
            for path in [
                "/drafts/\(saved)", "/drafts", "/records/\(word)/edit", "/forms/reading/new?unit=\(Ward.unit)/general",
                "/forms/reading/grid?unit=\(Ward.unit)/general",
                "/forms/reading/similar?unit=\(Ward.unit)/general&text=k",
                "/forms/reading/new?unit=\(Self.otherSpace)&from=\(word)", "/records/export?form=reading",
                "/records/export?form=reading&unit=\(Ward.unit)/general", "/tasks?unit=\(Ward.unit)/general",
            ] {
                let reply = try await browser.get(path)
                #expect(!reply.html.contains("BÍ MẬT"), "\(path) \(reply.status)")
            }
        }
        #expect(try ward.show(ward.hub.store, word).fields["note"] == .text("BÍ MẬT"))
    }

    /// What the hub accepts of a person's work that comes from a machine of a unit.
    @Test func verdictsByRoleAndUnit() throws {
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
            let reach = person.role.reach(of: .record)
            let isRight = reach == .everywhere || reach == .unit && person.isOwn
            #expect((found.0 == .received) == isRight, "\(person.id) \(found)")
            if !isRight { #expect(found.1 == (person.role.writes ? "rights.unit" : "rights.role"), "\(person.id)") }
        }
        // A name that the hub does not know is told apart by nobody's rights: the machine answers for it.
        #expect(try verdict("unknown")?.0 == .received && verdict("")?.0 == .received)
    }
}
