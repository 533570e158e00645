import GRDB
package import RecordStore
import Records

/// What the device has sent and received, by days of Vietnam. One row is written at the end of an exchange, and none while
/// nothing goes over the line.
package enum TrafficMeter {
    /// The table of the meter, beside the replica's own.
    static let table = (
        name: "agent traffic 1",
        sql: """
        CREATE TABLE traffic (
            day TEXT NOT NULL PRIMARY KEY,
            up INTEGER NOT NULL CHECK (up >= 0),
            down INTEGER NOT NULL CHECK (down >= 0)
        ) STRICT, WITHOUT ROWID;
        """
    )

    /// Bytes in one direction and the other.
    package struct Bytes: Hashable, Sendable {
        package var up: Int64 = 0
        package var down: Int64 = 0
        package var both: Int64 { up + down }

        package init(up: Int64 = 0, down: Int64 = 0) {
            self.up = up
            self.down = down
        }
    }

    /// What a request and its answer take on the line beside their bodies: the lines of HTTP, and with TLS its handshake, one
    /// for each request, with a certificate of usual length. An estimate, rather high than low: what a budget guards is
    /// somebody's money.
    static func overhead(isSecure: Bool) -> Bytes {
        isSecure ? Bytes(up: 1_500, down: 5_000) : Bytes(up: 400, down: 400)
    }

    /// Days of which the bytes are kept.
    static let keptDays = 400

    /// The day of a moment, in milliseconds since 1970, as the table has it.
    static func day(_ milliseconds: Int64) -> String {
        Moment(milliseconds: milliseconds)?.local.date.iso ?? "1970-01-01"
    }
}

extension StoreTransaction {
    /// What went over the line today and this month.
    package func traffic() throws -> (day: TrafficMeter.Bytes, month: TrafficMeter.Bytes) {
        let day = TrafficMeter.day(now)
        func sum(_ condition: String, _ argument: String) throws -> TrafficMeter.Bytes {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT coalesce(sum(up), 0), coalesce(sum(down), 0) FROM traffic WHERE \(condition)"),
                arguments: [argument])
            return try row.map { TrafficMeter.Bytes(up: try $0.at(0), down: try $0.at(1)) } ?? TrafficMeter.Bytes()
        }
        return (try sum("day = ?", day), try sum("substr(day, 1, 7) = ?", String(day.prefix(7))))
    }

    func count(_ bytes: TrafficMeter.Bytes) throws {
        try db.execute(
            sql: """
                INSERT INTO traffic (day, up, down) VALUES (?, ?, ?)
                ON CONFLICT (day) DO UPDATE SET up = up + excluded.up, down = down + excluded.down
                """, arguments: [TrafficMeter.day(now), bytes.up, bytes.down])
        let oldest = TrafficMeter.day(now - Int64(TrafficMeter.keptDays) * 86_400_000)
        try db.execute(sql: "DELETE FROM traffic WHERE day < ?", arguments: [oldest])
    }
}

extension AgentDevice {
    /// Runs an exchange over a counted line, and notes what went over it whether it succeeds or fails.
    func metered<T>(
        _ transport: any HubTransport, isSecure: Bool, _ body: (MeteredTransport) throws -> T
    ) throws -> T {
        let line = MeteredTransport(transport)
        defer {
            let count = line.count
            if count.roundTrips > 0 {
                let overhead = TrafficMeter.overhead(isSecure: isSecure)
                let trips = Int64(count.roundTrips)
                let bytes = TrafficMeter.Bytes(
                    up: Int64(count.bytesUp) + trips * overhead.up,
                    down: Int64(count.bytesDown) + trips * overhead.down)
                // The meter is no reason to fail what came to its end.
                try? store.write { try $0.count(bytes) }
            }
        }
        return try body(line)
    }
}
