import Causality
import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// An entry of the audit, as pages say it.
struct AuditRow {
    struct Detail {
        let detailLabel: String
        let detailText: String
    }

    let entryNumber: String
    let entryWhen: String
    let entryWho: String
    let entryAct: String
    let entryUnit: String?
    let objectText: String
    let objectHref: String?
    let details: [Detail]

    init(_ entry: AuditEntry, _ names: NameBook) {
        let language = names.language
        entryNumber = VietnameseFormat.number(String(entry.number))
        entryWhen = ValueText.moment(entry.time)
        let nobody =
            switch AuditEntry.Act(rawValue: entry.act) {
            case .deviceEnrolled: "audit.device"
            case .signInStopped: "audit.stranger"
            default: "audit.machine"
            }
        entryWho =
            entry.actor.isEmpty
            ? Catalogue.text(nobody, language) : "\(names.person(entry.actor)) (\(entry.actor))"
        entryAct = Catalogue.text("audit.act.\(entry.act)", language)
        entryUnit = entry.unit.isEmpty ? nil : names.unit(entry.unit)
        objectText = entry.object
        objectHref = Self.href(entry)
        details = entry.details.sorted { $0.key < $1.key }.map {
            Detail(
                detailLabel: Catalogue.text("audit.detail.\($0.key)", language),
                detailText: Self.text($0.value, of: $0.key, names))
        }
    }

    private static func text(_ value: String, of key: String, _ names: NameBook) -> String {
        switch key {
        case "role": Role(rawValue: value).map { GrantRow.label($0, names.language) } ?? value
        case "from", "until": CalendarDate(iso: value).map(VietnameseFormat.date) ?? value
        case "to": names.unit(value)
        default: value
        }
    }

    private static func href(_ entry: AuditEntry) -> String? {
        switch AuditEntry.Act(rawValue: entry.act) {
        case .settled, .reopened, .asked: "/records/\(entry.object)"
        case .deviceEnrolled, .deviceRevoked, .deviceRetired: "/devices/\(entry.object)"
        case .personAdded, .passwordSet, .personDisabled, .personEnabled, .roleGiven, .roleTaken, .sessionsEnded,
            .signedIn:
            "/people/\(entry.object)"
        case .signInStopped: entry.object.isEmpty ? nil : "/people/\(entry.object)"
        default: nil
        }
    }
}

/// What was done with rights.
struct AuditModel {
    let actors: [Shell.Option]
    let acts: [Shell.Option]
    let object: String
    let from: String
    let until: String
    let found: String
    let chain: String
    let entries: [AuditRow]
    let hasRows: Bool
    let pager: Pager?
}

extension Console {
    func audit(_ request: Request) async throws -> Response {
        func chosen(_ name: String) -> String? {
            request.chosen(name).map { String($0.prefix(200)) }
        }
        var filter = AuditFilter()
        (filter.actor, filter.act, filter.object) = (chosen("by"), chosen("act"), chosen("object"))
        let from = chosen("from").flatMap { CalendarDate(iso: $0) }
        let until = chosen("until").flatMap { CalendarDate(iso: $0) }
        filter.from = from?.startInVietnam
        filter.before = until.map { $0.startInVietnam + 86_400_000 }
        let page = Pager.page(of: request)
        return try await show(request, .readAudit) { [filter] store, names, _, _ in
            let language = names.language
            let count = try AuditLog.count(filter, store)
            let rows = try AuditLog.entries(filter, limit: Pager.size, offset: page * Pager.size, store).map {
                AuditRow($0, names)
            }
            let head = try AuditLog.head(store)
            let query = [
                ("by", filter.actor), ("act", filter.act), ("object", filter.object), ("from", from?.iso),
                ("until", until?.iso),
            ].compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)&" } }.joined()
            let actors = try AuditLog.actors(store).map { actor in
                (value: actor, label: actor.isEmpty ? "" : "\(names.person(actor)) (\(actor))")
            }.filter { !$0.value.isEmpty }.sorted(byName: \.label)
            let all = Catalogue.text("cases.all", language)
            let model = AuditModel(
                actors: [Shell.Option("", all, isSelected: filter.actor == nil)]
                    + actors.map { Shell.Option($0.value, $0.label, isSelected: $0.value == filter.actor) },
                acts: [Shell.Option("", all, isSelected: filter.act == nil)]
                    + AuditEntry.Act.allCases.map {
                        Shell.Option(
                            $0.rawValue, Catalogue.text("audit.act.\($0.rawValue)", language),
                            isSelected: $0.rawValue == filter.act)
                    },
                object: filter.object ?? "", from: from?.iso ?? "", until: until?.iso ?? "",
                found: Catalogue.text(
                    "audit.count", language, ["count": VietnameseFormat.number(String(count))]),
                chain: "\(head.number):\(head.hash.hex)", entries: rows, hasRows: !rows.isEmpty,
                pager: Pager(path: "/audit?\(query)", page: page, count: count, language))
            return Page("audit", title: Catalogue.text("audit.title", language), model)
        }
    }
}
