package import Causality
import GRDB
package import Records
import SyncProtocol

/// One change to be made, as a page or a command asks for it.
package struct Draft: Sendable {
    package enum Target: Hashable, Sendable {
        /// A new record of the form in the space. Whoever makes a record has seen nothing of one with the same key.
        case new(form: String, space: String)
        /// A record with a natural key as it is to be, made or written over by somebody who knows all there is: the hub's
        /// own lists.
        case put(form: String, space: String)
        /// A record that exists, by its word.
        case edit(String)
    }

    package enum Edit: Hashable, Sendable {
        /// The field's new value; `null` clears it.
        case set(Value)
        case add(String)
        case drop(String)

        /// With all text as PhuSa stores it.
        var normalized: Edit {
            switch self {
            case .set(.text(let text)): .set(.text(TextFold.normalized(text)))
            case .set(.items(let items)): .set(FieldDefinition.items(items))
            case .set: self
            case .add(let item): .add(TextFold.normalized(item))
            case .drop(let item): .drop(TextFold.normalized(item))
            }
        }
    }

    package var target: Target
    package var edits: [(field: String, edit: Edit)]
    /// What the author had on screen; `nil`: what is known now.
    package var baseToken: String?
    /// The version of the form that was filled in; `nil`: the newest.
    package var formVersion: UInt64?
    package var author: String
    package var reason: String?
    package var quotes: Dot?
    /// Settles a case: that may be one of a deleted record, too.
    package var settles: Bool
    /// Whether the author, beside the base, has seen what they themselves saved here since. A file has not.
    package var seesOwnEdits = true

    package init(
        _ target: Target, edits: [(field: String, edit: Edit)], baseToken: String? = nil, author: String = "",
        reason: String? = nil, quotes: Dot? = nil, settles: Bool = false
    ) {
        self.settles = settles
        self.target = target
        self.edits = edits
        self.baseToken = baseToken
        self.author = author
        self.reason = reason
        self.quotes = quotes
    }
}

/// A change that was saved: durable once the transaction is.
package struct Captured: Sendable {
    package let space: String
    package let record: Int64
    package let dot: String

    package init(space: String, record: Int64, dot: String) {
        self.space = space
        self.record = record
        self.dot = dot
    }
}

extension StoreTransaction {
    /// Saves the drafts as changes of this replica. Drafts of one call that are in one space come into one segment and
    /// become visible together elsewhere.
    package func capture(_ drafts: [Draft]) throws -> [Captured] {
        var captured: [Captured] = []
        var fresh: Set<Int64> = []
        let all = drafts + (try photoDrafts(for: drafts))
        for draft in all {
            let space = try space(of: draft)
            if fresh.insert(space.id).inserted { try makeRoom(for: all.count, in: space) }
            captured.append(try capture(draft, in: space))
        }
        for id in fresh {
            let space = try self.space(id)
            guard let run = try openRun(in: space), try runSize(run, in: space) > Self.runBytes else { continue }
            guard try runSize(run, in: space) <= ProtocolLimits.segmentBytes - 4096 else {
                throw StoreError(.batchTooLarge)
            }
            try seal(in: space)
        }
        return Array(captured.prefix(drafts.count))
    }

    /// Closes the open run where a batch might not fit into it whole.
    private func makeRoom(for count: Int, in space: SpaceState) throws {
        guard count <= ProtocolLimits.segmentChanges else { throw StoreError(.batchTooLarge) }
        guard let run = try openRun(in: space) else { return }
        if count > 1 || run.last - run.first + 1 >= UInt64(Self.runChanges) { try seal(in: space) }
    }

    func space(of draft: Draft) throws -> SpaceState {
        switch draft.target {
        case .new(_, let space), .put(_, let space): try self.space(space)
        case .edit(let word): try locate(word).space
        }
    }

    /// Refuses what ``capture(_:)`` would refuse of one draft, and writes nothing.
    package func check(_ draft: Draft) throws { _ = try checked(draft, in: try space(of: draft)) }

    private func capture(_ draft: Draft, in space: SpaceState) throws -> Captured {
        let checked = try checked(draft, in: space)
        let plan = checked.plan
        let header = ChangeHeader(
            form: plan.form.reference, target: plan.target, author: checked.author, time: checked.time,
            base: try ownBase(plan.base ?? fillingBase(of: plan.target, in: space), in: space))
        let change = try appendOwn(header, checked.payload, in: space)
        return Captured(space: space.name, record: change.record, dot: change.dotWord)
    }

    /// A draft that may be saved.
    private struct Checked {
        let plan: Plan
        let author: String
        let time: HybridTime
        let payload: [UInt8]
    }

