import Agent
import AgentWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import Testing

/// The page on the screen of the machine that serves its office.
@Suite struct OfficePageTests {
    /// The page shows addresses to type, which no other page does.
    private static func violations(_ page: PageClient.Reply) -> [String] {
        PageRules.violations(page).filter { $0 != "holds https://" }
    }

    @Test(arguments: ["vi", "en"])
    func itShowsAddressFingerprintAndPicture(language: String) async throws {
        let place = try OfficeWard()
        try await place.browseHere { browser in
            browser.language = language
            // Whoever comes with a telephone in hand need not wait for somebody to sign in here.
            let page = try await browser.get("/office")
            #expect(page.status == 200 && Self.violations(page) == [])
            #expect(page.html.contains("https://192.168.1.20:8643"))
            for group in place.office.certificate.fingerprint.groups {
                #expect(page.html.contains("<code>\(group)</code>"))
            }
            #expect(!page.html.contains("role=\"status\""), "somebody can sign in")
            let picture = try await browser.get("/office/qr.svg")
            #expect(picture.headers[.contentType] == "image/svg+xml" && picture.html.hasPrefix("<svg "))
            let door = try await browser.get("/sign-in")
            #expect(door.html.contains("href=\"/office\""))
        }
    }

    @Test func itSaysWhereNobodyCanSignIn() async throws {
        let place = try OfficeWard(hasPasswords: false)
        #expect(try place.server().isAnybodyLetIn() == false)
        try await place.browseHere { browser in
            let page = try await browser.get("/office")
            #expect(page.html.contains("Nobody of this unit has a password yet"))
        }
        try await place.browse { browser in
            let door = try await browser.get("/sign-in")
            #expect(door.html.contains("Nobody of this unit has a password yet") && !door.html.contains("Minh"))
            // Where nobody has a password, the machine itself asks nobody. The network still does.
            #expect(try await browser.get("/").status == 303)
            #expect(try await OfficeWard.signIn(browser, "minh", "").status == 401)
        }
    }

    @Test(arguments: ["vi", "en"])
    func withoutAnOfficeItSaysHow(language: String) async throws {
        let ward = try Ward()
        let server = try AgentServer(device: ward.a, sync: BackgroundSync(device: ward.a) { _ in ward.line })
        try await Application(router: server.router()).test(.router) { client in
            let browser = PageClient(client)
            browser.language = language
            let page = try await browser.get("/office")
            #expect(page.html.contains("phusa serve --office 0.0.0.0:8643") && PageRules.violations(page) == [])
            #expect(try await browser.get("/office/qr.svg").status == 404)
            let home = try await browser.get("/")
            #expect(!home.html.contains("href=\"/office\""))
        }
    }
}
