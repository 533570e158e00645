import Foundation
package import Wording

/// What a store remembers of its copies: the latest good one, and what stands in the way of the next.
package struct BackupRecord: Codable, Hashable, Sendable {
    /// A copy that is whole and from which a store was restored and verified once.
    package struct Good: Codable, Hashable, Sendable {
        /// When it was made, in milliseconds since 1970.
        package let made: Int64
        package let file: String
        package let bytes: Int64
        /// What the rehearsal found in it.
        package let changes: Int
        package let records: Int
        /// Whether it lay on another disk than the store's own.
        package let isElsewhere: Bool
        /// What the store held, as ``StoreTransaction/contentMark()`` tells it.
        package let mark: String

        /// The folder it is in.
        package var folder: String { (file as NSString).deletingLastPathComponent }
    }

    package struct Trouble: Codable, Hashable, Sendable {
        package let code: String
        package let details: [String: String]
        /// When it was first met, in milliseconds since 1970.
        package let since: Int64

        package var error: ReportedError { ReportedError(code: code, details: details) }
    }

    package var good: Good?
    package var trouble: Trouble?

    package init(good: Good? = nil, trouble: Trouble? = nil) {
        self.good = good
        self.trouble = trouble
    }
}

extension StoreTransaction {
    private static let backupSetting = "backup.record"

    /// Empty where no copy was ever tried.
    package func backupRecord() throws -> BackupRecord {
        let bytes = try setting(Self.backupSetting)
        return bytes.flatMap { try? JSONDecoder().decode(BackupRecord.self, from: Data($0)) } ?? BackupRecord()
    }

    func keep(_ record: BackupRecord) throws {
        try setSetting(Self.backupSetting, Array(try JSONEncoder().encode(record)))
    }
}

extension ReplicaStore {
    /// Makes a copy under a lock, and remembers what came of it.
    /// - Parameters:
    ///   - lock: the file that keeps two from making one at once.
    ///   - make: makes a copy that counts, as ``RehearsedBackup`` does.
    ///   - photos: has the photos follow; where they cannot, the copy is good all the same.
    /// - Throws: what stood in its way, which is remembered too; `backup.running` where another is being made.
    package func keepBackup(
        lock: String, make: () throws -> BackupRecord.Good, photos: () throws -> Void
    ) throws -> BackupRecord.Good {
        do {
            let good = try PrivateFile.locked(lock) {
                let former = try read { try $0.backupRecord() }.trouble
                let good = try make()
                try write { try $0.keep(BackupRecord(good: good)) }
                do { try photos() } catch {
                    // The same trouble again did not begin with this copy.
                    if let former, former.code == (error as? any CodedError)?.code {
                        try write { try $0.keep(BackupRecord(good: good, trouble: former)) }
                    }
                    throw error
                }
                return good
            }
            guard let good else { throw StoreError(.backupRunning) }
            return good
        } catch {
            let coded = error as? any CodedError ?? StoreError(.backupFailed, ["code": "\(type(of: error))"])
            if coded.code != StoreError.Code.backupRunning.rawValue { try? noteBackupTrouble(coded) }
            throw coded
        }
    }

    /// Remembers what stood in a copy's way. What is known already is not written again: a copy is tried every quarter of an
    /// hour, and whoever made it may have remembered more than it could hand on.
    package func noteBackupTrouble(_ error: any CodedError) throws {
        let known = try read { try $0.backupRecord() }.trouble
        let isKnown = known?.code == error.code && (error.details.isEmpty || known?.details == error.details)
        guard !isKnown else { return }
        try write { store in
            var record = try store.backupRecord()
            record.trouble = BackupRecord.Trouble(code: error.code, details: error.details, since: store.now)
            try store.keep(record)
        }
    }
}
