package import Causality
import Foundation
import GRDB
import RecordStore
import Records
package import SyncProtocol

/// A device as the hub knows it.
package struct Device: Sendable {
    package let replica: ReplicaID
    package let unit: String
    package let spaces: [String]
    package let enrolled: Int64
    package let revoked: Int64?
    package let reason: String
    package let counter: UInt64
    package let contact: Int64?
    package let clockOffset: Int64?
    /// When it was said that it will not come again.
    package let retired: Int64?
    /// The replica that it was before it went on under a new key.
    package let former: ReplicaID?
    /// What it last told of itself; `nil` before it told anything.
    package let told: Told?

    /// What a device told of itself, and when.
    package struct Told: Hashable, Sendable {
        package let at: Int64
        package let version: String
        package let waiting: Int64
        package let photos: Int64
        /// Bytes free on its disk; `nil` where it does not know.
        package let free: Int64?
        package let epoch: UInt64
    }
}

extension Hub {
    /// Makes a one-time code for a device of `unit`.
    /// - Parameters:
    ///   - extra: further spaces that the device takes part in, beside its unit's and the catalogue.
    ///   - actor: who makes it; empty for a command on the hub's own machine.
    package func makeEnrolCode(unit: String, spaces extra: [String], hours: Int, by actor: String = "") throws -> (
        code: EnrolmentCode, expires: Int64
    ) {
        guard SpaceName.isUnitCode(unit), !SpaceName.isTraining(unit) else {
            throw HubError(.unitUnknown, ["unit": unit])
        }
        for space in extra where !SpaceName.isValid(space) || SpaceName.isTraining(space) {
            throw HubError(.spaceInvalid, ["space": space])
        }
        let expires = store.world.now() + Int64(hours) * 3_600_000
        var spaces = [SpaceName.general(unit), SpaceName.people(unit), SpaceName.catalogue]
        for space in extra where !spaces.contains(space) { spaces.append(space) }
        let code = try store.write { store in
            try require(.runDevices, of: actor, in: SpaceName.general(unit), store)
            guard try Self.knowsUnit(unit, store) else { throw HubError(.unitUnknown, ["unit": unit]) }
            for space in extra where space != SpaceName.catalogue {
                guard let owner = SpaceName.unit(of: space), try Self.knowsUnit(owner, store) else {
                    throw HubError(.spaceInvalid, ["space": space])
                }
            }
            for space in spaces { try store.ensureSpace(space) }
            let code = try Self.freshCode(self.store.world, store)
            try store.db.cachedStatement(
                sql: "INSERT INTO enrol_code (name, secret, unit, spaces, expires) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [code.name, Data(code.secret), unit, spaces.joined(separator: " "), expires])
            try AuditLog.add(.codeMade, by: actor, to: code.name, unit: unit, ["hours": String(hours)], in: store)
            return code
        }
        return (code, expires)
    }

    /// Four characters name a code, and used ones keep theirs: of a thousand codes, two are soon named alike.
    private static func freshCode(_ world: World, _ store: StoreTransaction) throws -> EnrolmentCode {
        while true {
            let code = EnrolmentCode(random: world.random(13))
            let isTaken = try Bool.fetchOne(
                store.db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM enrol_code WHERE name = ?)"),
                arguments: [code.name])
            if isTaken != true { return code }
        }
    }

