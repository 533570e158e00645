package import RecordStore
import Records
import WebPages
package import Wording

/// What a page tells of the copies that a store makes of itself.
package struct CopiesModel {
    let isOn: Bool
    package let isCopying: Bool
    let copyFacts: [NamedFact]
    let isNone: Bool
    /// Said where the copies lie on the disk that they are to guard against.
    let isSameDisk: Bool
    let copyTrouble: String?
    let copyTroubleRemedy: String?

    /// - Parameter backups: whoever makes them; `nil` where nobody does.
    package init(_ record: BackupRecord, _ backups: BackgroundBackup?, now: Int64, _ language: Language) {
        var facts: [NamedFact] = []
        func add(_ key: String, _ text: String) { facts.append(NamedFact(key, text, language)) }
        if let good = record.good {
            let age = ValueText.age(milliseconds: now - good.made, language)
            add("running.copy.made", "\(ValueText.moment(good.made)) (\(age))")
            add(
                "running.copy.rehearsed",
                Catalogue.text(
                    "running.copy.rehearsed.found", language,
                    [
                        "records": VietnameseFormat.number(String(good.records)),
                        "changes": VietnameseFormat.number(String(good.changes)),
                    ]))
            add("running.copy.file", good.file)
            add("running.copy.size", VietnameseFormat.bytes(good.bytes))
        }
        if let backups { add("running.copy.folder", backups.folder) }
        let trouble = backups == nil ? nil : record.trouble?.error
        isOn = backups != nil
        isCopying = backups?.isRunning ?? false
        copyFacts = facts
        isNone = record.good == nil
        isSameDisk = record.good.map { !$0.isElsewhere } ?? false
        copyTrouble = trouble?.message(in: language)
        copyTroubleRemedy = trouble?.remedy(in: language)
    }
}
