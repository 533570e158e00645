package import Causality
import Foundation
import Wording

/// A folder of attachments, for its owner alone: `ab/cdef…` for bytes whose hash is `abcdef…`, `coming/abcdef…` for the beginning of
/// what is coming in.
package struct BlobFolder: BlobStore {
    private let path: String

    /// The folder is made when something is put into it.
    package init(path: String) { self.path = path }

    /// The folder that belongs to the database at `path`.
    package init(beside path: String) {
        self.init(path: (path as NSString).deletingPathExtension + ".attachments")
    }

    /// How much is in memory at once.
    package static let pieceBytes = 128 * 1024

    private var comingPath: String { path + "/coming" }

    private func place(of hash: Hash256) -> (folder: String, file: String) {
        let hex = hash.hex
        let folder = path + "/" + hex.prefix(2)
        return (folder, folder + "/" + hex.dropFirst(2))
    }

    private func beginningPath(_ hash: Hash256) -> String { comingPath + "/" + hash.hex }

    package func byteCount(of hash: Hash256) throws -> Int? { try Self.size(place(of: hash).file) }

    package func stored(_ hash: Hash256) throws -> Int64? {
        try Self.status(place(of: hash).file).map {
            Int64($0.st_mtim.tv_sec) * 1000 + Int64($0.st_mtim.tv_nsec) / 1_000_000
        }
    }

    package func beginning(of hash: Hash256) throws -> Int { try Self.size(beginningPath(hash)) ?? 0 }

    package func read(_ hash: Hash256, from offset: Int, count: Int) throws -> [UInt8] {
        guard let file = try OpenFile(reading: place(of: hash).file) else { return [] }
        return try file.read(at: offset, count: count)
    }

    package func intake() throws -> any BlobIntake {
        try makeFolder(comingPath)
        forgetLeftovers()
        return try Intake(comingPath + "/\(Self.freshPrefix)\(UUID().uuidString)", self)
    }

    package func append(_ bytes: [UInt8], at offset: Int, to hash: Hash256) throws {
        try makeFolder(comingPath)
        let file = try lockedBeginning(hash)
        let end = try file.size()
        guard offset <= end else { throw StoreError(.attachmentGap) }
        guard offset + bytes.count > end else { return }
        do {
            try file.write(bytes, at: offset)
            try file.sync()
        } catch {
            // Of a chunk that is not known to be on the disk nothing stays.
            file.cut(to: end)
            throw error
        }
    }

    package func finish(_ hash: Hash256) throws -> Bool {
        guard try Self.size(beginningPath(hash)) != nil else { return try byteCount(of: hash) != nil }
        let file = try lockedBeginning(hash)
        var sum = RunningHash()
        var offset = 0
        while true {
            let bytes = try file.read(at: offset, count: Self.pieceBytes)
            guard !bytes.isEmpty else { break }
            sum.add(bytes)
            offset += bytes.count
        }
        guard sum.value == hash else {
            unlink(beginningPath(hash))
            return false
        }
        try settle(beginningPath(hash), as: hash)
        return true
    }

    /// The beginning, which nobody else writes to or takes in until it is let go of. Several may be sending the same photo.
    private func lockedBeginning(_ hash: Hash256) throws -> OpenFile {
        let path = beginningPath(hash)
        while true {
            let file = try OpenFile(writing: path)
            try file.lock()
            // While this waited, another may have taken it in or forgotten it.
            if try file.isStill(at: path) { return file }
        }
    }

    package func remove(_ hash: Hash256) throws {
        unlink(place(of: hash).file)
        unlink(beginningPath(hash))
    }

    package func all() throws -> [Hash256] {
        let files = FileManager.default
        let folders = (try? files.contentsOfDirectory(atPath: path))?.filter { $0.utf8.count == 2 } ?? []
        return folders.sorted().flatMap { folder in
            ((try? files.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
                .compactMap { Hash256(hex: folder + $0) }
        }
    }

    package var room: Int64? {
        var folder = path
        var found = statvfs()
        while statvfs(folder, &found) != 0 {
            let parent = (folder as NSString).deletingLastPathComponent
            guard parent != folder, !parent.isEmpty else { return nil }
            folder = parent
        }
        return Int64(clamping: UInt64(found.f_bavail) &* UInt64(found.f_frsize))
    }

    /// Removes what a program that died left of bytes that it never named.
    private func forgetLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: comingPath)) ?? []
        where name.hasPrefix(Self.freshPrefix) {
            var found = stat()
            let path = comingPath + "/" + name
            guard stat(path, &found) == 0, time(nil) - found.st_mtim.tv_sec > Self.leftoverSeconds else { continue }
            unlink(path)
        }
    }

    private static let freshPrefix = "new-"
    /// Nobody's photo takes so long to be stored.
    private static let leftoverSeconds = 86_400

    /// Moves a file to where its bytes are looked for, durable when it returns.
    fileprivate func settle(_ file: String, as hash: Hash256) throws {
        let place = place(of: hash)
        try makeFolder(place.folder)
        guard rename(file, place.file) == 0 else { throw OpenFile.failure(errno) }
        // Whoever made one of these folders may not have come to that.
        for folder in [place.folder, path, (path as NSString).deletingLastPathComponent] {
            try OpenFile.syncFolder(folder)
        }
    }

    private func makeFolder(_ folder: String) throws {
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try PrivateFile.makeFolder(folder)
        } catch {
            throw StoreError(.unavailable, ["code": "attachments"], cause: error)
        }
    }

    private static func size(_ path: String) throws -> Int? { try status(path).map { Int($0.st_size) } }

    /// - Returns: `nil` where there is no such file.
    private static func status(_ path: String) throws -> stat? {
        var found = stat()
        guard stat(path, &found) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw OpenFile.failure(errno) }
            return nil
        }
        return found
    }
}