    /// Whether the catalogue names the unit. Before any unit was loaded, every code is as good as another.
    static func knowsUnit(_ unit: String, _ store: StoreTransaction) throws -> Bool {
        let key = NaturalKey(form: BuiltInForm.unit.form, values: ["code": .text(unit)])
        let known = try Bool.fetchOne(
            store.db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM record WHERE name = ?)"),
            arguments: [Data(RecordID.keyed(key).bytes)])
        let any = try Bool.fetchOne(
            store.db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM record WHERE form = ?)"),
            arguments: [BuiltInForm.unit.form])
        return known == true || any == false
    }

    /// Answers a device that wants to join. The same device may ask again with the same code, when an answer was lost.
    package func enrol(_ bytes: [UInt8]) throws -> [UInt8] {
        let request = try EnrolRequest(bytes: bytes)
        return try store.write { store in
            guard
                let row = try Row.fetchOne(
                    store.db.cachedStatement(sql: "SELECT * FROM enrol_code WHERE name = ?"),
                    arguments: [request.codeName]),
                let secret = try row.at("secret") as Data?,
                let code = EnrolmentCode(request.codeName + String(decoding: secret, as: UTF8.self)),
                EnrolRequest.isProven(bytes, by: code)
            else { throw HubError(.codeUnknown) }
            let replica = ReplicaID(publicKey: request.publicKey)
            if let user = try row.at("used_by") as Data? {
                guard Array(user) == replica.bytes else { throw HubError(.codeUsed) }
            } else if (try row.at("expires") as Int64) < self.store.world.now() {
                throw HubError(.codeExpired)
            }
            let unit: String = try row.at("unit")
            guard request.unit.isEmpty || request.unit == unit else {
                throw HubError(.unitDiffers, ["unit": unit, "device": request.unit])
            }
            try checkForms(request.forms, store)
            let certificate = try admit(request.publicKey, unit: unit, spaces: try row.at("spaces"), code: code, store)
            return EnrolAnswer(hubKey: anchor.publicKey, certificate: certificate)
                .bytes(code: code, request: bytes)
        }
    }

    private func checkForms(_ forms: [FormReference: Hash256], _ store: StoreTransaction) throws {
        let known = try store.formDigests()
        for (form, digest) in forms.sorted(by: { $0.key.form < $1.key.form }) {
            if let own = known[form], own != digest {
                throw HubError(.formDiffers, ["form": form.form, "version": String(form.version)])
            }
        }
    }

    private func admit(
        _ publicKey: [UInt8], unit: String, spaces: String, code: EnrolmentCode, _ store: StoreTransaction
    ) throws -> [UInt8] {
        let replica = ReplicaID(publicKey: publicKey)
        if let certificate = try store.certificate(of: replica) { return certificate }
        let now = self.store.world.now()
        let certificate = Certificate(
            publicKey: publicKey, unit: unit, spaces: spaces.split(separator: " ").map(String.init), issued: now,
            hub: anchor
        ).bytes
        _ = try store.ensureReplica(replica, publicKey: publicKey, certificate: certificate)
        try insertDevice(replica, unit: unit, spaces: spaces, enrolled: now, store)
        try store.db.cachedStatement(sql: "UPDATE enrol_code SET used_by = ? WHERE name = ?").execute(arguments: [
            Data(replica.bytes), code.name,
        ])
        try AuditLog.add(.deviceEnrolled, by: "", to: replica.word, unit: unit, ["code": code.name], in: store)
        return certificate
    }

    func insertDevice(
        _ replica: ReplicaID, unit: String, spaces: String, enrolled: Int64, former: ReplicaID? = nil,
        revoked: Int64? = nil, reason: String = "", _ store: StoreTransaction
    ) throws {
        try store.db.cachedStatement(
            sql: """
                INSERT INTO device (replica, unit, spaces, enrolled, former, revoked, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Self.data(replica), unit, spaces, enrolled, former.map(Self.data), revoked, reason,
        ])
    }

    static func data(_ replica: ReplicaID) -> Data { Data(replica.bytes) }

    package func devices() throws -> [Device] { try store.read(Self.devices) }

    static func devices(_ store: StoreTransaction) throws -> [Device] {
        try Row.fetchAll(
            store.db.cachedStatement(sql: "SELECT \(deviceColumns) FROM device ORDER BY unit, enrolled, replica")
        )
        .map(device)
    }

    static func device(_ replica: ReplicaID, _ store: StoreTransaction) throws -> Device? {
        try Row.fetchOne(
            store.db.cachedStatement(sql: "SELECT \(deviceColumns) FROM device WHERE replica = ?"),
            arguments: [Data(replica.bytes)]
        ).map(
            device)
    }

    private static let deviceColumns = """
        replica, unit, spaces, enrolled, revoked, reason, counter, contact, clock_offset, retired, former, reported, version,
        waiting, photos, free, epoch
        """

    private static func device(_ row: Row) throws -> Device {
        guard let replica = ReplicaID(bytes: try row.at(0) as Data) else { throw StoreError(.damaged) }
        return Device(
            replica: replica, unit: try row.at(1),
            spaces: (try row.at(2) as String).split(separator: " ").map(String.init),
            enrolled: try row.at(3), revoked: try row.at(4), reason: try row.at(5), counter: try row.natural(6),
            contact: try row.at(7),
            clockOffset: try row.at(8), retired: try row.at(9),
            former: (try row.at(10) as Data?).flatMap { ReplicaID(bytes: $0) },
            told: try (row.at(11) as Int64?).map {
                Device.Told(
                    at: $0, version: try row.at(12), waiting: try row.at(13), photos: try row.at(14),
                    free: try row.at(15), epoch: try row.natural(16))
            })
    }
}
