import Agent
import ArgumentParser
import Causality
import Commands
import Foundation
import RecordStore
import Records
import SyncProtocol
import Wording

struct TestimonyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "testimony", abstract: "Whether the hub told two devices the same.",
        subcommands: [TestimonyWrite.self, TestimonyCompare.self, TestimonyCheck.self])
}

struct TestimonyWrite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Writes what the hub signed to this device, and nothing of what it holds.")

    @Option(help: "The file.") var to: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let testimony = try options.agent().open().store.read { try $0.testimony() }
            try TestimonyFile.write(testimony.bytes, to: to)
            return Output(
                .object(["file": .text(to), "signatures": .number(testimony.told.count)]),
                "\(to)  \(testimony.told.count) signatures")
        }
    }
}

struct TestimonyCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares what the hub told another device with what it told this one.")

    @Argument(help: "What the other device wrote.") var file: String
    @Option(help: "Where to write the proof, if there is a contradiction.") var proof: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        var agrees = false
        try options.perform {
            let device = try options.agent().open()
            let key = try TestimonyFile.hubKey(of: device)
            let other = try TestimonyFile.read(file) { bytes throws(DecodingFailure) in try Testimony(bytes: bytes) }
            let found = try device.store.read { try $0.contradictions(with: other, hubKey: key) }
            let places = try found.map { (space: $0.space, place: try $0.proven(hubKey: key)) }
            agrees = found.isEmpty
            if let proof, let first = found.first { try TestimonyFile.write(first.bytes, to: proof) }
            return Output(
                .object([
                    "agrees": .bool(found.isEmpty),
                    "contradictions": .array(
                        places.map {
                            .object([
                                "space": .text($0.space), "epoch": .number(Int64(clamping: $0.place.epoch)),
                                "index": .number(Int64(clamping: $0.place.index)),
                            ])
                        }),
                ]),
                places.isEmpty
                    ? "agrees"
                    : places.map { "\($0.space)  two histories at \($0.place.index)" }.joined(separator: "\n"))
        }
        guard agrees else {
            let error = ReportedError(code: "hub.two-histories")
            let line = "\(error.code): \(error.message(in: options.language)); \(error.remedy(in: options.language))\n"
            FileHandle.standardError.write(Data(line.utf8))
            throw ExitCode(1)
        }
    }
}

struct TestimonyCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks a proof that this device's hub told two histories.")

    @Argument(help: "The proof.") var file: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let key = try TestimonyFile.hubKey(of: options.agent().open())
            let proof = try TestimonyFile.read(file) { bytes throws(DecodingFailure) in try TwoHistories(bytes: bytes) }
            let place = try proof.proven(hubKey: key)
            return Output(
                .object([
                    "space": .text(proof.space), "epoch": .number(Int64(clamping: place.epoch)),
                    "index": .number(Int64(clamping: place.index)),
                ]), "\(proof.space)  two histories at \(place.index)")
        }
    }
}

private enum TestimonyFile {
    /// More than any testimony of ``Testimony/most`` signatures, and any proof.
    static let mostBytes = 128 << 20

    static func hubKey(of device: AgentDevice) throws -> [UInt8] {
        guard let hub = try device.hub() else { throw AgentError(.notEnrolled) }
        return hub.publicKey
    }

    static func write(_ bytes: [UInt8], to file: String) throws {
        do { try Data(bytes).write(to: URL(fileURLWithPath: file), options: .atomic) } catch {
            throw ReportedError(code: "file.unwritable", details: ["file": file])
        }
    }

    static func read<T>(_ file: String, _ decode: ([UInt8]) throws(DecodingFailure) -> T) throws -> T {
        guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int, size <= mostBytes,
            let bytes = FileManager.default.contents(atPath: file)
        else { throw ReportedError(code: "file.unreadable", details: ["file": file]) }
        do { return try decode(Array(bytes)) } catch { throw ProtocolError(error) }
    }
}
