import Agent
import Causality
import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import WebPages

/// Two admins settle one case: every order in which their requests, and an edit that comes meanwhile, can reach the hub.
@Suite struct TwoAdminsTests {
    /// What happens, in whatever order; each admin opens before they settle.
    enum Step: Character, CaseIterable {
        case firstOpens = "a"
        case firstSettles = "A"
        case secondOpens = "b"
        case secondSettles = "B"
        /// An edit by somebody who has not seen any of it comes from a machine.
        case editArrives = "e"
    }

    /// Every order of the steps that keeps opening before settling.
    static let orders: [String] = orders(of: Step.allCases).map { String($0.map(\.rawValue)) }

    private static func orders(of steps: [Step]) -> [[Step]] {
        guard !steps.isEmpty else { return [[]] }
        return steps.flatMap { first in
            orders(of: steps.filter { $0 != first }).map { [first] + $0 }
        }.filter { order in
            func place(_ step: Step) -> Int { order.firstIndex(of: step) ?? -1 }
            func isRight(_ opens: Step, _ settles: Step) -> Bool {
                !order.contains(opens) || !order.contains(settles) || place(opens) < place(settles)
            }
            return isRight(.firstOpens, .firstSettles) && isRight(.secondOpens, .secondSettles)
        }
    }

    private final class Admin {
        let browser: PageClient
        let name: String
        let value: String
        var page: PageClient.Reply?

        init(_ client: any TestClientProtocol, _ name: String, value: String) {
            browser = PageClient(client)
            self.name = name
            self.value = value
        }

        func open(_ word: String) async throws { page = try await browser.get("/conflicts/\(word)") }

        /// Sends the page that was opened, with a value of one's own.
        func settle(_ word: String) async throws -> PageClient.Reply {
            let page = try #require(page)
            let action = "/conflicts/\(word)"
            guard page.form(action) != nil else { return page }
            return try await browser.submit(
                page, action: action, ["pick.value": "other", "x.v.value": value, "reason": name])
        }
    }

    /// What a settling came to: one resolution, one clear refusal, or the case open with both values.
    private enum Outcome { case settled, late, refused }

    private static func outcome(_ reply: PageClient.Reply) -> Outcome {
        if reply.location.hasPrefix("/conflicts?done=settled") { return .settled }
        return reply.location.contains("done=late") ? .late : .refused
    }

    @Test func everyOrderEndsWell() async throws {
        let ward = try Ward()
        for id in ["an", "be"] {
            try ward.hub.addPerson(id: id, name: id, role: "hub_admin", unit: Ward.unit, password: "mật khẩu")
        }
        #expect(Self.orders.count == 30)
        try await Application(router: HubServer(hub: ward.hub).router()).test(.router) { client in
            let admins = [Admin(client, "an", value: "11"), Admin(client, "be", value: "22")]
            for admin in admins {
                _ = try await admin.browser.submit("/sign-in", ["name": admin.name, "password": "mật khẩu"])
            }
            for order in Self.orders { try await Self.run(order, on: ward, by: admins) }
        }
        #expect(try ward.hub.store.verify().isEmpty)
    }

    /// A case that both machines know, and an edit of it that waits at one.
    private static func makeCase(_ key: String, on ward: Ward) throws -> String {
        func value(_ text: String) -> (String, Draft.Edit) { ("value", .set(.decimal(DecimalNumber(text)!))) }
        let word = try ward.save(ward.a, [("key", .set(.text(key))), value("1")], by: "lan")
        try ward.sync(ward.a, ward.b)
        try ward.save(ward.a, [value("4")], to: word, by: "lan")
        try ward.save(ward.b, [value("6")], to: word, by: "minh")
        try ward.sync(ward.b, ward.a)
        // Minh's machine has not heard of the other value: what he writes now settles nothing.
        try ward.save(ward.b, [value("99")], to: word, by: "minh")
        return word
    }

    private static func run(_ order: String, on ward: Ward, by admins: [Admin]) async throws {
        let word = try makeCase(order, on: ward)
        var outcomes: [String: Outcome] = [:]
        for step in order {
            switch Step(rawValue: step) {
            case .firstOpens: try await admins[0].open(word)
            case .secondOpens: try await admins[1].open(word)
            case .firstSettles: outcomes["11"] = outcome(try await admins[0].settle(word))
            case .secondSettles: outcomes["22"] = outcome(try await admins[1].settle(word))
            case .editArrives: try ward.sync(ward.b)
            case nil: Issue.record("no step")
            }
        }
        func isBefore(_ a: Character, _ b: Character) -> Bool { order.firstIndex(of: a)! < order.firstIndex(of: b)! }
        let view = try ward.show(ward.hub.store, word)
        let standing = Set((view.versions["value"] ?? []).map { $0.value.plainText })
        let decided = outcomes.filter { $0.value != .refused }.keys
        #expect(!decided.isEmpty, "\(order): nobody settled anything")
        // Both decide only where neither covers the other unseen: both stand, and the case is open; or the second had seen the first's.
        if decided.count == 2 {
            let hadSeen = isBefore("A", "b") || isBefore("B", "a")
            let isOpen = standing.isSuperset(of: ["11", "22"]) && view.conflicts == ["value"]
            #expect(hadSeen || isOpen, "\(order): \(outcomes) \(standing)")
        }
        // An edit that nobody who decided had on their page stands beside the decision: the case is open again.
        let pages = decided.map { $0 == "11" ? Character("a") : "b" }
        if pages.allSatisfy({ isBefore($0, "e") }) {
            #expect(standing.contains("99") && view.conflicts == ["value"], "\(order): the edit is gone, \(standing)")
        }
        // Nothing that nobody decided against is gone: every change is in the history.
        let written = try ward.changes(ward.hub.store, word).flatMap { $0.operations.map(\.value.plainText) }
        #expect(Set(written).isSuperset(of: Set(["4", "6", "99"] + decided)), "\(order)")
        // Whoever was refused is told, and what they had typed is not in the record.
        for (value, outcome) in outcomes where outcome == .refused {
            #expect(!written.contains(value), "\(order): \(value) was refused and is there")
        }
    }
}
