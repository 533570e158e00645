package import Wording

/// Something that a page says under a name, such as the room on a disk.
package struct NamedFact {
    let factName: String
    let factText: String

    /// - Parameter key: the name's, in the catalogue.
    package init(_ key: String, _ text: String, _ language: Language) {
        factName = Catalogue.text(key, language)
        factText = text
    }
}
