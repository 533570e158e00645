/// Every limit on what one record, change or form may hold, in one place. Larger input is refused with a code.
package enum RecordLimits {
    /// UTF-8 bytes of one text value.
    package static let textBytes = 64 * 1024
    /// Members of one set or choice list.
    package static let items = 1000
    /// Fields set by one change.
    package static let operations = 2000
    /// UTF-8 bytes of a field's or form's name.
    package static let nameBytes = 64
    /// UTF-8 bytes of a person's id.
    package static let personBytes = 64
    /// UTF-8 bytes of a reason.
    package static let reasonBytes = 4096
    /// Canonical bytes of one change's payload.
    package static let payloadBytes = 128 * 1024
    /// Single dots that a base may name beyond its position and vector.
    package static let baseDots = 256
    /// Replicas that a base may name beyond its position.
    package static let baseReplicas = 256
    /// Bytes of one attachment.
    package static let attachmentBytes = 32 * 1024 * 1024
    /// Bytes of the small picture of a photo.
    package static let smallPictureBytes = 64 * 1024
    /// Bytes of a form's definition.
    package static let formBytes = 48 * 1024
}
