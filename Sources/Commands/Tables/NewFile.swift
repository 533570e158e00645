import Foundation
import RecordStore
import Tables
import Wording

/// A file that is written beside its place, and put there whole, durably, or not at all.
final class NewFile {
    private let path: String
    private let fresh: String
    private let replaces: Bool
    private let file: Int32
    private var buffer: [UInt8] = []
    private var isDone = false

    /// - Throws: `export.exists` where a file is there and is not to be replaced; `file.unwritable`.
    init(_ path: String, replaces: Bool) throws {
        self.path = path
        self.replaces = replaces
        fresh = "\(path).\(getpid()).new"
        try Self.checkPlace(path, replaces)
        file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.unwritable(path) }
    }

    deinit {
        if !isDone {
            close(file)
            unlink(fresh)
        }
    }

    private static func unwritable(_ path: String) -> ReportedError {
        ReportedError(code: "file.unwritable", details: ["file": path])
    }

    private static func checkPlace(_ path: String, _ replaces: Bool) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw unwritable(path) }
        guard replaces else { throw ReportedError(code: "export.exists", details: ["file": path]) }
    }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= TableLimits.chunkBytes { try flush() }
    }

    private func flush() throws {
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.unwritable(path) }
            rest = rest.dropFirst(written)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Puts the file in its place.
    func finish() throws {
        try flush()
        try Self.checkPlace(path, replaces)
        guard fsync(file) == 0, rename(fresh, path) == 0 else { throw Self.unwritable(path) }
        isDone = true
        guard close(file) == 0, DurableFile.syncFolder(of: path) else { throw Self.unwritable(path) }
    }
}
