import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Which form is filled in, and for which unit.
struct EntryChoiceModel {
    let choiceTitle: String
    let choiceAction: String
    let backHref: String
    let backLabel: String
    let forms: [Shell.Option]
    let hasForms: Bool
    let units: [Shell.Option]
    /// What goes along to the form.
    let kept: [Kept]
    let trouble: String?

    struct Kept {
        let keptName: String
        let keptValue: String
    }
}

extension Console {
    /// The beginning of every new record: a form and a unit; what the address says already is not asked again.
    func chooseEntry(_ request: Request) async throws -> Response {
        try await choose(request, path: "/records/new", form: request.chosen("form"))
    }

    /// The beginning of a new task.
    func chooseTask(_ request: Request) async throws -> Response {
        try await choose(request, path: "/tasks/new", form: TaskForm.task)
    }

    private func choose(_ request: Request, path: String, form: String?) async throws -> Response {
        try await enter(request) { entry in
            try entry.visitor.require(form == TaskForm.task ? .assign : .record)
            let unit = request.chosen("unit")
            if let form, let unit {
                return .seeOther("/forms/\(form.percentEncoded)/new?" + Self.query(unit: unit, form: form, request))
            }
            return try await entry.show(request) { store, names in
                let isTask = path == "/tasks/new"
                let title = Catalogue.text(isTask ? "tasks.new" : "entry.new", names.language)
                let model = EntryChoiceModel(
                    choiceTitle: title, choiceAction: path, backHref: isTask ? "/tasks" : "/records",
                    backLabel: Catalogue.text(isTask ? "agent.tasks" : "hub.records", names.language),
                    forms: isTask ? [] : try Self.forms(store, chosen: form, names.language), hasForms: !isTask,
                    units: try self.units(store, names, chosen: unit, for: entry.visitor, isTask: isTask),
                    kept: Self.kept(request),
                    trouble: request.chosen("asked") == nil
                        ? nil : Catalogue.text("entry.choose-both", names.language))
                return Page("entrychoice", title: title, model)
            }
        }
    }

    /// What the form's page is asked with.
    private static func query(unit: String, form: String, _ request: Request) -> String {
        var pairs = kept(request).map { ($0.keptName, $0.keptValue) }
        if form == TaskForm.task { pairs.append(("v.lead", SpaceName.unit(of: unit) ?? unit)) }
        return (pairs + [("unit", unit)]).map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
    }

    private static func kept(_ request: Request) -> [EntryChoiceModel.Kept] {
        request.uri.queryParameters.compactMap { name, value in
            let name = String(name)
            guard name.hasPrefix("v.") || name == "from", name != "v.lead" else { return nil }
            return EntryChoiceModel.Kept(keptName: name, keptValue: String(value))
        }
    }

    /// The forms that units write and that are begun by themselves.
    private static func forms(
        _ store: StoreTransaction, chosen: String?, _ language: Language
    ) throws -> [Shell.Option] {
        let forms = try store.allForms().filter {
            $0.writers == .unit && !$0.isOfAnother && !$0.form.hasPrefix("@")
                && $0.form != StoreTransaction.photoForm
        }
        let titles = Dictionary(forms.map { ($0.form, $0.title[language]) }, uniquingKeysWith: { first, _ in first })
        return options(titles.map { ($0.key, $0.value) }, chosen: chosen, language)
    }

    /// Where the visitor records: the units of the catalogue, and every other space that is here.
    private func units(
        _ store: StoreTransaction, _ names: NameBook, chosen: String?, for visitor: Visitor, isTask: Bool
    ) throws -> [Shell.Option] {
        let filter = RecordFilter(form: BuiltInForm.unit.form, space: SpaceName.catalogue)
        let codes = try store.records(filter, limit: Self.mostUnits).compactMap { $0.fields["code"]?.plainText }
        let spaces = Set(codes.filter(SpaceName.isUnitCode).map(SpaceName.general))
            .union(
                try store.allSpaces().map(\.name).filter { SpaceName.unit(of: $0) != nil && !SpaceName.isPeople($0) })
        let allowed = spaces.filter { isTask ? visitor.may(.assign, in: $0) : visitor.may(.record, in: $0) }
        return Self.options(allowed.map { ($0, names.space($0)) }, chosen: chosen, names.language)
    }

    private static let mostUnits = 2000

    private static func options(
        _ choices: [(value: String, label: String)], chosen: String?, _ language: Language
    ) -> [Shell.Option] {
        [Shell.Option("", Catalogue.text("form.choose", language), isSelected: chosen == nil)]
            + choices.sorted(byName: \.label)
            .map { Shell.Option($0.value, $0.label, isSelected: $0.value == chosen) }
    }

    /// Opens a form where its unit is known, and asks for the unit first where it is not.
    func begin(
        _ form: String, _ request: Request, _ body: @Sendable (HubEntry) async throws -> Response
    ) async throws -> Response {
        try await enter(request) { entry in
            do {
                return try await body(entry)
            } catch let error as StoreError where error.kind == .spaceUnknown && request.chosen("unit") == nil {
                let kept = Self.kept(request).map { "&\($0.keptName.percentEncoded)=\($0.keptValue.percentEncoded)" }
                return .seeOther(
                    form == TaskForm.task
                        ? "/tasks/new" : "/records/new?form=\(form.percentEncoded)" + kept.joined())
            }
        }
    }

    /// A form's records, for the links that pages of entry have.
    func recordsOf(_ form: String, _ request: Request) -> Response {
        let unit = request.chosen("unit").map { "&unit=\($0.percentEncoded)" } ?? ""
        return .seeOther(form == TaskForm.task ? "/tasks" : "/records?form=\(form.percentEncoded)\(unit)")
    }
}
