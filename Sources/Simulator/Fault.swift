/// What the simulated world can do to those in it. Each is dealt once in so many chances, and has a random stream of its own,
/// so that a run without one of them leaves the others as they were.
///
/// To add one: a case here with its rate, and a `deals` at the place where it strikes.
package enum Fault: String, CaseIterable, Sendable {
    // On the line.
    case requestLost = "request-lost"
    /// A request that was lost comes after all, behind others.
    case requestLate = "request-late"
    case requestDoubled = "request-doubled"
    case answerLost = "answer-lost"
    case answerLate = "answer-late"
    case answerDamaged = "answer-damaged"
    case answerCut = "answer-cut"

    // Of processes and the power.
    /// The process dies where it would commit, or has just committed.
    case agentKilled = "agent-killed"
    case hubKilled = "hub-killed"
    /// The power goes in the middle of a write or sync.
    case agentPowerCut = "agent-power-cut"
    case hubPowerCut = "hub-power-cut"

    // Of disks.
    case agentDiskFull = "agent-disk-full"
    case hubDiskFull = "hub-disk-full"
    /// Writes and syncs fail, and say so.
    case diskFailing = "disk-failing"
    /// Syncs return and have done nothing. Only agents have such disks: what a hub has answered must be durable.
    case syncLost = "sync-lost"
    /// Bits turn over in the files of a machine that is off.
    case bitsFlipped = "bits-flipped"

    // Of clocks, all of them on devices.
    case clockWrong = "clock-wrong"
    case clockJumps = "clock-jumps"
    case clockStops = "clock-stops"
    /// It tells so little of the time that many things happen at the same one.
    case clockCoarse = "clock-coarse"

    // Of copies of whole machines.
    case deviceCopied = "device-copied"
    /// A copy of a device takes the place of what it is now.
    case devicePutBack = "device-put-back"
    /// A second device goes on from a copy of the first.
    case deviceCloned = "device-cloned"
    case hubCopied = "hub-copied"
    case hubPutBack = "hub-put-back"

    // Of people and what they set up.
    case rightsLost = "rights-lost"
    case rightsBack = "rights-back"
    case snapshotsGone = "snapshots-gone"
    case lateAgent = "late-agent"
    case oldForm = "old-form"
    case twoProcesses = "two-processes"
    /// A device is not expected any more, and comes all the same.
    case deviceRetired = "device-retired"
    /// A hub that is put back says so itself, as the command does, before any device shows it.
    case putBackAnnounced = "put-back-announced"
    /// An enrolled device lies once more.
    case peerLies = "peer-lies"

    /// It happens once in so many times that it could, give or take what the seed makes of it.
    var oneIn: Int {
        switch self {
        case .requestLost, .answerLost: 6
        case .requestLate, .requestDoubled, .answerLate, .answerDamaged, .answerCut: 8
        case .agentKilled, .hubKilled: 10
        case .agentPowerCut: 15
        case .hubPowerCut: 20
        case .agentDiskFull, .hubDiskFull, .diskFailing: 25
        case .syncLost, .bitsFlipped: 40
        case .clockWrong, .clockCoarse: 2
        case .clockJumps, .clockStops: 20
        case .deviceCopied, .hubCopied: 10
        case .devicePutBack, .deviceCloned, .hubPutBack: 30
        case .rightsLost, .rightsBack: 15
        case .snapshotsGone: 20
        case .lateAgent, .deviceRetired: 20
        case .oldForm, .twoProcesses: 3
        case .putBackAnnounced: 2
        case .peerLies: 6
        }
    }
}

/// Which faults a run deals, how often, and how many it has dealt.
struct FaultMix {
    private var streams: [Fault: SeededRandom] = [:]
    private var rates: [Fault: Int] = [:]
    private(set) var dealt: [Fault: Int] = [:]
    /// Nothing is dealt any more.
    var isOver = false

    init(_ faults: [Fault], seed: UInt64) {
        for (number, fault) in Fault.allCases.enumerated() where faults.contains(fault) {
            var stream = SeededRandom(seed: seed &* 1_000_003 &+ UInt64(number))
            // From three times as often to three times as seldom.
            rates[fault] = max(1, fault.oneIn * [1, 2, 3, 6, 9][stream.below(5)] / 3)
            streams[fault] = stream
        }
    }

    func isOn(_ fault: Fault) -> Bool { rates[fault] != nil && !isOver }

    /// Whether the fault strikes now.
    mutating func deals(_ fault: Fault) -> Bool {
        guard isOn(fault), let rate = rates[fault], streams[fault]?.oneIn(rate) ?? false else { return false }
        dealt[fault, default: 0] += 1
        return true
    }

    /// A number that says how the fault strikes.
    mutating func below(_ n: Int, _ fault: Fault) -> Int { streams[fault]?.below(n) ?? 0 }
}
