import Agent
import Foundation
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// How the device stands with its hub, in words.
struct SyncPanel {
    let isEnrolled: Bool
    let isTraining: Bool
    /// It could be enrolled and is not.
    let isBare: Bool
    let lastSync: String
    let isNever: Bool
    let trouble: String?
    let troubleRemedy: String?
    /// Said while the first data is loading.
    let filling: String?
    /// Said where the month's budget runs out.
    let budgetNote: String?
    let state: SyncState
    let isRunning: Bool
}

/// What the page's script asks for while an exchange runs; all sentences are made here.
struct SyncState: Encodable {
    let number: Int
    let isIdle: Bool
    let phase: String
    let running: Bool
    let sent: Int
    let total: Int
    let percent: Int
    let message: String
    let remedy: String
    let traffic: String

    init(_ progress: SyncProgress, _ language: Language) {
        number = progress.number
        phase = progress.phase.rawValue
        running = progress.phase == .running
        isIdle = progress.phase == .idle
        sent = progress.sent
        total = progress.total
        percent =
            progress.phase == .done ? 100 : progress.total == 0 ? 0 : min(99, progress.sent * 100 / progress.total)
        let report = progress.report
        let arguments = [
            "sent": VietnameseFormat.number(String(progress.sent)),
            "total": VietnameseFormat.number(String(progress.total)),
            "fetched": VietnameseFormat.number(String(report.changesDown)), "left": String(report.left),
            "refused": String(report.refused), "conflicts": String(report.conflicts),
        ]
        let key =
            switch progress.phase {
            case .idle: "sync.idle"
            case .running: progress.total == 0 ? "sync.connecting" : "sync.sending"
            case .done: report.complete ? "sync.done" : "sync.left"
            case .failed: "sync.failed"
            }
        let error = progress.error
        message =
            error.map { AgentSite.plain($0.message(in: language)) } ?? Catalogue.text(key, language, arguments)
        remedy = error?.remedy(in: language) ?? ""
        traffic =
            progress.phase == .idle
            ? ""
            : Catalogue.text(
                "sync.traffic", language,
                [
                    "up": VietnameseFormat.bytes(Int64(report.bytesUp)),
                    "down": VietnameseFormat.bytes(Int64(report.bytesDown)),
                ])
    }
}

struct SyncModel {
    let panel: SyncPanel
    let traffic: TrafficModel
    let waiting: String
    /// Whether the budget is set here.
    let isOwnMachine: Bool
}

extension AgentSite {
    func syncPanel(_ store: StoreTransaction, _ language: Language) throws -> SyncPanel {
        let progress = sync.current()
        let standing = try device.standing(store)
        let error = progress.error ?? standing.lastError.map { ReportedError(code: $0) }
        return SyncPanel(
            isEnrolled: standing.isEnrolled, isTraining: device.isTraining,
            isBare: !standing.isEnrolled && !device.isTraining,
            lastSync: standing.lastSync.map { last in
                let age = ValueText.age(milliseconds: store.now - last, language)
                return "\(ValueText.moment(last)) (\(age))"
            } ?? "",
            isNever: standing.lastSync == nil,
            trouble: standing.isEnrolled ? error.map { Self.plain($0.message(in: language)) } : nil,
            troubleRemedy: standing.isEnrolled ? error?.remedy(in: language) : nil,
            filling: try FillingNote.text(store, language), budgetNote: try budgetTrouble(store, language),
            state: SyncState(progress, language),
            isRunning: progress.phase == .running)
    }

    /// A sentence whose last argument is not known here, without the colon before it.
    static func plain(_ message: String) -> String {
        message.hasSuffix(": ") ? String(message.dropLast(2)) : message
    }

    func syncPage(_ request: Request) async throws -> Response {
        try await show(request) { store, names in
            let panel = try syncPanel(store, names.language)
            let waiting = VietnameseFormat.number(String(try store.ownCounts().waiting))
            var page = Page(
                "sync", title: Catalogue.text("agent.sync", names.language),
                SyncModel(
                    panel: panel, traffic: try trafficModel(store, names.language), waiting: waiting,
                    isOwnMachine: reach == .machine))
            page.isRefreshed = panel.isRunning
            return page
        }
    }

    func syncNow(_ request: Request) async throws -> Response {
        _ = try await submitted(request)
        sync.press()
        return .seeOther("/sync")
    }

    func syncState(_ request: Request) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let state = try encoder.encode(SyncState(sync.current(), request.language))
        return .json(String(decoding: state, as: UTF8.self))
    }
}