extension BlobFolder {
    /// A file beside the others, named only when all of it is there.
    private final class Intake: BlobIntake, @unchecked Sendable {
        // Unchecked: whoever feeds it waits for each call to end, so no two threads touch it at once.
        private let path: String
        private let file: OpenFile
        private let folder: BlobFolder
        private var sum = RunningHash()
        private var count = 0

        init(_ path: String, _ folder: BlobFolder) throws {
            self.path = path
            self.folder = folder
            file = try OpenFile(writing: path)
        }

        deinit { unlink(path) }

        func add(_ bytes: [UInt8]) throws {
            try file.write(bytes, at: count)
            sum.add(bytes)
            count += bytes.count
        }

        func finish() throws -> (hash: Hash256, byteCount: Int) {
            try file.sync()
            try folder.settle(path, as: sum.value)
            return (sum.value, count)
        }
    }
}

/// An open file that reads and writes at places, and says what stood in its way.
private final class OpenFile {
    private let descriptor: Int32

    /// - Returns: `nil` where there is no such file.
    init?(reading path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor < 0 else { return }
        guard errno == ENOENT || errno == ENOTDIR else { throw Self.failure(errno) }
        return nil
    }

    init(writing path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func lock() throws {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Self.failure(errno) }
        }
    }

    /// Whether the path still names this file.
    func isStill(at path: String) throws -> Bool {
        var own = stat()
        var named = stat()
        guard fstat(descriptor, &own) == 0 else { throw Self.failure(errno) }
        guard stat(path, &named) == 0 else { return false }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    func size() throws -> Int {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw Self.failure(errno) }
        return Int(found.st_size)
    }

    /// - Returns: fewer bytes at the end of the file.
    func read(at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw Self.failure(errno) }
                guard got > 0 else { break }
                filled += got
            }
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Self.failure(errno) }
                done += count
            }
        }
    }

    func cut(to size: Int) { ftruncate(descriptor, off_t(size)) }

    func sync() throws { guard fsync(descriptor) == 0 else { throw Self.failure(errno) } }

    static func syncFolder(_ path: String) throws {
        let folder = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(errno) }
    }

    static func failure(_ number: Int32) -> StoreError {
        [ENOSPC, EDQUOT, EFBIG].contains(number)
            ? StoreError(.full, ["code": "attachments"])
            : StoreError(.unavailable, ["code": "attachments \(number)"])
    }
}
