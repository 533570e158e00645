import Wording

/// What can be wrong with a form, a value or a word that a person or program hands in.
package struct RecordsError: CodedError {
    package enum Code: String, Sendable {
        case formUnknown = "form.unknown"
        case formInvalid = "form.invalid"
        case fieldUnknown = "field.unknown"
        case fieldType = "field.type"
        case fieldRange = "field.range"
        case fieldChoice = "field.choice"
        case fieldChoiceNow = "field.choice-now"
        case fieldCheck = "field.check"
        case fieldComputed = "field.computed"
        case fieldMask = "field.mask"
        case fieldParent = "field.parent"
        case fieldAttachment = "field.attachment"
        case fieldSignature = "field.signature"
        case fieldPlace = "field.place"
        /// A place that was set by hand without a word of why.
        case fieldPlaceReason = "field.place-reason"
        case fieldTooLong = "field.too-long"
        case fieldRequired = "field.required"
        case fieldKeyFixed = "field.key-fixed"
        case fieldNotSet = "field.not-a-set"
        case nothingToSave = "record.nothing-to-save"
        case tooLarge = "record.too-large"
        case wordInvalid = "word.invalid"
        case personInvalid = "person.invalid"
        case reasonTooLong = "reason.too-long"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package var code: String { kind.rawValue }
}
