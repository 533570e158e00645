import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Cases that were settled lately.
struct ResolutionsModel {
    let units: [Shell.Option]
    let resolutions: [ResolutionModel]
    let hasResolutions: Bool
    let exportHref: String
}

extension Console {
    /// So many of the hub's latest changes of each unit are looked through for decisions.
    private static let latest: UInt64 = 200
    private static let mostShown = 100

    func resolutions(_ request: Request) async throws -> Response {
        let chosen = request.chosen("unit")
        return try await show(request, .readDesk) { [self] store, names, visitor, _ in
            let unit = try visitor.space(chosen, for: .readDesk)
            let isCity = visitor.scope(of: .readDesk) == .everywhere
            let spaces = try Self.spaces(store).filter { visitor.may(.readDesk, in: $0) }
            let all = Catalogue.text("cases.all-units", names.language)
            let models = try resolutions(unit: unit, store).prefix(Self.mostShown).map { resolution in
                ResolutionModel(
                    resolution, try store.view(ofRow: resolution.change.record),
                    mayReopen: visitor.may(.settle), in: store, names)
            }
            let labelled = spaces.map { (value: $0, label: names.space($0)) }
                .sorted(byName: \.label)
            let model = ResolutionsModel(
                units: (isCity ? [Shell.Option("", all, isSelected: unit == nil)] : [])
                    + labelled.map { Shell.Option($0.value, $0.label, isSelected: $0.value == unit) },
                resolutions: models, hasResolutions: !models.isEmpty,
                exportHref: "/conflicts/settled/file" + (unit.map { "?unit=\($0.percentEncoded)" } ?? ""))
            return Page("resolutions", title: Catalogue.text("resolutions.title", names.language), model)
        }
    }

    /// What was settled lately, the newest first.
    func resolutions(unit: String?, _ store: StoreTransaction) throws -> [Resolution] {
        let writers = try hub.writers(store)
        return try Self.spaces(store).filter { unit == nil || $0 == unit }.flatMap {
            try store.resolutions(of: writers, in: $0, latest: Self.latest)
        }.sorted { $0.change.time > $1.change.time }
    }

    /// Where units work.
    private static func spaces(_ store: StoreTransaction) throws -> [String] {
        try store.allSpaces().map(\.name).filter { SpaceName.unit(of: $0) != nil && !SpaceName.isPeople($0) }
    }
}
