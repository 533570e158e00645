import Foundation
import Wording

/// Makes a copy in a process of its own, this program's `backup --in`: what it takes to rehearse a restore is given back to the
/// system when it ends, and whatever befalls it leaves the server alone.
package enum BackupProcess {
    /// - Throws: what stood in the copy's way, by its code; `backup.failed` where the process did not say.
    package static func run(to folder: String, of directory: String) async throws {
        try Task.checkCancellation()
        let process = Process()
        // Also after an upgrade has put another program in this one's place.
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
        process.arguments = ["backup", "--in", folder, "--dir", directory, "--json"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in ended.resume() }
                do { try process.run() } catch { ended.resume(throwing: error) }
            }
        } onCancel: {
            if process.isRunning { process.terminate() }
        }
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        guard process.terminationReason != .exit || process.terminationStatus != 0 else { return }
        throw (try? JSONDecoder().decode(Failure.self, from: said))?.reported
            ?? ReportedError(code: "backup.failed", details: ["code": "\(process.terminationStatus)"])
    }

    /// What a command prints when it fails.
    private struct Failure: Decodable {
        struct Reason: Decodable {
            let code: String
            let retryable: Bool
        }

        let error: Reason
        var reported: ReportedError { ReportedError(code: error.code, retryable: error.retryable) }
    }
}
