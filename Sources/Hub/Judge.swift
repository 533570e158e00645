import Causality
import GRDB
import RecordStore
import Records
import SyncProtocol
import Wording

/// Decides what becomes of a change that a device sent. One table of rights, for every path into the hub.
struct Judge {
    enum Ruling: Equatable {
        case accept
        /// Until a person or a newer catalogue decides.
        case wait
        case refuse(code: String, details: [String: String])
    }

    let store: StoreTransaction
    let device: Device
    /// Whether it can be told what the author had seen: not on a lost line that nobody has shown. There a record may have been
    /// begun by what the hub lost.
    let isSightKnown: Bool
    /// Records with natural keys that accepted changes of the segment under judgement make.
    private(set) var made: Set<RecordID> = []
    private var seals: SealJudge
    /// Those who were looked for, and who was found.
    private var people: [String: Person?] = [:]

    /// - Parameter replica: who made the changes.
    init(store: StoreTransaction, device: Device, replica: ReplicaID, isSightKnown: Bool) {
        self.store = store
        self.device = device
        self.isSightKnown = isSightKnown
        seals = SealJudge(store: store, replica: replica)
    }

    mutating func ruling(on change: LoggedChange, in space: SpaceState) throws -> Ruling {
        if device.revoked != nil { return refuse("device.revoked") }
        // Another machine, which has a part there, may bring it.
        guard device.spaces.contains(space.name) else { return refuse(HubError.Code.spaceForbidden.rawValue) }
        if space.name == SpaceName.catalogue || SpaceName.isPeople(space.name) { return refuse("rights.hub-only") }
        if let ruling = try ruling(onAuthor: change.header, in: space) { return ruling }
        guard let payload = try? Payload(canonical: change.payload) else { return refuse("payload.unreadable") }
        guard let form = try store.form(change.header.form) else { return .wait }
        guard form.writers == .unit else { return refuse("rights.hub-only") }
        var ruling = ruling(on: payload, of: change.header, form: form)
        if ruling == .accept { ruling = try self.ruling(onSeals: payload, of: change, form: form, in: space) }
        guard ruling == .accept, case .record(.keyed(let key)) = change.header.target else { return ruling }
        let fields = Set(payload.operations.map(\.register.field))
        if form.keyFields.contains(where: { fields.contains($0.name) }) {
            made.insert(.keyed(key))
        } else if try isSightKnown && !made.contains(.keyed(key)) && !store.tellsKey(of: .keyed(key), form, in: space) {
            return refuse("record.key-missing")
        }
        return ruling
    }

    private mutating func ruling(onAuthor change: ChangeHeader, in space: SpaceState) throws -> Ruling? {
        guard !change.author.isEmpty, let person = try person(change.author) else { return nil }
        if person.disabled, Safeguard.rightsJudged.isOn { return refuse("person.disabled", ["person": person.id]) }
        let received = CalendarDate.inVietnam(milliseconds: store.now)
        let made = min(received, .inVietnam(milliseconds: change.time.milliseconds))
        // A machine's people work in all its spaces.
        for place in [space.name, SpaceName.general(device.unit)]
        where person.rights.allow(.record, in: place, on: made...received) { return nil }
        guard let writing = person.grants.first(where: \.role.writes) else {
            let role = (person.role ?? person.grants.first?.role)?.rawValue ?? ""
            return refuse("rights.role", ["person": person.id, "role": role])
        }
        let units = [SpaceName.unit(of: space.name) ?? "", device.unit]
        if writing.role == .hubAdmin || person.grants.contains(where: { $0.role.writes && units.contains($0.unit) }) {
            return refuse("rights.days", ["person": person.id])
        }
        return refuse("rights.unit", ["person": person.id, "unit": person.unit])
    }

    private mutating func person(_ id: String) throws -> Person? {
        if let known = people[id] { return known }
        let person = try Hub.person(id, store)
        people[id] = .some(person)
        return person
    }

    private func ruling(on payload: Payload, of header: ChangeHeader, form: FormDefinition) -> Ruling {
        let values = Dictionary(
            payload.operations.filter { $0.register.item == nil }.map { ($0.register.field, $0.value) },
            uniquingKeysWith: { first, _ in first })
        var creates = header.target == .creates
        if case .record(.keyed(let key)) = header.target, form.keyFields.contains(where: { values[$0.name] != nil }) {
            guard form.naturalKey(values) == key else { return refuse("record.key-wrong") }
            creates = true
        }
        do {
            try form.check(payload, creates: creates, today: .inVietnam(milliseconds: header.time.milliseconds))
        } catch {
            return refuse(error.code, error.details)
        }
        return .accept
    }

    /// What was signed stands.
    private mutating func ruling(
        onSeals payload: Payload, of change: LoggedChange, form: FormDefinition, in space: SpaceState
    ) throws -> Ruling {
        switch try seals.ruling(
            on: payload, of: change.header, sequence: change.sequence, form: form, in: space)
        {
        case .accept: return .accept
        case .sealed(let word): return refuse("record.sealed", ["record": word])
        case .parentWrong: return refuse("field.parent", ["field": SealedContent.target])
        case .unreadable: return refuse("seal.unreadable")
        }
    }

    private func refuse(_ code: String, _ details: [String: String] = [:]) -> Ruling {
        .refuse(code: code, details: details)
    }
}
