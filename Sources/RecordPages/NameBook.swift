package import Causality
package import RecordStore
import Records
import SyncProtocol
package import Wording

/// Names of people, units and devices for the ids that records hold, looked up once for a page.
package final class NameBook {
    private let store: StoreTransaction
    private let own: ReplicaID
    private let hubKey: [UInt8]?
    package let language: Language
    private var people: [String: String] = [:]
    private var units: [String: String] = [:]
    private var devices: [ReplicaID: String] = [:]
    private lazy var peopleSpaces = (try? store.allSpaces().map(\.name).filter { $0.hasSuffix("/people") }) ?? []

    /// - Parameters:
    ///   - own: the replica whose page it is.
    ///   - hubKey: the hub's, by which certificates of other devices are read; `nil` where there is no hub yet.
    package init(_ store: StoreTransaction, own: ReplicaID, hubKey: [UInt8]?, _ language: Language) {
        self.store = store
        self.own = own
        self.hubKey = hubKey
        self.language = language
    }

    /// The same in another language.
    func speaking(_ language: Language) -> NameBook { NameBook(store, own: own, hubKey: hubKey, language) }

    /// The person's name, else the id; a sentence for nobody.
    package func person(_ id: String) -> String {
        guard !id.isEmpty else { return Catalogue.text("name.nobody", language) }
        if let known = people[id] { return known }
        let key = NaturalKey(form: BuiltInForm.person.form, values: ["person": .text(id)])
        let record = peopleSpaces.lazy.compactMap { try? self.store.record(keyed: key, in: $0) }.first
        let name = record?.fields["name"]?.plainText ?? id
        people[id] = name
        return name
    }

    /// The record that a word names, as lists show it; `nil` for one that is not here.
    package func record(_ word: String) -> RecordSummary? {
        guard let row = try? store.locate(word).row, let view = try? store.view(ofRow: row) else { return nil }
        return RecordSummary(view, try? store.latestForm(view.form), language)
    }

    /// What is recorded of a photo.
    func photo(_ hash: Hash256, in space: String) -> RecordView? { (try? store.photo(hash, in: space)).flatMap { $0 } }

    /// What shows a photo: its small picture where that is here, else the photo itself; `nil` for a document, and where neither is.
    func image(
        of photo: Attachment, in space: String, _ isHere: (Attachment) throws -> Bool
    ) throws -> String? {
        guard photo.kind.isImage else { return nil }
        let small = try store.smallPicture(of: photo.hash, in: space)
        return try [small, photo].compactMap { $0 }.first(where: isHere).map { "/attachments/\($0.name)" }
    }

    /// The newest records of a form, in a space or in all, as lists show them; none of a group of forms.
    package func records(of form: String, in space: String? = nil, atMost most: Int) throws -> [RecordSummary] {
        guard let definition = try? store.latestForm(form) else { return [] }
        return try store.records(RecordFilter(form: form, space: space), limit: most).map {
            RecordSummary($0, definition, language)
        }
    }

    /// The unit's or department's name, else its code.
    package func unit(_ code: String) -> String {
        if let known = units[code] { return known }
        let key = NaturalKey(form: BuiltInForm.unit.form, values: ["code": .text(code)])
        let fields = (try? store.record(keyed: key, in: SpaceName.catalogue))?.fields
        let name = fields?[language == .vi ? "name_vi" : "name_en"] ?? fields?["name_vi"]
        units[code] = name?.plainText ?? code
        return name?.plainText ?? code
    }

    /// Whose work a space holds.
    package func space(_ space: String) -> String {
        SpaceName.unit(of: space).map(unit) ?? Catalogue.text("name.catalogue", language)
    }

    /// Where a change was made: this machine, the hub, or a unit's machine.
    package func device(_ replica: ReplicaID) -> String {
        if let known = devices[replica] { return known }
        let name: String
        if let hubKey, replica == ReplicaID(publicKey: hubKey) {
            name = Catalogue.text("name.hub", language)
        } else if replica == own {
            name = Catalogue.text("name.this-machine", language)
        } else {
            let certificate = (try? store.certificate(of: replica)).flatMap { $0 }.flatMap { bytes in
                hubKey.flatMap { try? Certificate(bytes: bytes, hubKey: $0) }
            }
            let short = String(replica.word.prefix(6))
            name =
                certificate.map {
                    Catalogue.text("name.machine-of", language, ["machine": short, "unit": unit($0.unit)])
                } ?? Catalogue.text("name.machine", language, ["machine": short])
        }
        devices[replica] = name
        return name
    }
}
