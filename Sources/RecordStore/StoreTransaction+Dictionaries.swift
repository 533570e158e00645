import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// The preset dictionaries of the catalogue.
extension StoreTransaction {
    package func dictionary(named name: [UInt8]) throws -> PresetDictionary? {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT bytes FROM dictionary WHERE name = ?"), arguments: [Data(name)])
        return bytes.map { PresetDictionary(Array($0)) }
    }

    /// The newest dictionary of those in the catalogue's log up to `known`.
    package func newestDictionary(known: UInt64) throws -> PresetDictionary? {
        let bytes = try Data.fetchOne(
            db.cachedStatement(
                sql: "SELECT bytes FROM dictionary WHERE received <= ? ORDER BY received DESC, name LIMIT 1"),
            arguments: [Int64(clamping: known)])
        return bytes.map { PresetDictionary(Array($0)) }
    }

    /// Brings the dictionaries up to date with the catalogue's records.
    func refreshDictionaries() throws {
        let catalogue = try space(SpaceName.catalogue)
        let rows = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM record WHERE space = ? AND form = ?"),
            arguments: [catalogue.id, BuiltInForm.dictionary.form])
        for row in rows {
            guard let version = try view(ofRow: row).versions["bytes"]?.first, let received = version.received,
                case .text(let text) = version.value, let bytes = Data(base64Encoded: text)
            else { continue }
            let dictionary = PresetDictionary(Array(bytes))
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO dictionary (name, bytes, received) VALUES (?, ?, ?)")
                .execute(arguments: [Data(dictionary.name), bytes, Int64(received)])
        }
    }
}
