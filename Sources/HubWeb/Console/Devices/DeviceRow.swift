import Hub
import RecordPages
import Records
import WebPages
import Wording

/// A device in a row of the board, and at the head of its own page.
struct DeviceRow {
    /// Something told in words; what somebody should look at has a sign too.
    struct Detail {
        let detailText: String
        let isFlagged: Bool
    }

    let deviceHref: String
    let deviceUnit: String
    let deviceName: String
    let standingKey: String
    let standingSign: String
    let standingLabel: String
    let deviceContact: String
    let deviceRhythm: String
    let details: [Detail]

    /// From so many minutes on a clock is told to be wrong: times that people wrote are off by as much.
    private static let wrongClockMinutes: Int64 = 5
    /// Below it people should make room, as their own pages tell them.
    private static let lowDiskBytes: Int64 = 500_000_000

    init(_ entry: DeviceBoard.Entry, on board: DeviceBoard, now: Int64, _ names: NameBook) {
        let (device, language) = (entry.device, names.language)
        deviceHref = "/devices/\(device.replica.word)"
        deviceUnit = names.unit(device.unit)
        deviceName = Catalogue.text("devices.machine", language, ["machine": Self.short(device)])
        standingKey = entry.standing.rawValue
        standingSign = Self.sign(entry.standing)
        standingLabel = Self.label(entry.standing, language)
        deviceContact =
            device.contact.map {
                Catalogue.text("device.contact", language, Self.moment($0, now, language))
            } ?? Catalogue.text("device.contact.none", language)
        deviceRhythm = Self.rhythm(entry.rhythm, language)
        details = Self.details(device, board, language)
    }

    static func short(_ device: Device) -> String { String(device.replica.word.prefix(6)) }

    static func moment(_ at: Int64, _ now: Int64, _ language: Language) -> [String: String] {
        ["when": ValueText.moment(at), "age": ValueText.age(milliseconds: now - at, language)]
    }

    static func label(_ standing: DeviceStanding, _ language: Language) -> String {
        Catalogue.text("device.\(standing.rawValue)", language)
    }

    static func sign(_ standing: DeviceStanding) -> String {
        switch standing {
        case .unreachable: "✕"
        case .silent: "!"
        case .neverSeen: "○"
        case .onTime: "✓"
        case .succeeded: "↺"
        case .retired: "–"
        case .revoked: "■"
        }
    }

    private static func rhythm(_ rhythm: DeviceRhythm, _ language: Language) -> String {
        switch rhythm.habit {
        case .unknown: Catalogue.text("device.rhythm.unknown", language)
        case .workingDays: Catalogue.text("device.rhythm.working-days", language)
        case .days(1): Catalogue.text("device.rhythm.daily", language)
        case .days(let count): Catalogue.text("device.rhythm.days", language, ["days": String(count)])
        }
    }

    private static func details(_ device: Device, _ board: DeviceBoard, _ language: Language) -> [Detail] {
        let clock = device.contact == nil ? nil : device.clockOffset.map { self.clock($0, language) }
        guard let told = device.told else {
            let none = Detail(detailText: Catalogue.text("device.told.none", language), isFlagged: false)
            return [clock, device.contact == nil ? nil : none].compactMap { $0 }
        }
        let version = Detail(
            detailText: Catalogue.text("device.version", language, ["version": told.version]), isFlagged: false)
        let waiting = Detail(
            detailText: told.waiting + told.photos == 0
                ? Catalogue.text("device.waiting.none", language)
                : Catalogue.text("device.waiting", language, counts(told)), isFlagged: false)
        let epoch = Detail(
            detailText: told.epoch == board.epoch
                ? Catalogue.text("device.epoch.same", language)
                : Catalogue.text(
                    "device.epoch", language, ["epoch": String(told.epoch), "hub": String(board.epoch)]),
            isFlagged: told.epoch != board.epoch)
        return [version, waiting, clock, told.free.map { disk($0, language) }, epoch].compactMap { $0 }
    }

    static func counts(_ told: Device.Told) -> [String: String] {
        [
            "changes": VietnameseFormat.number(String(told.waiting)),
            "photos": VietnameseFormat.number(String(told.photos)),
        ]
    }

    private static func clock(_ offset: Int64, _ language: Language) -> Detail {
        let minutes = offset / 60_000
        let key = minutes == 0 ? "device.clock.right" : minutes > 0 ? "device.clock.ahead" : "device.clock.behind"
        let shown = VietnameseFormat.number(String(minutes.magnitude))
        return Detail(
            detailText: Catalogue.text(key, language, ["minutes": shown]),
            isFlagged: minutes.magnitude >= UInt64(wrongClockMinutes))
    }

    private static func disk(_ free: Int64, _ language: Language) -> Detail {
        let isLow = free < lowDiskBytes
        let key = isLow ? "device.disk.low" : "device.disk"
        return Detail(
            detailText: Catalogue.text(key, language, ["bytes": VietnameseFormat.bytes(free)]), isFlagged: isLow)
    }
}
