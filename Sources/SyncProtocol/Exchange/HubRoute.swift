/// The hub's addresses, by what is posted to each.
package enum HubRoute: String, CaseIterable, Sendable {
    case enrol = "enrol/1"
    case sync = "sync/1"
    case succeed = "succeed/1"
    case password = "password/1"
    case askAttachments = "attachments/1"
    case putAttachment = "attachment/1"
    case getAttachment = "attachment/get/1"
    case device = "device/1"
}
