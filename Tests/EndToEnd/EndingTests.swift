import Foundation
import Testing

/// A program that serves ends at once and well when it is asked to, whatever it is in the middle of.
@Suite final class EndingTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-ending-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Serves, and sends the signal as soon as the program says that it listens.
    private func end(_ program: Program, _ options: [String], with signal: Int32) throws -> String {
        let process = program.process(["serve", "--listen", "127.0.0.1:0"] + options)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        var said = Data()
        while !said.contains(10) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            said += more
        }
        let asked = ContinuousClock.now
        kill(process.processIdentifier, signal)
        let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let seconds = asked.duration(to: .now) / .seconds(1)
        let how = process.terminationReason == .exit ? "" : "signal "
        let late = seconds < 10 ? "" : ", late"
        return "\(how)\(process.terminationStatus)\(late) \(String(decoding: complaint, as: UTF8.self))"
    }

    @Test(arguments: ["phusa", "phusa-hub"]) func aSignalRightAtTheStartEndsIt(_ name: String) throws {
        let program = Program(name: name, folder: folder.appendingPathComponent(name))
        let made = name == "phusa" ? try program.run("init", "--unit", "31120") : try program.run("init")
        try #require(made.status == 0, "\(made.errors)")
        for round in 0..<12 {
            let signal = round.isMultiple(of: 3) ? SIGINT : SIGTERM
            #expect(try end(program, ["--backup-every", "1"], with: signal) == "0 ", "round \(round)")
        }
        #expect(try program.run("verify").status == 0)
    }
}
