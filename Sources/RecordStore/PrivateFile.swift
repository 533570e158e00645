import Foundation

/// A small file that only its owner reads, such as a key.
package enum PrivateFile {
    /// Makes the folder, for its owner alone, and what leads to it.
    package static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Takes the lock that the file at `path` stands for, until this process ends.
    /// - Returns: whether it was to be had.
    /// - Throws: when the file cannot be made.
    package static func lock(_ path: String) throws -> Bool { try held(path) != nil }

    /// Runs `body` under the lock that the file at `path` stands for.
    /// - Returns: `nil`, without running it, where somebody else has the lock.
    /// - Throws: when the file cannot be made, and what `body` throws.
    package static func locked<T>(_ path: String, _ body: () throws -> T) throws -> T? {
        guard let file = try held(path) else { return nil }
        defer { close(file) }
        return try body()
    }

    private static func held(_ path: String) throws -> Int32? {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        return file
    }

    /// Writes `bytes` so that the file is there whole or not at all, also after a power cut.
    /// - Throws: what the system reports.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let fresh = path + ".new"
        let file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
        let written = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        let isDurable = written == bytes.count && fsync(file) == 0
        guard close(file) == 0, isDurable, rename(fresh, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
