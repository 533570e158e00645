import RecordStore
import Records
import SyncProtocol

/// What all runs have in common: a unit, its people, its spaces and a form.
enum SimulatedWorld {
    static let unit = "31120"
    static let people = ["lan", "minh"]
    static let formName = "reading"

    static func spaces(_ count: Int) -> [String] {
        (0..<count).map { $0 == 0 ? SpaceName.general(unit) : "\(unit)/s\($0)" }
    }

    /// The versions of the form that there are; devices have one of the last, or an old one.
    static let formVersions: UInt64 = 4

    /// A form with a field of each kind of policy; `key` makes two people meet in one record. Later versions have more fields.
    static func form(version: UInt64) -> FormDefinition {
        let extra = (2...formVersions).filter { $0 <= version }.map { number in
            FieldDefinition(name: "extra\(number)", type: .text, label: Label(vi: "Thêm", en: "More"))
        }
        return FormDefinition(
            form: formName, version: version, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators",
            writers: .unit,
            fields: [
                FieldDefinition(
                    name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
                FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), max: "9"),
                FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note"), policy: .latest),
                FieldDefinition(
                    name: "tags", type: .selectMultiple, label: Label(vi: "Nhãn", en: "Tags"), policy: .union,
                    choices: ["p", "q", "r"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
            ] + extra)
    }
}

extension World {
    /// When every run begins, in milliseconds since 1970.
    static let simulatedStart: Int64 = 1_790_000_000_000
}

extension ReplicaIdentity {
    /// The key that a seed makes.
    static func simulated(_ seed: UInt64) -> ReplicaIdentity {
        var random = SeededRandom(seed: seed)
        guard let identity = ReplicaIdentity(rawKey: (0..<32).map { _ in UInt8(random.below(256)) }) else {
            preconditionFailure("any 32 bytes are a private key")
        }
        return identity
    }
}
