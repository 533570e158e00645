import Simulator
import Testing

/// A small year: a few wards for a month, with all that a large one has. `scripts/a-year` is the large one.
@Suite struct YearTests {
    private static let plan = YearPlan(seed: 1, devices: 8, wards: 4, days: 30)

    @Test func aSmallYearComesToRest() throws {
        let year = try Year(Self.plan)
        let costs = try year.run()
        #expect(costs.hubPutBack == 2 && costs.takenOver == 1)
        #expect(costs.replaced > 0 && costs.putBack > 0 && costs.cloned > 0)
        #expect(costs.saves > 200 && costs.settled > 0 && costs.changes >= costs.saves)
    }
}
