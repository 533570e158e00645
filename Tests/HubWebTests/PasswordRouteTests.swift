import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import NIOCore
import PageTesting
import SyncProtocol
import Testing

/// A password that a device asks the hub to change.
@Suite struct PasswordRouteTests {
    private static let old = "chín con rồng"
    private let ward: Ward

    init() throws {
        ward = try Ward()
        try ward.hub.addPerson(id: "hoa", name: "Hoa", role: "hub_admin", unit: Ward.unit, password: Self.old)
    }

    private func post(_ client: any TestClientProtocol, _ body: [UInt8]) async throws -> [UInt8] {
        try await client.execute(uri: "/password/1", method: .post, body: ByteBuffer(bytes: body)) { response in
            Array(response.body.readableBytesView)
        }
    }

    private func wish(_ old: String = Self.old, person: String = "hoa") -> [UInt8] {
        PasswordChange(person: person, old: old, new: "mười con rồng").bytes
    }

    @Test func itIsChangedAndWhatWasSignedInToIsOver() async throws {
        try await Application(router: HubServer(hub: ward.hub).router()).test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": "hoa", "password": Self.old])
            #expect(try await browser.get("/conflicts").status == 200)
            #expect(try await post(client, wish()) == PasswordChange.done)
            #expect(try await browser.get("/conflicts").status == 303)
        }
    }

    @Test func wrongTriesCountAsThoseToSignIn() async throws {
        try await Application(router: HubServer(hub: ward.hub).router()).test(.router) { client in
            for (number, person) in ["hoa", "hoa", "lan", "nobody", "hoa", "hoa", "hoa"].enumerated() {
                let refusal = try Refusal(bytes: try await post(client, wish("sai \(number)", person: person)))
                #expect(refusal.code == "sign-in.wrong", "\(number)")
            }
            let refusal = try Refusal(bytes: try await post(client, wish()))
            #expect(refusal.code == "sign-in.too-often" && refusal.details["minutes"] != nil)
            let door = try await PageClient(client).submit("/sign-in", ["name": "hoa", "password": Self.old])
            #expect(door.status == 429)
        }
        #expect(try ward.hub.signIn("hoa", password: Self.old).id == "hoa")
    }

    @Test(
        arguments: [[], [10], [10, 1], [10, 2, 0, 0, 0], [10, 1, 0, 0, 0, 0], [UInt8](repeating: 10, count: 70_000)]
            as [[UInt8]])
    func whatIsNoWishIsRefusedWithACode(body: [UInt8]) async throws {
        try await Application(router: HubServer(hub: ward.hub).router()).test(.router) { client in
            let refusal = try Refusal(bytes: try await post(client, body))
            #expect(!refusal.code.isEmpty)
        }
    }
}
