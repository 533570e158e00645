import Agent
import Hub
import RecordStore
import Records
import SyncProtocol

/// What does not happen every day.
extension Year {
    func happen(_ event: YearPlan.Event, on day: Int) throws {
        switch event {
        case .copyHub: hubCopy = hubMachine.disk.copy(seed: plan.seed &+ UInt64(day))
        case .putHubBack:
            guard let copy = hubCopy else { return }
            try putHubBack(to: copy)
            hubCopy = nil
            hubPutBackOn = day
            costs.hubPutBack += 1
        case .replaceDevice:
            guard let device = someDevice(on: day) else { return }
            try throwAway(device)
            try join(unit: device.unit, formerUnits: device.formerUnits, on: day)
            costs.replaced += 1
        case .copyDevice:
            guard let device = someDevice(on: day) else { return }
            copied.append((device, device.machine.disk.copy(seed: UInt64(day)), device.unsent))
        case .putDeviceBack:
            guard let index = copied.firstIndex(where: { copy in devices.contains { $0 === copy.device } }) else {
                return
            }
            let (device, disk, unsent) = copied.remove(at: index)
            lose(device.unsent.filter { !unsent.contains($0) })
            try device.putBack(disk)
            device.unsent = unsent.filter { due.contains($0) }
            costs.putBack += 1
        case .cloneDevice:
            guard let device = someDevice(on: day) else { return }
            try clone(device)
            costs.cloned += 1
        case .reorganise: try reorganise(on: day)
        case .handIn: try handIn(on: day)
        }
    }

    /// A device whose disk may be lost: since the hub was put back it has given back what the hub lacked, so that nothing but
    /// its own unsent work goes with it.
    private func someDevice(on day: Int) -> YearDevice? {
        devices.filter { $0.lastSync > hubPutBackOn && takenOver[$0.unit] == nil }.randomElement(using: &random)
    }

    private func lose(_ marks: [String]) {
        costs.goneWithDisk += marks.count
        due.subtract(marks)
    }

    private func throwAway(_ device: YearDevice) throws {
        // Where the unsent work is on a clone or an older copy too, it may come all the same.
        lose(device.unsent)
        try retire(device)
    }

    private func retire(_ device: YearDevice) throws {
        try hub.retire(try device.agent.replica.word)
        devices.removeAll { $0 === device }
        copied.removeAll { $0.device === device }
        try device.end()
    }

    // MARK: Wards that are taken over

    /// One ward in ten is taken over by another. Its people go on there under new names and with new devices; one device of
    /// each does not hear of it for a while.
    private func reorganise(on day: Int) throws {
        for (index, unit) in units.enumerated() where index % 10 == 3 {
            let other = units[(index + 1) % units.count]
            takenOver[unit] = other
            costs.takenOver += 1
            for number in 1...Self.peopleOfUnit {
                try hub.disablePerson(Self.person(number, unit))
                try addPerson("\(Self.person(number, unit)).moi", unit: other)
            }
            for device in devices.filter({ $0.unit == unit }).dropLast() {
                try sync(device, on: day, mayFail: false)
                try retire(device)
                try join(unit: other, formerUnits: [unit], on: day)
            }
        }
    }

    private func handIn(on day: Int) throws {
        for device in devices where takenOver[device.unit] != nil {
            guard let other = takenOver[device.unit] else { continue }
            try sync(device, on: day, mayFail: false)
            try retire(device)
            try join(unit: other, formerUnits: [device.unit], on: day)
        }
    }

    // MARK: The hub's desk

    /// Cases are settled and refused work is decided on, most of it well.
    func clearDesk() throws {
        for found in try hub.store.read({ try $0.conflicts().map(\.view) }) {
            var settlements: [String: Settlement] = [:]
            for field in found.conflicts {
                if field == RegisterKey.deleted.field {
                    settlements[field] = .value(.flag(random.oneIn(2)))
                } else if let version = found.versions[field]?.randomElement(using: &random) {
                    settlements[field] = .pick(version.dotWord)
                }
            }
            _ = try hub.settle(found.word, settlements, reason: "đối chiếu sổ gốc", author: "")
            costs.settled += 1
        }
        let refused = try hub.store.read { try $0.openChanges(ownOnly: false) }
        for change in refused where change.decision == .refused && change.disposed == nil {
            if random.oneIn(5) {
                try hub.dismissRefused(change.dotWord, reason: "đã nhập ở phường mới", person: "admin")
                costs.dismissed += 1
            } else {
                _ = try hub.acceptRefused(change.dotWord, person: "admin")
                costs.accepted += 1
            }
        }
    }
}