    private func checked(_ draft: Draft, in space: SpaceState) throws -> Checked {
        let author = TextFold.normalized(draft.author)
        guard author.utf8.count <= RecordLimits.personBytes else { throw RecordsError(.personInvalid) }
        guard draft.reason?.utf8.count ?? 0 <= RecordLimits.reasonBytes else { throw RecordsError(.reasonTooLong) }
        let plan = try plan(draft, in: space)
        guard !plan.operations.isEmpty else { throw RecordsError(.nothingToSave) }
        guard plan.operations.count <= RecordLimits.operations else { throw RecordsError(.tooLarge) }
        let payload = Payload(
            plan.operations, reason: draft.reason.map(TextFold.normalized), quotes: draft.quotes)
        let time = try nextTime(in: space)
        try plan.form.check(
            payload, creates: plan.creates, today: .inVietnam(milliseconds: time.milliseconds))
        let bytes = payload.canonicalBytes
        guard bytes.count <= RecordLimits.payloadBytes else { throw RecordsError(.tooLarge) }
        return Checked(plan: plan, author: author, time: time, payload: bytes)
    }

    private struct Plan {
        let form: FormDefinition
        let target: ChangeHeader.Target
        let creates: Bool
        let base: Base?
        let operations: [Operation]
    }

    private func plan(_ draft: Draft, in space: SpaceState) throws -> Plan {
        switch draft.target {
        case .new(let name, _), .put(let name, _):
            let form = try filledForm(name, draft)
            var operations = try operations(draft.edits, form: form, current: nil)
            let values = Dictionary(
                operations.filter { $0.register.item == nil }.map { ($0.register.field, $0.value) },
                uniquingKeysWith: { first, _ in first })
            if let content = try sealing(form, values) {
                operations.removeAll { $0.register.field == SealedContent.field }
                operations.append(Operation(RegisterKey(SealedContent.field), content))
            }
            let target: ChangeHeader.Target = form.naturalKey(values).map { .record(.keyed($0)) } ?? .creates
            if case .put = draft.target { operations += try clearings(by: draft, of: target, in: space) }
            guard case .new = draft.target, case .record(let key) = target, let row = try recordRow(key, in: space.id)
            else { return Plan(form: form, target: target, creates: true, base: nil, operations: operations) }
            let known = try view(ofRow: row)
            guard !known.deleted else { throw StoreError(.recordDeleted) }
            try requireUnsealed(known, form, operations)
            var base = Base()
            try own(edits: draft.author, of: row, joining: &base)
            return Plan(form: form, target: target, creates: true, base: base, operations: operations)
        case .edit(let word):
            let place = try locate(word)
            let view = try view(ofRow: place.row)
            let form = try filledForm(view.form, draft)
            let token = Safeguard.baseAsSeen.isOn ? draft.baseToken : nil
            var base = try token.map { try self.base(token: $0, record: place.record, in: space) }
            if draft.seesOwnEdits, var seen = base {
                try own(edits: draft.author, of: place.row, joining: &seen)
                base = seen
            }
            let writesDeletion = draft.settles || draft.edits.contains { $0.field == RegisterKey.deleted.field }
            guard writesDeletion || !view.deleted || base.map({ !knows(deletionOf: view, $0) }) ?? false else {
                throw StoreError(.recordDeleted)
            }
            let operations = try operations(draft.edits, form: form, current: view)
            // What stood against each other before it was signed may still be settled; what was signed is apart from it.
            if !draft.settles { try requireUnsealed(view, form, operations) }
            return Plan(
                form: form, target: .record(place.record), creates: false, base: base, operations: operations)
        }
    }

    private func filledForm(_ name: String, _ draft: Draft) throws -> FormDefinition {
        guard let version = draft.formVersion else { return try latestForm(name) }
        guard let form = try form(FormReference(name, version: version)) else {
            throw RecordsError(.formUnknown, ["form": name])
        }
        return form
    }

    /// Whoever edits has seen what they themselves saved here before. People whom nobody named are one for that: the machine.
    private func own(edits author: String, of record: Int64, joining base: inout Base) throws {
        guard Safeguard.ownEditsSeen.isOn else { return }
        for change in try changes(ofRecord: record)
        where try change.author == author && wasMadeHere(change, in: change.space) {
            base.insert(change.dot)
        }
        base.limit(to: RecordLimits.baseDots, own: identity.replica)
    }

    /// Whether the author had seen that the record is deleted.
    private func knows(deletionOf view: RecordView, _ base: Base) -> Bool {
        (view.versions[RegisterKey.deleted.field] ?? []).contains {
            $0.value == .flag(true) && base.covers($0.dot, received: $0.received)
        }
    }

