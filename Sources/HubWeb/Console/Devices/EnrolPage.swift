import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import SyncProtocol
import WebPages
import Wording

/// A one-time code for a new device, asked for and shown. It stands in the answer to the form alone: in no address, no log, and on no
/// page that can be opened again.
struct EnrolModel {
    /// A code that was just made.
    struct Made {
        let code: String
        let unit: String
        let until: String
        /// The command without the code at its end.
        let command: String
        /// The whole command as a picture; `nil` where it is too long for one.
        let picture: String?
    }

    let units: [Shell.Option]
    let hours: String
    let problem: String?
    let made: Made?
}

extension Console {
    /// How long a code is good unless somebody says otherwise, and at most. The command line takes more.
    private static let usualHours = "24"
    private static let mostHours = 720

    private enum Outcome: Sendable {
        case made(code: String, unit: String, expires: Int64)
        case wrong(String, unit: String, hours: String)
    }

    func enrolPage(_ request: Request) async throws -> Response { try await enrolPage(request, after: nil) }

    /// Makes a code and shows it in this answer.
    func makeCode(_ request: Request) async throws -> Response {
        let language = request.language
        let outcome = try await take(request) { [hub] body, visitor -> Outcome in
            try visitor.require(.runDevices)
            let (unit, hours) = (body["unit"], body["hours"])
            do {
                guard let count = Int(hours), (1...Self.mostHours).contains(count) else {
                    throw ReportedError(code: "enrol.hours", details: ["most": String(Self.mostHours)])
                }
                let (code, expires) = try hub.makeEnrolCode(unit: unit, spaces: [], hours: count, by: visitor.person.id)
                return .made(code: code.text, unit: unit, expires: expires)
            } catch let error as any CodedError {
                return .wrong(
                    "\(error.message(in: language)). \(error.remedy(in: language)).", unit: unit, hours: hours)
            }
        }
        guard let outcome else { return Self.signInFirst(request) }
        return try await enrolPage(request, after: outcome)
    }

    private func enrolPage(_ request: Request, after outcome: Outcome?) async throws -> Response {
        let address = hubAddress(of: request) ?? "https://…"
        return try await show(request, .runDevices) { store, names, _, _ in
            let language = names.language
            var chosen: (unit: String, hours: String, problem: String?) = ("", Self.usualHours, nil)
            var made: EnrolModel.Made?
            switch outcome {
            case .made(let code, let unit, let expires):
                let command = "phusa enrol --hub \(address) --code"
                made = EnrolModel.Made(
                    code: code, unit: Catalogue.text("enrol.for", language, ["unit": names.unit(unit)]),
                    until: Catalogue.text("enrol.until", language, ["when": ValueText.moment(expires)]),
                    command: command, picture: QRCode("\(command) \(code)")?.svg)
            case .wrong(let problem, let unit, let hours): chosen = (unit, String(hours.prefix(8)), problem)
            case nil: break
            }
            let model = EnrolModel(
                units: try Self.units(store, chosen: chosen.unit, names), hours: chosen.hours,
                problem: chosen.problem, made: made)
            var page = Page("enrol", title: Catalogue.text("devices.enrol", language), model)
            if chosen.problem != nil { page.status = .unprocessableContent }
            return page
        }
    }

    /// The units of the catalogue.
    static func units(_ store: StoreTransaction, chosen: String, _ names: NameBook) throws -> [Shell.Option] {
        let codes = try store.records(form: BuiltInForm.unit.form, space: SpaceName.catalogue).compactMap {
            $0.deleted ? nil : $0.fields["code"]?.plainText
        }
        let labelled = Set(codes).map { (value: $0, label: names.unit($0)) }
            .sorted(byName: \.label)
        return [Shell.Option("", Catalogue.text("enrol.unit.choose", names.language), isSelected: chosen.isEmpty)]
            + labelled.map { Shell.Option($0.value, "\($0.label) (\($0.value))", isSelected: $0.value == chosen) }
    }
}
