/// Whether a device comes as it usually does, and if not, what is the likelier reason.
///
/// *Unreachable* is a guess from the unit's other devices: where none of them comes, the line is the likelier reason; where one
/// comes, the line works, and somebody has to ask the people. The hub cannot see more than who came.
package enum DeviceStanding: String, CaseIterable, Sendable {
    /// Late, and nothing came from any device of the unit for longer than usual there: the line may be at fault.
    case unreachable
    /// Late, while the unit's line works, or with nothing to bring by its last word.
    case silent
    case neverSeen = "never-seen"
    case onTime = "on-time"
    /// It goes on under another key.
    case succeeded
    case retired
    case revoked

    /// Whether somebody should look after it.
    package var isMissed: Bool { self == .unreachable || self == .silent }

    /// What the judgement rests on.
    package struct Facts: Sendable {
        package var isRevoked = false
        package var isRetired = false
        /// Whether another replica went on from it.
        package var isSucceeded = false
        /// When it was last in contact, in milliseconds since 1970; `nil`: never.
        package var contact: Int64?
        /// The days on which it was in contact.
        package var days: [Int] = []
        /// The changes and photos that waited there by its last word; `nil` where it told nothing.
        package var waiting: Int64?

        package init() {}
    }

    /// What the devices of one unit say of its line.
    package struct Unit: Sendable {
        fileprivate let latest: Int?
        fileprivate let rhythm: DeviceRhythm
        /// How many are expected, and have come before.
        fileprivate let expectedCount: Int

        /// - Parameter devices: all of the unit. A contact of one that is not expected any more shows too that the line works.
        package init(_ devices: [Facts]) {
            latest = devices.compactMap(\.contact).max().map(DeviceRhythm.day)
            rhythm = DeviceRhythm(days: devices.lazy.flatMap(\.allDays))
            expectedCount = devices.count {
                !$0.isRevoked && !$0.isRetired && !$0.isSucceeded && $0.contact != nil
            }
        }
    }

    /// - Parameters:
    ///   - unit: of the device and those beside it.
    ///   - today: counted as ``DeviceRhythm/day(_:)`` does.
    package init(of device: Facts, in unit: Unit, today: Int) {
        if device.isRevoked {
            self = .revoked
        } else if device.isRetired {
            self = .retired
        } else if device.isSucceeded {
            self = .succeeded
        } else if device.contact == nil {
            self = .neverSeen
        } else {
            self = Self.judged(device, unit, today)
        }
    }

    private static func judged(_ device: Facts, _ unit: Unit, _ today: Int) -> DeviceStanding {
        let rhythm = device.rhythm
        guard rhythm.isLate(on: today) else { return .onTime }
        // Somebody of the unit got through when this one was missed already.
        if let latest = unit.latest, rhythm.isLate(on: latest) { return .silent }
        // With nobody beside it, an empty outbox is the likelier reason to stay away.
        if unit.expectedCount == 1, device.waiting == 0 { return .silent }
        return unit.rhythm.isLate(on: today) ? .unreachable : .silent
    }
}

extension DeviceStanding.Facts {
    /// The days that are remembered, and that of the last contact, which may be older.
    package var allDays: [Int] { days + (contact.map { [DeviceRhythm.day($0)] } ?? []) }

    package var rhythm: DeviceRhythm { DeviceRhythm(days: allDays) }
}
