/// What the engines take from outside instead of asking the machine, so that a simulator can give them another.
package struct World: Sendable {
    /// The durable steps at which a process may die.
    package enum Step: String, CaseIterable, Sendable {
        case beforeCommit, afterCommit
    }

    /// The wall clock, in milliseconds since 1970 UTC.
    package var now: @Sendable () -> Int64
    /// That many random bytes.
    package var random: @Sendable (Int) -> [UInt8]
    /// Called at each step; an error from it is the process's death there.
    package var step: @Sendable (Step) throws -> Void
    /// Writes a copy of the store at a path to a file, durable when it returns; see ``StoreBackup``.
    package var copy: @Sendable (_ path: String, _ file: String, _ now: Int64) throws -> Void

    package init(
        now: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8],
        step: @escaping @Sendable (Step) throws -> Void = { _ in },
        copy: @escaping @Sendable (_ path: String, _ file: String, _ now: Int64) throws -> Void = { path, file, now in
            try StoreBackup.write(of: path, to: file, now: now)
        }
    ) {
        self.copy = copy
        self.now = now
        self.random = random
        self.step = step
    }
}
