import Foundation
import Testing

/// The real program serves its office: over TLS, by the certificate whose fingerprint it printed.
@Suite struct OfficeTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "phusa-office-\(UUID().uuidString)")

    private func madeAgent(_ name: String = "agent") throws -> Program {
        let agent = Program(name: "phusa", folder: folder.appendingPathComponent(name))
        try #require(try agent.run("init", "--unit", "31120").status == 0)
        return agent
    }

    private func curl(_ arguments: String...) throws -> (status: Int32, output: String) {
        try toolOutput(["curl", "--silent", "--max-time", "20", "--noproxy", "*", "--http0.9"] + arguments)
    }

    @Test func theFingerprintOnTheScreenIsTheServedCertificates() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let agent = try madeAgent()
        var shown: Set<String> = []
        for _ in 0..<2 {
            let serving = try ServingAgent(agent)
            defer { serving.end() }
            #expect(serving.url.hasPrefix("http://127.0.0.1:"))
            #expect(serving.officeURL.hasPrefix("https://127.0.0.1:"))
            // Nobody has a password yet.
            #expect(serving.errors.contains("office.nobody: "))
            let authority = String(serving.officeURL.dropFirst("https://".count))
            let certificate = folder.appendingPathComponent("served.pem").path
            let served = try toolOutput(["openssl", "s_client", "-connect", authority])
            try served.output.write(toFile: certificate, atomically: true, encoding: .utf8)
            let print = try toolOutput(["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", certificate])
            let fingerprint = print.output.split(separator: "=").last.map {
                $0.filter(\.isHexDigit)
            }
            #expect(fingerprint == serving.fingerprint)
            // Names and addresses are in it, and it is trusted where it is installed.
            let trusted = try curl("--cacert", certificate, "--output", "/dev/null", serving.officeURL + "/sign-in")
            #expect(trusted.status == 0)
            shown.insert(serving.fingerprint)
        }
        #expect(shown.count == 1)
    }

    @Test func strangersGetTheDoorAndPlainRequestsNothing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let serving = try ServingAgent(try madeAgent())
        defer { serving.end() }
        let code = ["--insecure", "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}"]
        func ask(_ more: String...) throws -> String {
            try toolOutput(["curl", "--silent", "--max-time", "20", "--noproxy", "*"] + code + more).output
        }
        let office = serving.officeURL
        #expect(try ask(office + "/") == "303 \(office)/sign-in?back=%2F")
        #expect(try ask(office + "/sign-in") == "200 ")
        #expect(try ask("--header", "Host: evil.example", office + "/sign-in") == "421 ")
        #expect(try ask("--data", "token=x", "--header", "Origin: http://evil.example", office + "/sign-in") == "403 ")
        // The machine's own pages go on as they were.
        #expect(try ask(serving.url + "/") == "200 ")
        #expect(try ask(serving.url + "/office") == "200 ")
        let plain = try curl(office.replacingOccurrences(of: "https:", with: "http:") + "/sign-in")
        #expect(plain.status != 0 && !plain.output.contains("PhuSa") && !plain.output.contains("HTTP/1.1"))
        let old = try toolOutput(["curl", "--silent", "--insecure", "--noproxy", "*", "--tls-max", "1.1", office + "/"])
        #expect(old.status != 0)
    }

    @Test func itEndsWhenAskedWithAConnectionOpen() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let serving = try ServingAgent(try madeAgent())
        let idle = Process()
        let input = Pipe()
        let said = Pipe()
        idle.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        idle.arguments = ["openssl", "s_client", "-connect", String(serving.officeURL.dropFirst("https://".count))]
        idle.standardInput = input
        idle.standardOutput = said
        idle.standardError = FileHandle.nullDevice
        try idle.run()
        defer { idle.terminate() }
        var seen = ""
        while !seen.contains("END CERTIFICATE") {
            let more = said.fileHandleForReading.availableData
            try #require(!more.isEmpty)
            seen += String(decoding: more, as: UTF8.self)
        }
        let start = ContinuousClock.now
        #expect(serving.end() == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func aPortThatIsTakenIsNamed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let serving = try ServingAgent(try madeAgent())
        defer { serving.end() }
        let authority = String(serving.officeURL.dropFirst("https://".count))
        let other = try madeAgent("other")
        let outcome = try other.run("serve", "--listen", "127.0.0.1:0", "--no-sync", "--office", authority)
        #expect(outcome.status == 1 && outcome.errors.contains("listen.failed: "))
        #expect(outcome.errors.contains(authority))
        let wrong = try other.run("serve", "--office", "nowhere")
        #expect(wrong.status == 1 && wrong.errors.hasPrefix("listen.invalid: "))
    }
}

/// An agent that serves its machine and its office.
private final class ServingAgent {
    let url: String
    let officeURL: String
    let fingerprint: String
    private let process: Process
    private let said = Pipe()

    init(_ agent: Program) throws {
        process = agent.process(["serve", "--listen", "127.0.0.1:0", "--no-sync", "--office", "127.0.0.1:0"])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = said
        try process.run()
        var printed = Data()
        while printed.count(where: { $0 == 10 }) < 2 {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.executableLoad) }
            printed += more
        }
        let lines = String(decoding: printed, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        guard lines.count == 2, lines[0].count == 2, lines[0][0] == "listening", lines[1].count == 4,
            lines[1][0] == "office", lines[1][2] == "fingerprint"
        else { throw CocoaError(.executableLoad) }
        url = lines[0][1]
        officeURL = lines[1][1]
        fingerprint = lines[1][3]
    }

    /// What it has said on standard error; it waits until there is something.
    var errors: String { String(decoding: said.fileHandleForReading.availableData, as: UTF8.self) }

    @discardableResult
    func end() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
