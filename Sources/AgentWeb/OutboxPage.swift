import Agent
import Causality
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What the hub does not have yet, or would not take, each with the reason and what to do.
struct OutboxModel {
    struct Item {
        let record: RecordSummary
        let itemForm: String
        let itemWho: String
        let itemWhen: String
        let itemState: StateBadge
        let itemError: String?
        let itemRemedy: String?
        /// Names what waits for a line, so that it can be sent alone; `nil` of what waits for a person.
        let itemDot: String?
    }

    /// Photos that are still to go; `nil` for none.
    let photos: String?
    let items: [Item]
    let hasItems: Bool
    let pager: Pager?
}

extension AgentSite {
    func outbox(_ request: Request) async throws -> Response {
        let page = Pager.page(of: request)
        return try await show(request) { store, names in
            let language = names.language
            let counts = try store.ownCounts()
            let known = try device.standing(store).lastError
            let trouble = sync.current().error ?? known.map { ReportedError(code: $0) }
            let works = try store.openWork(.refusedFirst, limit: Pager.size, offset: page * Pager.size)
            let items = try works.compactMap { try store.change($0) }.map { change in
                let view = try store.view(ofRow: change.record).filled(by: change)
                let form = try? store.latestForm(view.form)
                let error =
                    change.state == .refused ? ReportedError(code: change.code, details: change.details) : trouble
                return OutboxModel.Item(
                    record: RecordSummary(view, form, language), itemForm: form?.title[language] ?? view.form,
                    itemWho: names.person(change.author), itemWhen: ValueText.moment(change.time.milliseconds),
                    itemState: StateBadge(change.state, language),
                    itemError: error.map { Self.plain($0.message(in: language)) },
                    itemRemedy: error?.remedy(in: language),
                    itemDot: change.received == nil && !device.isTraining ? change.dotWord : nil)
            }
            let attachments = device.isTraining ? [] : try device.attachmentsToSend(store)
            let bytes = attachments.reduce(0) { $0 + $1.byteCount }
            let model = OutboxModel(
                photos: Self.photosToSend(attachments.count, bytes, language),
                items: items, hasItems: !items.isEmpty,
                pager: Pager(path: "/outbox?", page: page, count: counts.waiting + counts.refused, language))
            return Page("outbox", title: Catalogue.text("agent.outbox", language), model)
        }
    }

    /// - Returns: `nil` for none.
    static func photosToSend(_ count: Int, _ bytes: Int, _ language: Language) -> String? {
        guard count > 0 else { return nil }
        return Catalogue.text(
            "outbox.photos", language,
            ["count": VietnameseFormat.number(String(count)), "bytes": VietnameseFormat.bytes(Int64(bytes))])
    }

    /// Sends one of the waiting changes before all others.
    func sendNow(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        guard let word = DotWord(body["dot"]) else { throw HTTPError(.badRequest) }
        let waiting = try await NIOThreadPool.singleton.runIfActive {
            try device.store.read { store in
                try store.allSpaces().lazy.compactMap { space in
                    try store.change(word, in: space).map { (space: space.name, change: $0) }
                }.first { try $0.change.received == nil && store.wasMadeHere($0.change, in: $0.change.space) }
                    .map { DeviceExchange.Waiting(space: $0.space, dot: $0.change.dot) }
            }
        }
        // Somebody else, or the background, may have sent it meanwhile.
        if let waiting { sync.press(only: waiting) }
        return .seeOther("/sync")
    }
}
