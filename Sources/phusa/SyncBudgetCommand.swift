import Agent
import ArgumentParser
import Commands
import RecordStore
import Records
import Wording

struct SyncBudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync-budget",
        abstract:
            "Shows or sets how much may go over the line in a month by itself; what a person asks for always goes.")

    @Argument(help: "Such as 200MB; none: any number. Left out, nothing is set.") var amount: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let device = try options.agent().open()
            if let amount {
                let bytes = amount == "none" ? nil : try SyncBudget.bytes(amount)
                try device.store.write { try $0.setSyncBudget(bytes) }
            }
            return try device.store.read { store in
                let budget = try store.syncBudget()
                let words = budget.limit.map { VietnameseFormat.bytes($0) } ?? "-"
                return Output(try store.trafficJSON(), "\(VietnameseFormat.bytes(budget.used)) / \(words)")
            }
        }
    }
}

extension StoreTransaction {
    /// What went over the line, and how much may: bytes.
    func trafficJSON() throws -> JSON {
        let (day, month) = try traffic()
        let budget = try syncBudget()
        return .object([
            "dayUp": .number(day.up), "dayDown": .number(day.down), "monthUp": .number(month.up),
            "monthDown": .number(month.down), "budget": budget.limit.map { .number($0) } ?? .null,
            "left": budget.left.map { .number($0) } ?? .null, "standing": .text(budget.standing.rawValue),
        ])
    }
}
