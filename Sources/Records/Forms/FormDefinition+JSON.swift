package import Causality
import Foundation

extension FormDefinition {
    /// Reads a definition and checks that it makes sense.
    /// - Parameter lists: what `choices_from` may name.
    /// - Throws: `form.invalid`, which names the field and what is wrong with it.
    package init(json: [UInt8], lists: [String: [Choice]] = [:]) throws(RecordsError) {
        guard json.count <= RecordLimits.formBytes else {
            throw Self.invalid("", "larger than \(RecordLimits.formBytes) bytes")
        }
        do {
            self = try JSONDecoder().decode(FormDefinition.self, from: Data(json))
        } catch let error as DecodingError {
            throw Self.invalid("", Self.describe(error))
        } catch {
            throw Self.invalid("", "not JSON")
        }
        for index in fields.indices {
            guard let list = fields[index].choicesFrom else { continue }
            guard let choices = lists[list] else {
                throw Self.invalid(form, "\(fields[index].name): choices_from: no such list")
            }
            fields[index].choices = choices
            fields[index].choicesFrom = nil
        }
        try check()
    }

    /// The definition as compact JSON with sorted keys: what the catalogue carries and digests are taken over.
    package var canonicalJSON: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a definition holds only texts and numbers")
        }
        return Array(data)
    }

    /// What tells two definitions with one name and version apart.
    package var digest: Hash256 { .of(tag: "phusa form 1", canonicalJSON) }

    private static func describe(_ error: DecodingError) -> String {
        let (path, what): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "missing")
            case .valueNotFound(_, let context): (context.codingPath, "empty")
            case .typeMismatch(_, let context): (context.codingPath, "of the wrong kind")
            case .dataCorrupted(let context):
                (context.codingPath, context.codingPath.isEmpty ? "not JSON" : "not known")
            @unknown default: ([], "unreadable")
            }
        let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return place.isEmpty ? what : "\(place): \(what)"
    }

    private static func invalid(_ form: String, _ problem: String) -> RecordsError {
        RecordsError(.formInvalid, ["form": form, "problem": problem])
    }

    private func check() throws(RecordsError) {
        guard Self.isName(form) else { throw Self.invalid(form, "form: not a name") }
        guard version > 0 else { throw Self.invalid(form, "version: below 1") }
        guard !fields.isEmpty, fields.count <= RecordLimits.operations else {
            throw Self.invalid(form, "fields: none or too many")
        }
        guard Set(fields.map(\.name)).count == fields.count else {
            throw Self.invalid(form, "fields: a name stands twice")
        }
        for field in fields {
            if let problem = Self.problem(in: field) ?? problem(inExpressionsOf: field) {
                throw Self.invalid(form, "\(field.name): \(problem)")
            }
        }
        if isSeal { try checkSeal() }
        if let name = FieldOrder.circle(in: self) { throw Self.invalid(form, "\(name): depends on itself") }
    }

    /// A seal names what it seals, and holds it as it was.
    private func checkSeal() throws(RecordsError) {
        let target = field(SealedContent.target)
        guard let target, target.parent != nil, target.required, target.visible == nil else {
            throw Self.invalid(form, "seals: \(SealedContent.target) is to name a record, always")
        }
        guard let content = field(SealedContent.field), content.type == .text, content.compute == nil,
            content.initial == nil, !content.required, content.visible == nil
        else { throw Self.invalid(form, "seals: \(SealedContent.field) is a text that nobody types") }
        guard keyFields.isEmpty else { throw Self.invalid(form, "seals: no keys, since each is signed by itself") }
    }

    private func problem(inExpressionsOf field: FieldDefinition) -> String? {
        let expressions =
            [field.visible, field.compute, field.initial].compactMap { $0 }
            + (field.checks ?? []).map(\.must) + (field.choices ?? []).compactMap(\.when)
        for name in expressions.flatMap(\.fields) where self.field(name) == nil {
            return "an expression names \(name), which is no field"
        }
        if let parent = field.parent {
            let name =
                parent.hasPrefix(FieldDefinition.groupPrefix)
                ? String(parent.dropFirst(FieldDefinition.groupPrefix.count)) : parent
            guard Self.isName(name), field.type == .text, field.compute == nil, field.initial == nil,
                field.masks == nil
            else { return "parent: a text that names a record of that form" }
        }
        if field.part ?? false {
            guard field.parent != nil, field.required, field.visible == nil, partField == field else {
                return "part: of one parent, which is always named"
            }
        }
        if field.appearance != nil {
            guard field.type == .text, field.compute == nil, field.initial == nil, field.masks == nil, !field.key else {
                return "appearance: of a text that people give"
            }
        }
        if field.key, field.visible != nil { return "visible: a key is always asked" }
        if let compute = field.compute {
            if field.key || field.required { return "compute: neither of a key nor of a required field" }
            if field.type.isSet { return "compute: not of a set" }
            if [compute, field.visible].contains(where: { $0.map(rests(onToday:)) ?? false }) {
                return "compute: must not depend on the day it is read"
            }
            if field.initial != nil || field.checks != nil { return "compute: nothing else is asked of it" }
        }
        if let initial = field.initial, !initial.fields.isEmpty { return "initial: no other fields are there yet" }
        return nil
    }

    /// Whether an expression's answer depends on the day, by itself or by way of fields.
    private func rests(onToday expression: Expression) -> Bool {
        var seen: Set<String> = []
        var open = [expression]
        while let expression = open.popLast() {
            if expression.usesToday { return true }
            for name in expression.fields where seen.insert(name).inserted {
                open += [field(name)?.visible, field(name)?.compute].compactMap { $0 }
            }
        }
        return false
    }

    /// A form's or field's name: `^[a-z][a-z0-9_]{0,63}$`.
    package static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= RecordLimits.nameBytes else {
            return false
        }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    private static func problem(in field: FieldDefinition) -> String? {
        guard isName(field.name) else { return "not a name" }
        let isSelect = field.type == .selectOne || field.type == .selectMultiple
        if isSelect {
            guard let choices = field.choices, !choices.isEmpty, choices.count <= RecordLimits.items else {
                return "choices: none or too many"
            }
            let names = choices.map(\.name)
            guard Set(names).count == names.count else { return "choices: a name stands twice" }
            guard !names.contains(where: { $0.isEmpty || $0.contains("=") || $0.contains(where: \.isWhitespace) })
            else {
                return "choices: a name is empty or holds a space or an equals sign"
            }
            if let order = field.order, !Set(order).isSubset(of: names) { return "order: names an unknown choice" }
        } else if field.choices != nil {
            return "choices: only select types have them"
        }
        if let masks = field.masks, field.type != .text || masks.isEmpty || masks.contains("") {
            return "masks: for texts only, and none empty"
        }
        if field.policy == .forward, field.order?.isEmpty ?? true { return "order: a forward field needs one" }
        if field.isUnion != field.type.isSet { return "policy: union and the types of sets go together" }
        if field.key, field.type.isSet { return "key: a set cannot be one" }
        if field.type.isAttachments, field.initial != nil { return "initial: no attachments are there yet" }
        for bound in [field.min, field.max].compactMap({ $0 }) where field.bound(bound) == nil {
            return "min or max: not of the type"
        }
        return nil
    }
}
