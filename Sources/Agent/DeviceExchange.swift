package import Causality
import RecordStore
import Records
import SyncProtocol

/// The device's side of one request and its answer: makes the request piece by piece, takes the answer as its bytes come.
/// Each frame of the answer is one transaction, so that a cut line loses one frame at most.
package final class DeviceExchange {
    let device: AgentDevice
    let hub: AgentDevice.HubLink
    let options: Options
    /// Who asks. The device may go on as another by what the answer brings.
    var own: ReplicaIdentity?
    /// The device's spaces in the order of its certificate.
    var spaces: [String] = []
    /// How far the answer has come in each, from where the request said the device stands.
    var positions: [LogPosition] = []
    /// What the request says of what stands below each position.
    var floors: [Knowledge.Floor] = []
    /// What the transaction of a frame found that ends the exchange; what the frame brought before stays.
    var failure: ProtocolError?
    var session: DeviceSession?
    /// The clock that the request states, in seconds since 1970.
    var clock: Int64 = 0
    /// The number of the catalogue among the spaces.
    var catalogue: Int? { spaces.firstIndex(of: SpaceName.catalogue) }
    var offer: SessionOffer?
    var name = Hash256.zero
    var waiting: [(space: Int, segment: StoreTransaction.Unreceived)] = []
    /// What the hub has lost of its logs and does not have back yet, by the number of the space.
    var evidence: [(space: Int, evidence: LostEvidence)] = []
    /// Replicas whose certificates the request has brought.
    var certified: Set<ReplicaID> = []
    var stage = Stage.unasked
    var reader = MessageReader()
    var frames: UInt64 = 0
    /// The transaction in which a preview plays the answer.
    var playground: StoreTransaction?

    enum Stage {
        case unasked, asking, asked, answering, done
        /// Another process of the device has gone another way meanwhile: what follows is of no use, and is asked for anew.
        case overtaken
    }

    /// A change that waits for the hub.
    package struct Waiting: Hashable, Sendable {
        package let space: String
        package let dot: Dot

        package init(space: String, dot: Dot) {
            self.space = space
            self.dot = dot
        }
    }

    /// What a request is made with.
    package struct Options: Sendable {
        /// How many bytes of segments go at most.
        package var budget = Int.max
        /// How many bytes of answer are wanted at most; 0: any number.
        package var answerLimit: UInt64 = 0
        /// Whether to name every place, where the hub no longer remembers them.
        package var listsKnowledge = false
        /// A change that is to go alone, with what its log needs before it.
        package var only: Waiting?

        package init() {}
    }

    /// What was sent and what came.
    package internal(set) var sent = 0
    package internal(set) var changesSent = 0
    package internal(set) var received = 0
    package internal(set) var changesTaken = 0
    package internal(set) var epoch: UInt64 = 0
    package internal(set) var refusals: [String: String] = [:]
    /// Whether the hub has more to give.
    package internal(set) var more = false

    package init(_ device: AgentDevice, with hub: AgentDevice.HubLink, _ options: Options = .init()) {
        self.device = device
        self.hub = hub
        self.options = options
    }
}
