import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// How the program runs on this machine: room, checks, copies, and what it last heard of its hub.
struct RunningModel {
    let disk: DiskNote?
    let diskFacts: [NamedFact]
    let copies: CopiesModel
    let programFacts: [NamedFact]
}

extension AgentSite {
    func running(_ request: Request) async throws -> Response {
        try await show(request) { store, names in
            let language = names.language
            let copies = CopiesModel(try store.backupRecord(), premises.backups, now: store.now, language)
            let model = RunningModel(
                disk: DiskNote(premises.room(), language),
                diskFacts: DiskNote.facts(premises.room(), databaseBytes: premises.databaseBytes(), language),
                copies: copies,
                programFacts: try programFacts(store, language))
            var page = Page("running", title: Catalogue.text("running.title", language), model)
            page.isRefreshed = copies.isCopying
            return page
        }
    }

    /// Begins a copy at a person's word.
    func copyNow(_ request: Request) async throws -> Response {
        _ = try await submitted(request)
        premises.backups?.press()
        return .seeOther("/running?done=backup-begun")
    }

    private func programFacts(_ store: StoreTransaction, _ language: Language) throws -> [NamedFact] {
        var facts: [NamedFact] = []
        func add(_ key: String, _ text: String) {
            facts.append(NamedFact(key, text, language))
        }
        switch premises.selfCheck.outcome {
        case .running: add("running.check", Catalogue.text("running.check.running", language))
        case .good(let moment, let milliseconds):
            let arguments = ["when": ValueText.moment(moment), "milliseconds": "\(milliseconds)"]
            add("running.check", Catalogue.text("running.check.good", language, arguments))
        case .failed(let error): add("running.check", error.message(in: language))
        }
        add("running.version", ProgramVersion.text)
        add("running.started", ValueText.moment(premises.started))
        let standing = try device.standing(store)
        guard standing.isEnrolled else { return facts }
        add(
            "running.contact",
            standing.lastSync.map { ValueText.moment($0) } ?? Catalogue.text("sync.never", language))
        add("running.epoch", String(try store.latestEpoch(0)))
        return facts
    }
}
