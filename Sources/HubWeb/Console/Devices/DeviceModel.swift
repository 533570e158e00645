import Causality
import Hub
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Everything of one device.
struct DeviceModel {
    struct Link {
        let linkHref: String
        let linkLabel: String
    }

    /// A day of the strip, from the oldest to today.
    struct Day {
        let dayLeft: String
        let isOn: Bool
    }

    let row: DeviceRow
    let standingAbout: String
    let replica: String
    let enrolled: String
    let told: String
    let revoked: String?
    let retired: String?
    let reason: String?
    let formers: [Link]
    let hasFormers: Bool
    let successors: [Link]
    let hasSuccessors: Bool
    let spaces: [String]
    let refusedCount: String
    let work: [DeviceWorkRow]
    let hasWork: Bool
    let strip: [Day]
    let stripText: String
    let contactDays: String
    let hasContactDays: Bool
    let mayManage: Bool
    let mayRetire: Bool
    let isRevoked: Bool
    let isReadOnly: Bool
    let problem: String?

    init(
        _ entry: DeviceBoard.Entry, on board: DeviceBoard, in store: StoreTransaction, canManage: Bool,
        isReasonMissing: Bool, _ names: NameBook
    ) throws {
        let (device, language) = (entry.device, names.language)
        func link(_ replica: ReplicaID) -> Link {
            Link(linkHref: "/devices/\(replica.word)", linkLabel: replica.word)
        }
        row = DeviceRow(entry, on: board, now: store.now, names)
        standingAbout = Catalogue.text("device.\(entry.standing.rawValue).about", language)
        replica = device.replica.word
        enrolled = ValueText.moment(device.enrolled)
        told =
            device.told.map { Catalogue.text("device.told", language, DeviceRow.moment($0.at, store.now, language)) }
            ?? Catalogue.text("device.told.none", language)
        revoked = device.revoked.map { ValueText.moment($0) }
        retired = device.retired.map { ValueText.moment($0) }
        reason = device.reason.isEmpty ? nil : device.reason
        formers = device.former.map { [link($0)] } ?? []
        hasFormers = !formers.isEmpty
        successors = entry.successors.map(link)
        hasSuccessors = !successors.isEmpty
        spaces = device.spaces.map { "\(names.space($0)) (\($0))" }
        let received = try DeviceWork(of: device.replica, store)
        refusedCount = VietnameseFormat.number(String(received.refused))
        work = received.spaces.map { DeviceWorkRow($0, names) }
        hasWork = !work.isEmpty
        let first = board.today - DeviceRhythm.rememberedDays + 1
        let days = Set(entry.days)
        strip = (0..<DeviceRhythm.rememberedDays).map {
            Day(dayLeft: String($0 * 10), isOn: days.contains(first + $0))
        }
        stripText = Catalogue.text(
            "device.days.text", language,
            ["count": String(days.count { $0 >= first }), "days": String(DeviceRhythm.rememberedDays)])
        contactDays = entry.days.filter { $0 >= first }.sorted().reversed().map(Self.date).joined(separator: ", ")
        hasContactDays = !contactDays.isEmpty
        isRevoked = device.revoked != nil
        mayManage = canManage && device.revoked == nil
        mayRetire = mayManage && device.retired == nil
        isReadOnly = !canManage
        problem = isReasonMissing ? Catalogue.text("device.reason.missing", language) : nil
    }

    private static func date(_ day: Int) -> String {
        String(ValueText.moment(Int64(day) * 86_400_000).prefix { $0 != " " })
    }
}

/// What the hub has of a device's work in one space.
struct DeviceWorkRow {
    let workSpace: String
    let workChanges: String
    let workReceived: String
    let workMade: String

    init(_ space: DeviceWork.Space, _ names: NameBook) {
        workSpace = "\(names.space(space.name)) (\(space.name))"
        workChanges = VietnameseFormat.number(String(space.changes))
        workReceived = ValueText.moment(space.received)
        workMade = ValueText.moment(space.made)
    }
}
