import Agent
import Hub
import RecordStore
import Records
import SyncProtocol

/// What people do every day.
extension Year {
    /// So many records of a unit are still spoken of.
    private static let recentLimit = 40
    private static let monthly = ["TTHC.02", "TTHC.03", "TTHC.04", "TTHC.05", "TTHC.06", "NSNN.01"]
    private static let daily = "TTHC.01"

    func work(on day: Int) throws {
        let date = CalendarDate(days: CalendarDate.firstDay.days + Int32(day))
        let isOff = date.isWeekend
        for (place, device) in devices.shuffled(using: &random).enumerated() {
            // From eight to about five.
            let time = Int64(day) * Self.dayLength + 8 * 3_600_000 + Int64(place) * 9 * 3_600_000 / Int64(devices.count)
            if isOff && !random.oneIn(20) { continue }
            setClock(device, time)
            setClock(nil, time)
            try record(on: device, date)
            if device.awayUntil <= day, random.oneIn(25) {
                device.awayUntil = day + 1 + random.below(plan.longestAway)
            }
            // An hour without a line there is everywhere.
            if device.awayUntil <= day, !random.oneIn(8) { try sync(device, on: day) }
        }
    }

    private func record(on device: YearDevice, _ date: CalendarDate) throws {
        for _ in 0...random.below(3) {
            switch random.below(100) {
            case 0..<65: try inspect(on: device, date)
            case 65..<85: try edit(on: device)
            case 85..<88: try delete(on: device)
            default: try report(Self.daily, period: date.iso, on: device)
            }
        }
        // The month's figures, in its first days; more than one in a ward may see to them.
        if date.civil.day <= 6, random.oneIn(6) {
            let month = String(date.iso.prefix(7))
            for indicator in Self.monthly where !random.oneIn(3) {
                try report(indicator, period: month, on: device)
            }
        }
    }

    private func author(on device: YearDevice) -> String {
        Self.person(1 + random.below(Self.peopleOfUnit), device.unit)
    }

    /// What comes from a device whose ward is no more still bears the names of its people.
    private func save(_ draft: Draft, _ mark: String?, on device: YearDevice) throws {
        do {
            let captured = try device.agent.capture([draft])
            costs.saves += 1
            if let mark {
                device.unsent.append(mark)
                due.insert(mark)
            }
            guard case .new(let form, _) = draft.target, forms.contains(where: { $0.form == form }) else { return }
            let word = try device.agent.store.read { try $0.view(ofRow: captured[0].record).word }
            recent[device.unit, default: []].append(word)
            if recent[device.unit, default: []].count > Self.recentLimit { recent[device.unit]?.removeFirst() }
        } catch let error as StoreError where [.recordUnknown, .recordDeleted].contains(error.kind) {
            // Another's record that this device does not know, or that somebody deleted.
        }
    }

    private func inspect(on device: YearDevice, _ date: CalendarDate) throws {
        let form = forms[random.below(forms.count)].form
        let mark = mark()
        try save(
            Draft(
                .new(form: form, space: SpaceName.general(device.unit)),
                edits: [
                    ("facility", .set(.text("Cơ sở \(device.unit) \(mark)"))), ("inspected_on", .set(.date(date))),
                    ("address", .set(.text("\(1 + random.below(300)) đường Nguyễn Trãi"))),
                    ("team", .set(.text("Đoàn \(1 + random.below(3))"))),
                ], author: author(on: device)), mark, on: device)
    }

    /// A record of the ward, or of one that it took over, where the device takes part in that.
    private func someRecord(for device: YearDevice) -> String? {
        let unit = ([device.unit] + device.formerUnits).randomElement(using: &random) ?? device.unit
        return recent[unit]?.randomElement(using: &random)
    }

    private func edit(on device: YearDevice) throws {
        guard let word = someRecord(for: device) else { return }
        let mark = mark()
        try save(
            Draft(
                .edit(word), edits: [("address", .set(.text("sửa lại \(mark)")))], author: author(on: device)), mark,
            on: device)
    }

    private func delete(on device: YearDevice) throws {
        guard let word = someRecord(for: device) else { return }
        try save(
            Draft(.edit(word), edits: [(RegisterKey.deleted.field, .set(.flag(true)))], author: author(on: device)),
            nil, on: device)
    }

    private func report(_ indicator: String, period: String, on device: YearDevice) throws {
        let mark = mark()
        guard let value = DecimalNumber(coefficient: Int64(random.below(1000)), scale: 1) else { return }
        try save(
            Draft(
                .new(form: "indicator_value", space: SpaceName.general(device.unit)),
                edits: [
                    ("indicator", .set(.text(indicator))), ("unit", .set(.text(device.unit))),
                    ("period", .set(.text(period))), ("value", .set(.decimal(value))), ("note", .set(.text(mark))),
                ], author: author(on: device)), mark, on: device)
    }

    /// One sync; on a bad line its answer is lost and it is asked again another time.
    func sync(_ device: YearDevice, on day: Int, mayFail: Bool = true) throws {
        if mayFail, random.oneIn(50) {
            _ = try? device.agent.sync(over: YearLine(hub: hub, losesAnswer: true))
            costs.lostAnswers += 1
            return
        }
        let report = try device.agent.sync(over: YearLine(hub: hub))
        costs.syncs += 1
        costs.bytesUp += report.bytesUp
        costs.bytesDown += report.bytesDown
        costs.deviceDays += 1
        guard report.complete else {
            throw failure("day \(day): \(device.name) did not sync: left \(report.left), \(report.refusals)")
        }
        device.unsent = []
        device.lastSync = day
    }
}

extension CalendarDate {
    /// 1 January 2026.
    fileprivate static let firstDay = CalendarDate(days: 20454)

    /// The first day of the count was a Thursday.
    fileprivate var isWeekend: Bool { [2, 3].contains((Int(days) % 7 + 7) % 7) }
}
