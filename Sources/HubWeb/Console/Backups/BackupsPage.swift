import Foundation
import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Copies of the hub: what the latest is worth, and which there are to go back to.
struct BackupsModel {
    struct Generation {
        let made: String
        let file: String
        let epoch: String
        let entries: String
        /// Whether the file is there to be put back.
        let isThere: Bool
        /// Whether devices rest on it: the hub does not go back behind it.
        let isPromised: Bool
    }

    let alarm: String?
    let disk: DiskNote?
    let copies: CopiesModel
    let canAsk: Bool
    let diskFacts: [NamedFact]
    let generations: [Generation]
    let hasGenerations: Bool
}

extension BackupAlarm {
    func text(_ language: Language) -> String {
        switch self {
        case .never: Catalogue.text("backups.never", language)
        case .trouble(let age):
            Catalogue.text("backups.trouble", language, ["age": ValueText.age(milliseconds: age, language)])
        case .late(let age):
            Catalogue.text("backups.late", language, ["age": ValueText.age(milliseconds: age, language)])
        }
    }
}

extension Console {
    func backups(_ request: Request) async throws -> Response {
        try await show(request, .readAudit) { [copies] store, names, visitor, _ in
            let language = names.language
            let room = copies.room()
            let model = BackupsModel(
                alarm: try copies.alarm(store)?.text(language), disk: DiskNote(room, language),
                copies: CopiesModel(try store.backupRecord(), copies.backups, now: store.now, language),
                canAsk: copies.backups?.isRunning == false && visitor.may(.runHub),
                diskFacts: DiskNote.facts(room, databaseBytes: copies.databaseBytes(), language),
                generations: try Self.generations(store), hasGenerations: try store.lastGeneration() != nil)
            var page = Page("backups", title: Catalogue.text("backups.title", language), model)
            page.isRefreshed = copies.backups?.isRunning ?? false
            return page
        }
    }

    private static func generations(_ store: StoreTransaction) throws -> [BackupsModel.Generation] {
        try Hub.keptGenerations(store).enumerated().map { index, generation in
            BackupsModel.Generation(
                made: ValueText.moment(generation.made), file: generation.file,
                epoch: VietnameseFormat.number(String(generation.epoch)),
                entries: VietnameseFormat.number(String(generation.entries)),
                isThere: !generation.file.isEmpty && FileManager.default.fileExists(atPath: generation.file),
                isPromised: index == 0)
        }
    }

    /// Begins a copy at an admin's word.
    func backUpNow(_ request: Request) async throws -> Response {
        let isTaken: Void? = try await take(request) { [hub, copies] _, visitor in
            try visitor.require(.runHub)
            guard let backups = copies.backups else { throw ReportedError(code: "backup.off") }
            try hub.audit(.copyAsked, by: visitor.person.id, to: backups.folder, unit: "", [:])
            backups.press()
        }
        return isTaken == nil ? Self.signInFirst(request) : .seeOther("/backups?done=backup-begun")
    }
}
