import Hub
import RecordStore
import Wording

/// Who may record, assign and read at the console.
extension Console {
    /// - Throws: `rights.record` where records of the space are not entered or changed by the visitor.
    func requireRecording(_ visitor: Visitor, in space: String) throws {
        guard visitor.person.role.settles else { throw ReportedError(code: "rights.record") }
    }

    /// - Throws: `rights.assign` where tasks of the space are not given by the visitor.
    func requireAssigning(_ visitor: Visitor, in space: String) throws {
        guard visitor.person.role.settles else { throw ReportedError(code: "rights.assign") }
    }

    /// - Throws: `rights.read` where records of the space are not read by the visitor.
    func requireReading(_ visitor: Visitor, in space: String) throws {
        guard visitor.person.role.readsConsole else { throw ReportedError(code: "rights.read") }
    }

    /// Whether there is any space that the visitor records in.
    func recordsAnywhere(_ visitor: Visitor) -> Bool { visitor.person.role.settles }

    func mayRecord(_ visitor: Visitor, in space: String) -> Bool {
        (try? requireRecording(visitor, in: space)) != nil
    }

    func mayAssign(_ visitor: Visitor, in space: String) -> Bool {
        (try? requireAssigning(visitor, in: space)) != nil
    }

    func mayRead(_ visitor: Visitor, in space: String) -> Bool { (try? requireReading(visitor, in: space)) != nil }
}
