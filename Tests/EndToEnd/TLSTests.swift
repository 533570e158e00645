import Foundation
import Testing

/// A hub with a certificate of its own, and devices that trust it or not.
@Suite struct TLSTests {
    @Test func aDeviceSpeaksOnlyToAHubItTrusts() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        for name in ["hub", "other"] {
            let made = try systemTool(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days",
                "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path("\(name).key"),
                "-out", path("\(name).pem"))
            try #require(made == 0)
        }
        let hub = ServingHub(
            folder: folder.appendingPathComponent("hub"),
            options: ["--tls-cert", path("hub.pem"), "--tls-key", path("hub.key")])
        try #require(try hub.program.run("init").status == 0)
        try hub.start()
        #expect(hub.url.hasPrefix("https://127.0.0.1:"))
        let code = try #require(try hub.program.run("enrol-code", "--unit", "31120").json?["code"] as? String)
        let agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        func enrol(_ more: String...) throws -> Program.Outcome {
            try agent.run(["enrol", "--hub", hub.url, "--code", code] + more)
        }
        #expect(try enrol().errors.hasPrefix("hub.certificate: "))
        #expect(try enrol("--ca", path("other.pem")).errors.hasPrefix("hub.certificate: "))
        #expect(try enrol("--ca", path("hub.key")).errors.hasPrefix("hub.ca-unreadable: "))
        #expect(try enrol("--ca", path("hub.pem")).status == 0)
        #expect(try agent.run("sync").json?["complete"] as? Bool == true)
        // Browsers speak HTTP/2; who cannot is served all the same.
        for (version, spoken) in [("--http2", "2"), ("--http1.1", "1.1")] {
            let asked = try toolOutput([
                "curl", "-s", version, "--cacert", path("hub.pem"), "-o", path("page"), "-w",
                "%{http_version} %{http_code}", hub.url + "/sign-in",
            ])
            #expect(asked.output == "\(spoken) 200")
            #expect(try String(contentsOfFile: path("page"), encoding: .utf8).contains("<form"))
        }
    }

    @Test func aKeyThatIsNotTheCertificatesIsRefusedAtTheStart() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-tls-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let hub = Program(name: "phusa-hub", folder: folder)
        try #require(try hub.run("init").status == 0)
        let file = folder.appendingPathComponent("hub.key").path
        let outcome = try hub.run("serve", "--listen", "127.0.0.1:0", "--tls-cert", file, "--tls-key", file)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("hub.tls-files: "))
        #expect(try hub.run("serve", "--tls-cert", file).status == 2)
    }
}
