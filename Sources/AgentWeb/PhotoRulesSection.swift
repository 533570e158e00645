import Agent
import Hummingbird
import NIOPosix
import RecordStore
import Records
import WebPages
import Wording

/// What people chose for photos of this machine, and what of them waits.
struct PhotoRulesModel {
    struct Network {
        let networkName: String
        let networkLabel: String
        let isChosen: Bool
    }

    let networks: [Network]
    let daysTyped: String
    let photosWaiting: String?
    /// Whether there is a hub to send them to.
    let maySend: Bool
}

extension AgentSite {
    func photoRulesModel(_ store: StoreTransaction, _ language: Language) throws -> PhotoRulesModel {
        let rules = try store.photoRules()
        let waiting = device.isTraining ? [] : try device.attachmentsToSend(store)
        return PhotoRulesModel(
            networks: NetworkKind.allCases.map { kind in
                PhotoRulesModel.Network(
                    networkName: kind.rawValue,
                    networkLabel: Catalogue.text("photos.network.\(kind.rawValue)", language),
                    isChosen: rules.networks.contains(kind))
            },
            daysTyped: rules.keptDays.map(String.init) ?? "",
            photosWaiting: Self.photosToSend(waiting.count, waiting.reduce(0) { $0 + $1.byteCount }, language),
            maySend: try device.standing(store).isEnrolled)
    }

    /// Keeps what somebody chose.
    func setPhotoRules(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        let typed = body["days"].filter { !$0.isWhitespace }
        // What is no number is none that a rule can have.
        let days = typed.isEmpty ? nil : Int(typed) ?? 0
        let networks = Set(body.all("network").compactMap { NetworkKind(rawValue: $0) })
        try await NIOThreadPool.singleton.runIfActive {
            try device.store.write { try $0.setPhotoRules(PhotoRules(networks: networks, keptDays: days)) }
        }
        return .seeOther("/sync?done=photos")
    }
}
