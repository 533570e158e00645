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
            problems += try keeper.furtherProblems()
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

extension SharedOptions {
    /// Checks a paper's code against the log that is held here. Red is a failure.
    package func verify(paper: String, _ open: () throws -> any RecordKeeper) throws {
        var color = PaperCheck.Color.red
        try perform {
            guard let mark = PaperMark(paper.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw ReportedError(code: "paper.invalid")
            }
            let keeper = try open()
            let check = try keeper.store.read { store in
                try store.check(mark, isHub: keeper.isHub) {
                    try keeper.blobs.byteCount(of: $0.hash) == $0.byteCount
                }
            }
            color = check.color
            let members: [String: JSON] = [
                "paper": .text(check.color.rawValue), "reasons": .texts(check.reasons.map(\.rawValue)),
                "record": .text(mark.record), "number": (check.seal?.fields["number"]).map(\.json) ?? .null,
                "supplements": .texts(check.supplements.map(\.word)),
            ]
            return Output(
                .object(members), ([check.verdict(language)] + check.sentences(language)).joined(separator: "\n"))
        }
        guard color != .red else { throw ExitCode(1) }
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
