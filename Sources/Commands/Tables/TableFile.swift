import Foundation
import Tables
import Wording

/// A file that a table is read from, as often as it takes.
final class TableFile {
    let path: String
    private let file: Int32

    /// - Throws: `file.unreadable`; a pipe or a folder is none, since the file is read twice.
    init(_ path: String) throws {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if file >= 0 { close(file) }
            throw Self.unreadable(path)
        }
    }

    deinit { if file >= 0 { close(file) } }

    private static func unreadable(_ path: String) -> ReportedError {
        ReportedError(code: "file.unreadable", details: ["file": path])
    }

    /// The file's bytes from its beginning, some at each call, none at its end.
    func chunks() throws -> () throws -> [UInt8] {
        guard lseek(file, 0, SEEK_SET) == 0 else { throw Self.unreadable(path) }
        return { [self] in
            var failed = false
            let chunk = [UInt8](unsafeUninitializedCapacity: TableLimits.chunkBytes) { buffer, count in
                var got = read(file, buffer.baseAddress, buffer.count)
                while got < 0, errno == EINTR { got = read(file, buffer.baseAddress, buffer.count) }
                failed = got < 0
                count = max(0, got)
            }
            if failed { throw Self.unreadable(path) }
            return chunk
        }
    }
}
