import Wording

/// Why the hub does not do what it was asked.
package struct HubError: CodedError, Equatable {
    package enum Code: String, Sendable {
        case codeUnknown = "enrol.code-unknown"
        case codeUsed = "enrol.code-used"
        case codeExpired = "enrol.code-expired"
        case unitDiffers = "enrol.unit-differs"
        case formDiffers = "enrol.form-differs"
        case deviceUnknown = "device.unknown"
        case deviceRevoked = "device.revoked"
        case requestReplayed = "request.replayed"
        case requestForged = "request.forged"
        case spaceForbidden = "space.forbidden"
        case spaceInvalid = "space.invalid"
        case unitUnknown = "unit.unknown"
        case personExists = "person.exists"
        case personUnknown = "person.unknown"
        case personNameless = "person.nameless"
        case personSelf = "person.self"
        case moveSameUnit = "move.same-unit"
        case moveExists = "move.exists"
        case movePart = "move.part"
        case grantUnknown = "grant.unknown"
        case grantDays = "grant.days"
        case roleMissing = "role.missing"
        case roleUnknown = "role.unknown"
        case refusedUnknown = "refused.unknown"
        case caseUnknown = "case.unknown"
        case caseChanged = "case.changed"
        case reasonMissing = "reason.missing"
        case choiceMissing = "case.choice-missing"
        case caseMovedOn = "case.moved-on"
        case questionMissing = "question.missing"
        case questionNobody = "question.nobody"
        case signInWrong = "sign-in.wrong"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package var code: String { kind.rawValue }
    package var retryable: Bool { kind == .requestReplayed }
}
