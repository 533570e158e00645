import Testing
import WebPages
import Wording

@Suite struct FormBodyTests {
    private func body(_ text: String) throws -> FormBody { try FormBody(bytes: Array(text.utf8)) }

    @Test func namesAndValuesAreDecoded() throws {
        let body = try body("a=1&b=C%C3%A1i+Kh%E1%BA%BF&a=2&empty=&bare&c=x%3Dy")
        #expect(body.all("a") == ["1", "2"])
        #expect(body["a"] == "1")
        #expect(body["b"] == "Cái Khế")
        #expect(body["c"] == "x=y")
        #expect(body.has("empty") && body["empty"].isEmpty)
        #expect(body.has("bare"))
        #expect(!body.has("none"))
    }

    @Test func lineEndsAreOne() throws {
        #expect(try body("a=x%0D%0Ay%0Dz")["a"] == "x\ny\nz")
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%FF", "a=%00"]) func whatIsNoTextIsRefused(text: String) {
        #expect { try body(text) } throws: { ($0 as? PagesError)?.kind == .malformed }
    }

    @Test func tooMuchIsRefused() {
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: FormBody.limitBytes + 1)
        #expect { try FormBody(bytes: large) } throws: { ($0 as? PagesError)?.kind == .tooLarge }
        let many = String(repeating: "a&", count: FormBody.limitFields + 1)
        #expect { try body(many) } throws: { ($0 as? PagesError)?.kind == .tooLarge }
    }

    @Test func theSameSubmissionHasTheSameFingerprint() throws {
        let prints = try ["a=1&b=2", "a=1&b=2", "a=1&b=3"].map { try body($0).fingerprint }
        #expect(prints[0] == prints[1] && prints[1] != prints[2])
    }
}

@Suite struct HostGuardTests {
    @Test(
        arguments: [
            ("127.0.0.1:8642", nil, true), ("localhost:8642", "http://localhost:8642", true),
            ("[::1]:8642", "http://[::1]:8642", true), ("LOCALHOST:8642", nil, true), ("127.0.0.1:8643", nil, false),
            ("127.0.0.1", nil, false), ("evil.example:8642", nil, false), ("127.0.0.1.evil.example:8642", nil, false),
            ("", nil, false), ("127.0.0.1:8642", "http://evil.example", false), ("127.0.0.1:8642", "null", false),
            ("127.0.0.1:8642", "https://127.0.0.1:8642", false), ("127.0.0.1:8642", "http://localhost:8642", false),
            ("127.0.0.1:x", nil, false),
        ] as [(String, String?, Bool)])
    func onlyThisMachinesNamesAndPort(host: String, origin: String?, isAllowed: Bool) {
        let hosts = HostGuard(.local)
        hosts.serve(port: 8642)
        let isTaken = (try? hosts.check(host: host, origin: origin, isRead: false)) != nil
        #expect(isTaken == isAllowed)
    }

    @Test(
        arguments: [
            ("192.168.1.20:8643", "https://192.168.1.20:8643", true), ("may-1.local:8643", nil, true),
            ("[fd00::5]:8643", "https://[fd00::5]:8643", true), ("192.168.1.20:8642", nil, false),
            ("192.168.1.20", nil, false), ("192.168.1.99:8643", nil, false), ("evil.example:8643", nil, false),
            ("192.168.1.20:8643", "http://192.168.1.20:8643", false), ("192.168.1.20:8643", "null", false),
            ("192.168.1.20:8643", "https://evil.example", false),
            ("192.168.1.20:8643", "https://may-1.local:8643", false), ("", nil, false),
        ] as [(String, String?, Bool)])
    func anOfficeTakesItsOwnNamesOverTLSOnly(host: String, origin: String?, isAllowed: Bool) {
        let hosts = HostGuard(
            HostGuard.Site(isSecure: true) { ["192.168.1.20", "may-1.local", "[fd00::5]"] })
        hosts.serve(port: 8643)
        let isTaken = (try? hosts.check(host: host, origin: origin, isRead: false)) != nil
        #expect(isTaken == isAllowed)
    }

    @Test func thePortThatBrowsersLeaveOutIsTheSchemes() throws {
        let hosts = HostGuard(HostGuard.Site(isSecure: true) { ["may-1.local"] })
        hosts.serve(port: 443)
        try hosts.check(host: "may-1.local", origin: "https://may-1.local", isRead: false)
    }

    @Test func aHubTakesItsOwnNameOverBothSchemes() throws {
        let hosts = HostGuard(nil)
        try hosts.check(host: "hub.example", origin: "https://hub.example", isRead: false)
        try hosts.check(host: "hub.example:8640", origin: "http://hub.example:8640", isRead: false)
        #expect(throws: PagesError.self) {
            try hosts.check(host: "hub.example", origin: "https://evil.example", isRead: false)
        }
    }

    @Test(arguments: [
        ("/", true), ("/records/r1?a=b", true), ("//evil.example", false), ("/\\evil", false),
        ("https://evil.example", false), ("", false), ("/a b", false), ("/\r\nSet-Cookie:x", false),
    ])
    func aWayBackStaysOnTheSite(path: String, isKept: Bool) {
        #expect((SitePath(path) != nil) == isKept)
    }

    @Test(arguments: [
        ("127.0.0.1:8642", "127.0.0.1", 8642, true), ("[::1]:0", "::1", 0, true), (":80", "127.0.0.1", 80, true),
        ("0.0.0.0:8640", "0.0.0.0", 8640, false),
    ])
    func addressesAreRead(text: String, host: String, port: Int, isLocal: Bool) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host && address.port == port && address.isLocal == isLocal)
    }

    @Test(arguments: ["8642", "a:b", "127.0.0.1:70000", ""]) func wrongAddressesAreRefused(text: String) {
        #expect(throws: PagesError.self) { try ListenAddress(text) }
    }
}
