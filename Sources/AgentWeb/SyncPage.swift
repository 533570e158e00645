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
        let report = progress.report
        let photos = PhotoProgress(progress)
        percent =
            progress.phase == .done
            ? 100 : photos?.percent ?? (progress.total == 0 ? 0 : min(99, progress.sent * 100 / progress.total))
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
            error.map { AgentSite.plain($0.message(in: language)) } ?? photos?.message(language)
            ?? Catalogue.text(key, language, arguments) + Self.photosNote(progress, language)
        remedy = error?.remedy(in: language) ?? ""
        traffic =
            progress.phase == .idle
            ? ""
            : Catalogue.text(
                "sync.traffic", language,
                [
                    "up": VietnameseFormat.bytes(Int64(report.bytesUp + report.attachments.bytesSent)),
                    "down": VietnameseFormat.bytes(Int64(report.bytesDown)),
                ])
    }
}

extension SyncState {
    /// What became of photos, behind what became of records.
    private static func photosNote(_ progress: SyncProgress, _ language: Language) -> String {
        let photos = progress.report.attachments
        var notes: [String] = []
        func note(_ key: String, _ count: Int) {
            guard count > 0 else { return }
            notes.append(Catalogue.text(key, language, ["count": VietnameseFormat.number(String(count))]))
        }
        guard progress.phase == .done else { return "" }
        note("sync.photos.sent", photos.sent)
        note("sync.photos.left", photos.left)
        note("sync.photos.held", photos.held)
        if photos.left > 0, let code = photos.trouble {
            let error = ReportedError(code: code, details: photos.troubleDetails)
            notes.append("\(error.message(in: language)). \(error.remedy(in: language)).")
        }
        return notes.map { " " + $0 }.joined()
    }
}

/// Photos on their way to the hub, while they go.
struct PhotoProgress {
    let percent: Int
    private let left: AttachmentReport
    /// Seconds until the last of them is there; `nil` before that can be told.
    private let seconds: Int?

    init?(_ progress: SyncProgress) {
        guard progress.phase == .running, let photos = progress.photos, photos.bytes > 0 else { return nil }
        left = progress.report.attachments
        let sent = left.bytesSent
        percent = min(99, sent * 100 / photos.bytes)
        let elapsed = ContinuousClock.now - photos.begun
        seconds =
            sent > 0 && elapsed > .seconds(1)
            ? Int(elapsed / .seconds(1) / Double(sent) * Double(max(0, photos.bytes - sent))) : nil
    }

    func message(_ language: Language) -> String {
        let rest = max(0, left.bytesLeft)
        let message = Catalogue.text(
            "sync.photos", language,
            ["count": VietnameseFormat.number(String(left.left)), "bytes": VietnameseFormat.bytes(Int64(rest))])
        guard let seconds else { return message }
        let (key, count) =
            seconds < 90 ? ("sync.photos.seconds", seconds) : ("sync.photos.minutes", (seconds + 30) / 60)
        return message + " " + Catalogue.text(key, language, ["count": String(count)])
    }
}

struct SyncModel {
    let panel: SyncPanel
    let traffic: TrafficModel
    let photoRules: PhotoRulesModel
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
                    panel: panel, traffic: try trafficModel(store, names.language),
                    photoRules: try photoRulesModel(store, names.language), waiting: waiting,
                    isOwnMachine: reach == .machine))
            page.isRefreshed = panel.isRunning
            return page
        }
    }

    func syncNow(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        sync.press(photos: body["photos"] == "1")
        return .seeOther("/sync")
    }

    func syncState(_ request: Request) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let state = try encoder.encode(SyncState(sync.current(), request.language))
        return .json(String(decoding: state, as: UTF8.self))
    }
}
