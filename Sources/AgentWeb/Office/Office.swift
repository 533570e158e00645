package import RecordStore
import Synchronization
package import WebPages

/// The port that other machines of the office come to, and what they know it by.
package final class Office: Sendable {
    package let address: ListenAddress
    package let certificate: OfficeCertificate
    package let machine: MachineNames
    private let port: Mutex<Int>

    /// - Parameter folder: the device's, which keeps key and certificate.
    /// - Throws: `office.certificate`.
    package init(at address: ListenAddress, folder: String, machine: MachineNames, world: World) throws {
        self.address = address
        self.machine = machine
        certificate = try OfficeCertificate(in: folder, machine: machine, world: world)
        port = Mutex(address.port)
    }

    /// The port that was opened.
    func serve(port: Int) { self.port.withLock { $0 = port } }

    /// What to type into a browser, the likeliest first; the machine's name where it has no address yet.
    package var urls: [String] {
        let port = port.withLock { $0 }
        let isV4 = address.host == "0.0.0.0"
        guard isV4 || address.host == "::" else { return [address.url(port: port, scheme: "https")] }
        let hosts = machine.addresses().filter { !isV4 || !$0.contains(":") }
        let named = machine.hostName.isEmpty ? "localhost" : machine.hostName + ".local"
        return (hosts.isEmpty ? [named] : hosts).map { host in
            "https://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}
