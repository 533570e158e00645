import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What to do about a lost device, and once it is revoked, what became of its work.
struct LostDeviceModel {
    struct Someone {
        let personName: String
        let personID: String
    }

    let deviceHref: String
    let deviceUnit: String
    let deviceName: String
    let isRevoked: Bool
    let revoked: String
    let reason: String
    let mayManage: Bool
    let isReadOnly: Bool
    let problem: String?
    let work: [DeviceWorkRow]
    let hasWork: Bool
    let total: String
    let left: String
    let isTold: Bool
    let later: String
    let laterCount: String
    let people: [Someone]
    let hasPeople: Bool

    init(
        _ device: Device, in store: StoreTransaction, canManage: Bool, isReasonMissing: Bool, _ names: NameBook
    ) throws {
        let language = names.language
        let received = try DeviceWork(ofAllNamesOf: device.replica, store)
        deviceHref = "/devices/\(device.replica.word)"
        deviceUnit = names.unit(device.unit)
        deviceName = Catalogue.text("devices.machine", language, ["machine": DeviceRow.short(device)])
        isRevoked = device.revoked != nil
        revoked = ValueText.moment(device.revoked)
        reason = device.reason
        mayManage = canManage && device.revoked == nil
        isReadOnly = !canManage
        problem = isReasonMissing ? Catalogue.text("device.reason.missing", language) : nil
        work = received.spaces.map { DeviceWorkRow($0, names) }
        hasWork = !work.isEmpty
        total = Catalogue.text(
            "lost.total", language, ["count": VietnameseFormat.number(String(received.changes))])
        left = Self.left(device.told, language)
        isTold = device.told != nil
        later = Catalogue.text("lost.later.about", language, ["code": HubError(.deviceRevoked).code])
        laterCount = Catalogue.text(
            "lost.later.count", language, ["count": VietnameseFormat.number(String(received.later))])
        people = received.authors.map { Someone(personName: names.person($0), personID: $0) }
        hasPeople = !people.isEmpty
    }

    private static func left(_ told: Device.Told?, _ language: Language) -> String {
        guard let told else { return Catalogue.text("lost.left.unknown", language) }
        let key = told.waiting + told.photos == 0 ? "lost.left.none" : "lost.left.told"
        return Catalogue.text(
            key, language, DeviceRow.counts(told).merging(["when": ValueText.moment(told.at)]) { $1 })
    }
}

extension Console {
    func lostDevice(_ request: Request, _ word: String) async throws -> Response {
        try await lostPage(request, word, isReasonMissing: false)
    }

    func lostPage(_ request: Request, _ word: String, isReasonMissing: Bool) async throws -> Response {
        try await show(request, .readDesk) { [hub] store, names, visitor, _ in
            let entry = try Self.entry(word, on: DeviceBoard(hub, store), for: visitor)
            let model = try LostDeviceModel(
                entry.device, in: store, canManage: visitor.may(.runDevices), isReasonMissing: isReasonMissing,
                names)
            var page = Page("devicelost", title: Catalogue.text("lost.title", names.language), model)
            if isReasonMissing { page.status = .unprocessableContent }
            return page
        }
    }
}
