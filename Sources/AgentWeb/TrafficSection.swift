import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What goes over the line, and how much may in a month by itself.
struct TrafficModel {
    let trafficToday: String
    let trafficMonth: String
    /// What stands in the field: megabytes.
    let budgetTyped: String
    let budgetText: String?
}

extension AgentSite {
    func trafficModel(_ store: StoreTransaction, _ language: Language) throws -> TrafficModel {
        let (day, month) = try store.traffic()
        func text(_ bytes: TrafficMeter.Bytes) -> String {
            Catalogue.text(
                "sync.traffic", language,
                ["up": VietnameseFormat.bytes(bytes.up), "down": VietnameseFormat.bytes(bytes.down)])
        }
        let budget = try store.syncBudget()
        return TrafficModel(
            trafficToday: text(day), trafficMonth: text(month), budgetTyped: budget.limit.map(Self.megabytes) ?? "",
            budgetText: budget.limit.map { limit in
                Catalogue.text(
                    "budget.left", language,
                    [
                        "left": VietnameseFormat.bytes(budget.left ?? 0), "limit": VietnameseFormat.bytes(limit),
                    ])
            })
    }

    /// Said where the month's budget is nearly or wholly used: what waits, and how it goes all the same.
    func budgetTrouble(_ store: StoreTransaction, _ language: Language) throws -> String? {
        let budget = try store.syncBudget()
        guard [.near, .used].contains(budget.standing), let limit = budget.limit else { return nil }
        let waiting = try store.ownCounts().unsent
        return Catalogue.text(
            "budget.\(budget.standing.rawValue)", language,
            [
                "used": VietnameseFormat.bytes(budget.used), "limit": VietnameseFormat.bytes(limit),
                "waiting": VietnameseFormat.number(String(waiting)),
            ])
    }

    /// Sets the month's budget, or lifts it where the field is empty.
    func setBudget(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        let typed = body["budget"].filter { !$0.isWhitespace }
        let bytes = typed.isEmpty ? nil : try SyncBudget.bytes(typed)
        try await NIOThreadPool.singleton.runIfActive {
            try device.store.write { try $0.setSyncBudget(bytes) }
        }
        return .seeOther("/sync?done=budget")
    }

    private static func megabytes(_ bytes: Int64) -> String {
        let thousandths = bytes / 1_000
        let rest = thousandths % 1_000
        guard rest > 0 else { return String(thousandths / 1_000) }
        let digits = String(1_000 + rest).dropFirst()
        return "\(thousandths / 1_000)," + String(digits.reversed().drop { $0 == "0" }.reversed())
    }
}
