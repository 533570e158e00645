import AgentWeb
import Foundation
import RecordStore
import Testing
import WebPages
import Wording

/// By what an office's browsers know the machine, over the years.
@Suite struct OfficeCertificateTests {
    private static let day: Int64 = 86_400_000
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func open(
        day: Int64, _ machine: MachineNames = OfficeWard.machine
    ) throws -> OfficeCertificate {
        var world = World.system
        world.now = { 1_800_000_000_000 + day * Self.day }
        return try OfficeCertificate(in: folder, machine: machine, world: world)
    }

    @Test func theFingerprintStaysUntilTheLastMonthAndTheKeyForGood() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try open(day: 0)
        #expect(first.fingerprint.text.count == 64 && first.fingerprint.groups.count == 16)
        #expect(first.fingerprint.groups.joined() == first.fingerprint.text)
        #expect(first.end == 1_800_000_000_000 + 729 * Self.day)
        let moved = MachineNames(hostName: "may-moi") { ["10.0.0.7"] }
        #expect(try open(day: 300, moved).fingerprint == first.fingerprint)
        #expect(try open(day: 698).fingerprint == first.fingerprint)
        let second = try open(day: 700)
        #expect(second.fingerprint != first.fingerprint && second.keyFingerprint == first.keyFingerprint)
        #expect(try open(day: 701).fingerprint == second.fingerprint)
        // A clock that was wrong when the certificate was made.
        #expect(try open(day: 100).fingerprint != second.fingerprint)
        #expect(try open(day: 100).keyFingerprint == first.keyFingerprint)
    }

    @Test func theFilesAreTheirOwnersOnly() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try open(day: 0)
        for name in ["office.key", "office.pem"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    /// A lost certificate is made again upon its key; a key is never replaced unasked, and never told.
    @Test func aDamagedKeyIsSaid() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try open(day: 0)
        try "damaged".write(toFile: folder + "/office.pem", atomically: true, encoding: .utf8)
        #expect(try open(day: 0).keyFingerprint == first.keyFingerprint)
        let key = try String(contentsOfFile: folder + "/office.key", encoding: .utf8)
        try key.replacingOccurrences(of: "\n", with: "\n!").write(
            toFile: folder + "/office.key", atomically: true, encoding: .utf8)
        do {
            _ = try open(day: 0)
            Issue.record("a damaged key was taken")
        } catch let error as any CodedError {
            #expect(error.code == "office.certificate")
            let words = "\(error) \(error.details) \(error.message(in: .en)) \(error.remedy(in: .en))"
            #expect(!words.contains("PRIVATE") && words.contains(folder))
        }
    }

    @Test(arguments: [
        ("0.0.0.0:8643", ["https://192.168.1.20:8643"]),
        ("[::]:8643", ["https://192.168.1.20:8643", "https://[fd00::5]:8643"]),
        ("192.168.1.20:9000", ["https://192.168.1.20:9000"]),
    ])
    func addressesAreWhatOneTypes(text: String, urls: [String]) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let office = try Office(
            at: try ListenAddress(text), folder: folder, machine: OfficeWard.machine, world: .system)
        #expect(office.urls == urls)
    }

    @Test func aMachineWithoutANetworkGoesByItsName() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let alone = MachineNames(hostName: "may-1") { [] }
        let office = try Office(at: try ListenAddress("0.0.0.0:8643"), folder: folder, machine: alone, world: .system)
        #expect(office.urls == ["https://may-1.local:8643"])
        #expect(MachineNames(hostName: "máy tính") { [] }.hostName == "")
        #expect(
            OfficeWard.machine.accepted() == [
                "localhost", "127.0.0.1", "[::1]", "may-phuong", "may-phuong.local", "192.168.1.20", "[fd00::5]",
            ])
    }
}
