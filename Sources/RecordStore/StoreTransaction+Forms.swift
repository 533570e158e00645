package import Causality
import Foundation
import GRDB
package import Records

/// Forms as this machine knows them: from the catalogue's records, or from a folder before there is a hub.
extension StoreTransaction {
    /// - Throws: `form.unknown`.
    package func latestForm(_ name: String) throws -> FormDefinition {
        if let builtIn = BuiltInForm.all.first(where: { $0.form == name }) { return builtIn }
        let version = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT max(version) FROM form WHERE form = ?"), arguments: [name])
        guard let version, let form = try form(FormReference(name, version: version.natural())) else {
            throw RecordsError(.formUnknown, ["form": name])
        }
        return form
    }

    package func form(_ reference: FormReference) throws -> FormDefinition? {
        if let known = forms[reference] { return known }
        if let builtIn = BuiltInForm.all.first(where: { $0.reference == reference }) { return builtIn }
        let key: StatementArguments = [reference.form, Int64(clamping: reference.version)]
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT digest FROM form WHERE form = ? AND version = ?"), arguments: key)
        guard let digest = try row?.hash("digest") else { return nil }
        if let cached = formCache.form(reference, digest: digest) {
            forms[reference] = cached
            return cached
        }
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT definition FROM form WHERE form = ? AND version = ?"), arguments: key)
        let form = try FormDefinition(json: Array(try bytes.orDamaged("form")))
        forms[reference] = form
        formCache.keep(form, digest: digest)
        return form
    }

    /// The newest version of every form, in the order of their ids.
    package func allForms() throws -> [FormDefinition] {
        try String.fetchAll(db.cachedStatement(sql: "SELECT DISTINCT form FROM form ORDER BY form")).map(latestForm)
    }

    package func formDigests() throws -> [FormReference: Hash256] {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT form, version, digest FROM form"))
        return Dictionary(
            try rows.map {
                (FormReference(try $0.at("form"), version: try $0.natural("version")), try $0.hash("digest"))
            },
            uniquingKeysWith: { first, _ in first })
    }

    package func storeForm(_ form: FormDefinition) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO form (form, version, definition, digest) VALUES (?, ?, ?, ?)
                ON CONFLICT (form, version) DO UPDATE SET definition = excluded.definition, digest = excluded.digest
                """
        ).execute(arguments: [form.form, Int64(form.version), Data(form.canonicalJSON), Data(form.digest.bytes)])
        forms[form.reference] = form
        sealedForms = [:]
    }

    /// Brings the forms up to date with the catalogue's records. A definition that cannot be read is left out; its
    /// records wait.
    package func refreshForms() throws {
        try refreshDictionaries()
        let rows = try Int64.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT record.id FROM record JOIN space ON space.id = record.space WHERE space.name = ? AND form = ?"
            ),
            arguments: [SpaceName.catalogue, BuiltInForm.form.form])
        for row in rows {
            guard case .text(let json)? = try view(ofRow: row).fields["definition"],
                let form = try? FormDefinition(json: Array(json.utf8))
            else { continue }
            if try formDigests()[form.reference] != form.digest { try storeForm(form) }
        }
    }
}

/// The forms of the catalogue's own records.
package enum BuiltInForm {
    package static let form = make("@form", [key("form"), key("version", .integer), text("definition")])
    package static let unit = make(
        "@unit",
        [key("code"), text("kind"), text("name_vi"), text("name_en"), text("other_names"), text("lat"), text("lon")])
    package static let indicator = make(
        "@indicator",
        [
            key("code"), text("level"), text("name_vi"), text("name_en"), text("unit"), text("period"),
            text("aggregation"),
            text("direction"), text("typical_low"), text("typical_high"), text("warn"), text("alarm"), text("owner"),
            text("channel"),
        ])
    package static let person = make(
        "@person",
        [
            key("person"), text("name"), text("role"), text("unit"), text("disabled"), text("spaces"), text("from"),
            text("until"), text(verifier),
        ])

    /// The field of a person that proves their password. Neither shown nor searched.
    package static let verifier = "verifier"

    /// A preset dictionary of the protocol: its name in hexadecimal, its bytes in base 64.
    package static let dictionary = make("@dictionary", [key("name"), text("bytes")])

    /// A question about an open case, from the hub to those who wrote its values: the case's record, the number of the question
    /// there, what is asked, whom (ids, joined by spaces), and by whom.
    package static let question = make(
        "@question", [key("record"), key("number", .integer), latest("text"), latest("asked"), latest("by")])
    /// What one of them answered.
    package static let answer = make("@answer", [key("question"), key("person"), latest("text")], writers: .unit)

    /// Where a record went, or came from, when refused work was handed to another unit; see ``Move``.
    package static let move = make(
        "@move",
        [
            key("record"), latest("way"), latest("unit"), latest("word"), latest("by"), latest("reason"),
            latest("seen"),
        ])

    package static let all = [form, unit, indicator, person, dictionary, question, answer, move]

    private static func make(
        _ name: String, _ fields: [FieldDefinition], writers: FormWriters = .hub
    ) -> FormDefinition {
        FormDefinition(
            form: name, version: 1, title: Label(vi: name, en: name), group: "catalogue", writers: writers,
            fields: fields)
    }

    private static func key(_ name: String, _ type: FieldType = .text) -> FieldDefinition {
        FieldDefinition(name: name, type: type, label: Label(vi: name, en: name), required: true, key: true)
    }

    /// A text of which two are nobody's case.
    private static func latest(_ name: String) -> FieldDefinition {
        FieldDefinition(name: name, type: .text, label: Label(vi: name, en: name), policy: .latest)
    }

    private static func text(_ name: String) -> FieldDefinition {
        FieldDefinition(name: name, type: .text, label: Label(vi: name, en: name))
    }
}
