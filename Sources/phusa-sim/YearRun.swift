import ArgumentParser
import Foundation
import Simulator

extension PhuSaSim {
    /// `--year DEVICES,WARDS,DAYS`: prints what it cost; the last line is a digest, the same for the same seed.
    func live(_ size: String, seed: UInt64) throws {
        let numbers = size.split(separator: ",").compactMap { Int($0) }
        guard numbers.count == 3, numbers[0] >= numbers[1], numbers[1] >= 4, numbers[2] >= 30 else {
            throw ValidationError("--year takes DEVICES,WARDS,DAYS: at least 4 wards, a device for each, and 30 days")
        }
        let plan = YearPlan(seed: seed, devices: numbers[0], wards: numbers[1], days: numbers[2])
        do {
            let year = try Year(
                plan,
                progress: {
                    print($0)
                    fflush(nil)
                })
            for line in try year.run().lines { print(line) }
            print(try year.digest())
        } catch let failure as Year.Failure {
            print("\(failure)")
            throw ExitCode.failure
        }
    }
}
