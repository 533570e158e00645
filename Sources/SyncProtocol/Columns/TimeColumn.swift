import Records

/// A column of times in milliseconds since 1970. Whole seconds cost less.
extension ColumnWriter {
    /// `byte` 1 where all are whole seconds, then `deltas` in seconds from `clock`; else 0 and `deltas` in milliseconds.
    /// - Parameter clock: in seconds since 1970.
    mutating func milliseconds(_ times: [Int64], clock: Int64) {
        let second = HeaderColumns.millisecondsPerSecond
        let areSeconds = times.allSatisfy { $0 % second == 0 }
        byte(areSeconds ? 1 : 0)
        deltas(times.map { areSeconds ? $0 / second : $0 }, from: areSeconds ? clock : clock &* second)
    }
}

extension ColumnReader {
    mutating func milliseconds(_ count: Int, clock: Int64) throws(DecodingFailure) -> [Int64] {
        let (unit, start) = try HeaderColumns.timeUnit(&self, clock: clock)
        let times = try deltas(count, from: start)
        guard times.allSatisfy({ $0.magnitude < 1 << 48 }) else { throw failure(.inconsistent) }
        return times.map { $0 * unit }
    }
}
