package import ArgumentParser
import Foundation
import RecordStore
package import Records
package import Wording

/// What a command has to say: to programs, and to people.
package struct Output: Sendable {
    package let json: JSON
    package let text: String

    package init(_ json: JSON, _ text: String) {
        self.json = json
        self.text = text
    }
}

/// The options that every command takes.
package struct SharedOptions: ParsableArguments {
    @Option(help: "The data folder; else PHUSA_DIR.") package var dir: String?
    @Flag(help: "Print one JSON value.") package var json = false
    @Option(help: "vi or en; else LANG.") package var lang: String?

    package init() {}

    package mutating func validate() throws {
        if let lang, Language(rawValue: lang) == nil { throw ValidationError("--lang takes vi or en") }
    }

    package var language: Language {
        let environment = ProcessInfo.processInfo.environment
        return lang.flatMap(Language.init(rawValue:))
            ?? ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.compactMap(Language.init(tag:))
            .first ?? .vi
    }

    package func directory(_ standard: String) -> String {
        if let path = dir ?? ProcessInfo.processInfo.environment["PHUSA_DIR"], !path.isEmpty { return path }
        return standard.replacingOccurrences(of: "~", with: NSHomeDirectory())
    }

    /// Runs a command and prints what came of it.
    package func perform(_ body: () throws -> Output) throws {
        do {
            let output = try body()
            print(json ? output.json.line : output.text)
        } catch {
            throw report(error)
        }
    }

    /// Prints the error, for people on standard error and for programs on standard output.
    /// - Returns: what ends the program; errors of usage pass through.
    package func report(_ error: any Error) -> any Error {
        if error is ValidationError || error is ExitCode || error is CleanExit { return error }
        let row = error as? RowFailure
        let more = error as? FailureWithOutput
        let coded =
            row?.cause ?? more?.cause ?? error as? any CodedError
            ?? StoreError(.unavailable, ["code": String(describing: type(of: error))], cause: error)
        let place = row.map {
            Catalogue.text("row.failed", language, ["row": "\($0.row)", "saved": "\($0.saved.count)"])
        }
        let message = (place.map { $0 + ": " } ?? "") + coded.message(in: language)
        let remedy = coded.remedy(in: language)
        FileHandle.standardError.write(Data("\(coded.code): \(message); \(remedy)\n".utf8))
        if json {
            let members: [String: JSON] = [
                "code": .text(coded.code), "message": .text(message), "remedy": .text(remedy),
                "retryable": .bool(coded.retryable),
            ]
            var failure: [String: JSON] = ["error": .object(members)]
            if let row {
                failure["row"] = .number(row.row)
                failure["saved"] = .array(row.saved)
            }
            failure.merge(more?.members ?? [:]) { own, _ in own }
            print(JSON.object(failure).line)
        } else if let text = more?.text, !text.isEmpty {
            print(text)
        }
        return ExitCode(1)
    }
}

/// Runs a program's command line and ends the process: 0 done, 1 refused or failed, 2 wrong usage.
package func runProgram<Program: ParsableCommand>(_ program: Program.Type) async -> Never {
    // What this process makes is its user's alone.
    umask(0o077)
    do {
        var command = try program.parseAsRoot()
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
        exit(0)
    } catch {
        let code = program.exitCode(for: error)
        let message = program.fullMessage(for: error)
        if code == .success {
            print(message)
            exit(0)
        }
        if !message.isEmpty { FileHandle.standardError.write(Data((message + "\n").utf8)) }
        exit(code == .validationFailure ? 2 : 1)
    }
}
