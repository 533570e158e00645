extension FormDefinition {
    /// Checks the fields of a change against the form. A field that the form does not know is no error here: a newer version wrote
    /// it, and it is stored and relayed as it came.
    ///
    /// Of a record's first change everything is looked at. A later one is held only to what it says by itself: a condition counts
    /// where all fields that it reads are in the change, since two people who each did right may together have made what neither
    /// saw.
    /// - Parameters:
    ///   - creates: whether the change is the record's first, which must hold every required field.
    ///   - today: the day of the change, in Vietnam.
    package func check(_ payload: Payload, creates: Bool, today: CalendarDate) throws(RecordsError) {
        for operation in payload.operations {
            guard let field = field(operation.register.field) else { continue }
            if field.compute != nil { throw RecordsError(.fieldComputed, ["field": field.name]) }
            if let item = operation.register.item {
                guard field.isUnion, case .flag(let adds) = operation.value else {
                    throw RecordsError(.fieldType, ["field": field.name, "type": field.type.rawValue])
                }
                if adds { try field.checkMember(item) }
            } else {
                guard !field.isUnion || operation.value == .null else {
                    throw RecordsError(.fieldType, ["field": field.name, "type": field.type.rawValue])
                }
                try field.check(operation.value)
                if field.required, field.visible == nil, operation.value == .null {
                    throw RecordsError(.fieldRequired, ["field": field.name])
                }
                if field.key, !creates { throw RecordsError(.fieldKeyFixed, ["field": field.name]) }
            }
        }
        guard hasExpressions else {
            if creates { try checkRequired(payload) }
            return
        }
        let given = payload.values
        let evaluation = FormEvaluation(self, given, today: today)
        let problems = evaluation.problems(isWhole: creates) { creates || $0.isSubset(of: given.keys) }
        if let problem = problems.first { throw problem.error }
    }

    private func checkRequired(_ payload: Payload) throws(RecordsError) {
        for field in fields where field.required {
            let isSet = payload.operations.contains { $0.register.field == field.name && $0.value != .null }
            guard isSet else { throw RecordsError(.fieldRequired, ["field": field.name]) }
        }
    }
}

extension Payload {
    /// The values that it sets; of sets, the members that it adds.
    fileprivate var values: [String: Value] {
        var values: [String: Value] = [:]
        var members: [String: [String]] = [:]
        for operation in operations {
            if let item = operation.register.item {
                if operation.value == .flag(true) { members[operation.register.field, default: []].append(item) }
            } else {
                values[operation.register.field] = operation.value
            }
        }
        for (name, items) in members { values[name] = FieldDefinition.items(items) }
        return values
    }
}