    private func operations(
        _ edits: [(field: String, edit: Draft.Edit)], form: FormDefinition, current: RecordView?
    ) throws -> [Operation] {
        var operations: [RegisterKey: Value] = [:]
        for (name, typed) in edits {
            let edit = typed.normalized
            if name == RegisterKey.deleted.field, case .set(let value) = edit {
                operations[.deleted] = value
                continue
            }
            guard let field = form.field(name) else {
                throw RecordsError(.fieldUnknown, ["field": name, "form": form.form])
            }
            switch edit {
            case .set(let value) where field.isUnion:
                try field.check(value)
                var wanted: [String] = []
                if case .items(let items) = value { wanted = items }
                var present: [String] = []
                if case .items(let items)? = current?.fields[name] { present = items }
                for item in wanted where !present.contains(item) {
                    operations[RegisterKey(name, item: item)] = .flag(true)
                }
                for item in present where !wanted.contains(item) {
                    operations[RegisterKey(name, item: item)] = .flag(false)
                }
            case .set(let value):
                try field.check(value)
                if current == nil, value == .null { continue }
                operations[RegisterKey(name)] = value
            case .add(let item):
                try field.checkMember(item)
                operations[RegisterKey(name, item: item)] = .flag(true)
            case .drop(let item):
                try field.checkMember(item)
                operations[RegisterKey(name, item: item)] = .flag(false)
            }
        }
        return operations.map { Operation($0.key, $0.value) }
    }

    /// While a snapshot loads, what was seen of a record is what is loaded of it, not all up to the snapshot's place.
    private func fillingBase(of target: ChangeHeader.Target, in space: SpaceState) throws -> Base? {
        guard try self.space(space.id).fill == .filling, Safeguard.baseWhileFilling.isOn else { return nil }
        var base = Base(vector: VersionVector([identity.replica: try head(of: identity.replica, in: space).sequence]))
        guard case .record(let name) = target, let row = try recordRow(name, in: space.id) else { return base }
        for dot in try loadedDots(of: row) { base.insert(dot) }
        return base
    }

    /// What a record that is there already loses when it is written over.
    private func clearings(
        by draft: Draft, of target: ChangeHeader.Target, in space: SpaceState
    ) throws -> [Operation] {
        guard case .record(let key) = target, let row = try recordRow(key, in: space.id) else { return [] }
        let known = try view(ofRow: row).fields
        return draft.edits.filter { $0.edit == .set(.null) && known[$0.field] ?? .null != .null }
            .map { Operation(RegisterKey($0.field), .null) }
    }

    /// `nil` where the base is the default one.
    private func ownBase(_ base: Base?, in space: SpaceState) throws -> Base? {
        guard let base else { return nil }
        // Where a run depends on more than the log, its default is more than what is named here.
        guard try !dependsOnOthers(in: space) else { return base }
        let position = try self.space(space.id).position.index
        let head = try head(of: identity.replica, in: space)
        let isDefault = base.position == position && base.vector[identity.replica] == head.sequence
        return isDefault ? nil : base
    }

    /// A time that does not run behind the replica's last change, unless that was made by a clock far ahead.
    private func nextTime(in space: SpaceState) throws -> HybridTime {
        // Whole seconds tell people's edits apart, and cost less on the wire.
        let now = world.now() / 1000 * 1000
        let head = try head(of: identity.replica, in: space)
        let last = try change(Dot(identity.replica, max(1, head.sequence)), in: space.id)?.time
        guard let last, last.milliseconds - now < 600_000 else { return HybridTime(milliseconds: now) }
        return last.next(at: now)
    }

    /// Appends and merges a change of this replica, undecided until the hub's log says more.
    func appendOwn(_ header: ChangeHeader, _ payload: [UInt8], in space: SpaceState) throws -> StoredChange {
        let row = try requireReplica(identity.replica)
        let head = try head(of: identity.replica, in: space)
        let state = try self.space(space.id)
        let sequence = head.sequence + 1
        let run = try openRun(in: space)
        let dependsOnOthers = try dependsOnOthers(in: space)
        let dependency = Dependency(
            position: state.position, exceptions: run == nil && dependsOnOthers ? try unreceivedHeads(in: space) : [:],
            catalogue: try catalogueIndex())
        let link = Chain.link(
            after: head.hash, dependency: run == nil ? dependency : nil, header: header,
            commitment: Payload.commitment(of: payload))
        let logged = LoggedChange(sequence: sequence, header: header, payload: payload)
        let reading =
            dependsOnOthers
            ? try reading(
                run.map { try stated(by: $0, in: space) } ?? dependency, of: identity.replica, by: .any, in: space)
            : nil
        let (change, record) = try append(
            logged, of: identity.replica, row: row, in: space, depends: state.position.index, link: link, reading)
        try merge(change, into: record)
        try setHead(Head(sequence: sequence, hash: link), of: row, in: space.id)
        if let run {
            try extend(run, to: sequence, in: space)
        } else {
            try insertSegment(
                replica: row, first: sequence, last: sequence, previous: head.hash, dependency: dependency,
                signature: nil,
                in: space.id)
        }
        try noteMade(sequence, in: space)
        return change
    }

    private func catalogueIndex() throws -> UInt64 {
        try hasSpace(SpaceName.catalogue) ? space(SpaceName.catalogue).position.index : 0
    }
}
