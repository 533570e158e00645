import ArgumentParser
import Foundation
import RecordStore
import Records
import Wording

extension SharedOptions {
    /// Prints what `verify` finds, in words, and what to do; problems are a failure.
    package func verify(_ open: () throws -> any RecordKeeper) throws {
        var problems: [Problem] = []
        try perform {
            let keeper = try open()
            problems = try keeper.store.verify()
            problems += try keeper.store.attachmentProblems(in: keeper.blobs, isHub: keeper.isHub)
            return Output(
                .object(["ok": .bool(problems.isEmpty), "problems": .array(problems.map { $0.json(language) })]),
                problems.isEmpty ? "ok" : problems.map { $0.text(language) }.joined(separator: "\n"))
        }
        guard problems.isEmpty else {
            let error = StoreError(.damaged, ["code": problems[0].kind.rawValue])
            let line = "\(error.code): \(error.message(in: language)); \(error.remedy(in: language))\n"
            FileHandle.standardError.write(Data(line.utf8))
            throw ExitCode(1)
        }
    }
}

extension Problem {
    private var arguments: [String: String] { ["subject": subject, "detail": detail] }

    private func sentence(_ language: Language) -> String {
        Catalogue.text("problem.\(kind.rawValue)", language, arguments)
    }

    private func remedy(_ language: Language) -> String {
        Catalogue.text("problem.\(kind.rawValue).remedy", language, arguments)
    }

    fileprivate func text(_ language: Language) -> String {
        let place = space.isEmpty ? "" : "\(space): "
        return "\(place)\(sentence(language))\n    \(remedy(language))"
    }

    fileprivate func json(_ language: Language) -> JSON {
        .object([
            "what": .text(kind.rawValue), "space": .text(space), "subject": .text(subject), "detail": .text(detail),
            "sentence": .text(sentence(language)), "remedy": .text(remedy(language)),
        ])
    }
}
