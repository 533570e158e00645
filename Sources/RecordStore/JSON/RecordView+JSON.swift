import Causality
package import Records

extension RecordView {
    /// As every output writes it.
    package var json: JSON {
        .object([
            "record": .text(word), "form": .text(form), "space": .text(space), "deleted": .bool(deleted),
            "state": .text(state.rawValue), "fields": .object(fields.mapValues(\.json)),
            "versions": .object(versions.mapValues { .array($0.map(\.json)) }), "conflicts": .texts(conflicts),
        ])
    }
}

extension RecordView.Version {
    var json: JSON {
        var members: [String: JSON] = [
            "value": value.json, "dot": .text(dotWord), "author": .text(author), "replica": .text(replica.word),
            "at": .moment(time.milliseconds), "state": .text(state.rawValue),
        ]
        if let item = register.item { members["item"] = .text(item) }
        return .object(members)
    }
}

extension StoredChange {
    package var fieldsJSON: JSON {
        var fields: [String: JSON] = [:]
        var members: [String: [String: JSON]] = [:]
        for operation in operations {
            if let item = operation.register.item {
                members[operation.register.field, default: [:]][item] = operation.value.json
            } else {
                fields[operation.register.field] = operation.value.json
            }
        }
        return .object(fields.merging(members.mapValues { .object($0) }) { first, _ in first })
    }
}
