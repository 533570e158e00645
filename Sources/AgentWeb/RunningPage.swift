import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// How the program runs on this machine: room, checks, copies, and what it last heard of its hub.
struct RunningModel {
    struct Fact {
        let factName: String
        let factText: String
    }

    let disk: DiskNote?
    let diskFacts: [Fact]
    let copies: CopiesModel
    let programFacts: [Fact]
}

/// What is said where the disk runs low; `nil` while there is room.
struct DiskNote {
    let diskText: String
    let diskRemedy: String
    let isStrong: Bool

    init?(_ room: DiskRoom?, _ language: Language) {
        guard let room, room.level != .ample else { return nil }
        isStrong = room.level == .veryLow
        diskText = Catalogue.text(
            "disk.\(room.level.rawValue)", language, ["free": VietnameseFormat.bytes(room.free)])
        diskRemedy = Catalogue.text("disk.\(room.level.rawValue).remedy", language)
    }
}

struct CopiesModel {
    let isOn: Bool
    let isCopying: Bool
    let copyFacts: [RunningModel.Fact]
    let isNone: Bool
    /// Said where the copies lie on the disk that they are to guard against.
    let isSameDisk: Bool
    let copyTrouble: String?
    let copyTroubleRemedy: String?
}

extension AgentSite {
    func running(_ request: Request) async throws -> Response {
        try await show(request) { store, names in
            let language = names.language
            let copies = try copies(store, language)
            let model = RunningModel(
                disk: DiskNote(premises.room(), language), diskFacts: diskFacts(language), copies: copies,
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

    private func diskFacts(_ language: Language) -> [RunningModel.Fact] {
        func fact(_ key: String, _ text: String) -> RunningModel.Fact {
            RunningModel.Fact(factName: Catalogue.text(key, language), factText: text)
        }
        let database = fact("running.database", VietnameseFormat.bytes(premises.databaseBytes()))
        guard let room = premises.room() else { return [database] }
        let text = Catalogue.text(
            "running.free.of", language,
            ["free": VietnameseFormat.bytes(room.free), "total": VietnameseFormat.bytes(room.total)])
        return [fact("running.free", text), database]
    }

    private func copies(_ store: StoreTransaction, _ language: Language) throws -> CopiesModel {
        let record = try store.backupRecord()
        let backups = premises.backups
        var facts: [RunningModel.Fact] = []
        func add(_ key: String, _ text: String) {
            facts.append(RunningModel.Fact(factName: Catalogue.text(key, language), factText: text))
        }
        if let good = record.good {
            let age = ValueText.age(milliseconds: store.now - good.made, language)
            add("running.copy.made", "\(ValueText.moment(good.made)) (\(age))")
            add(
                "running.copy.rehearsed",
                Catalogue.text(
                    "running.copy.rehearsed.found", language,
                    [
                        "records": VietnameseFormat.number(String(good.records)),
                        "changes": VietnameseFormat.number(String(good.changes)),
                    ]))
            add("running.copy.file", good.file)
            add("running.copy.size", VietnameseFormat.bytes(good.bytes))
        }
        if let backups { add("running.copy.folder", backups.folder) }
        let trouble = backups == nil ? nil : record.trouble?.error
        return CopiesModel(
            isOn: backups != nil, isCopying: backups?.isRunning ?? false, copyFacts: facts,
            isNone: record.good == nil, isSameDisk: record.good.map { !$0.isElsewhere } ?? false,
            copyTrouble: trouble?.message(in: language), copyTroubleRemedy: trouble?.remedy(in: language))
    }

    private func programFacts(_ store: StoreTransaction, _ language: Language) throws -> [RunningModel.Fact] {
        var facts: [RunningModel.Fact] = []
        func add(_ key: String, _ text: String) {
            facts.append(RunningModel.Fact(factName: Catalogue.text(key, language), factText: text))
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
