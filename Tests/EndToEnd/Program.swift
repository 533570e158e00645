import Foundation

/// The built programs, run as their users run them.
struct Program: Sendable {
    let name: String
    let folder: URL

    struct Outcome: Sendable {
        let status: Int32
        let wasKilled: Bool
        let output: String
        let errors: String

        var json: [String: Any]? {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
        }
    }

    /// Where the tests' own executable lies, the programs do too.
    private static var binaries: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    }

    func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = Self.binaries.appendingPathComponent(name)
        process.arguments = arguments + ["--dir", folder.path]
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs to the end, or until it is killed.
    /// - Parameter killAfter: microseconds until SIGKILL; `nil`: never.
    func run(_ arguments: String..., killAfter microseconds: Int? = nil) throws -> Outcome {
        try run(arguments, killAfter: microseconds)
    }

    func run(_ arguments: [String], killAfter microseconds: Int? = nil) throws -> Outcome {
        let process = process(arguments + ["--json"])
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        if let microseconds {
            let id = process.processIdentifier
            DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(microseconds)) {
                if process.isRunning { kill(id, SIGKILL) }
            }
        }
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: String(decoding: printed, as: UTF8.self), errors: String(decoding: said, as: UTF8.self))
    }
}

/// A program of the system that a test needs.
/// - Returns: its exit status.
func systemTool(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}

/// Runs a program of the system with nothing on its standard input.
func toolOutput(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: printed, as: UTF8.self))
}

/// A hub that serves, and can be killed and started again at the same address.
final class ServingHub {
    let program: Program
    private var process: Process?
    private(set) var url = ""
    private let options: [String]

    /// - Parameter options: further options of `serve`.
    init(folder: URL, options: [String] = []) {
        program = Program(name: "phusa-hub", folder: folder)
        self.options = options
    }

    func start() throws {
        let port = url.split(separator: ":").last.map(String.init) ?? "0"
        let process = program.process(["serve", "--listen", "127.0.0.1:\(port)"] + options)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while !line.contains(10) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.executableLoad) }
            line += more
        }
        url = String(decoding: line, as: UTF8.self).replacingOccurrences(of: "listening ", with: "")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        self.process = process
    }

    func end(with signal: Int32) {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, signal)
        process.waitUntilExit()
        self.process = nil
    }

    /// Kills the serving hub in a while, whatever it is doing then.
    func kill(after microseconds: Int) {
        guard let id = process?.processIdentifier else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(microseconds)) {
            _ = Foundation.kill(id, SIGKILL)
        }
    }

    /// Starts again after ``kill(after:)``, once the old process is gone.
    func restart() throws {
        process?.waitUntilExit()
        process = nil
        try start()
    }

    deinit { end(with: SIGKILL) }
}
