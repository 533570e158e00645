import Testing
import WebPages

/// Who gets on, be it slowly, is served; who does not is let go.
@Suite struct RequestProgressTests {
    private typealias Progress = RequestProgress

    /// Whether it got on, at each of so many looks.
    private func looks(_ count: Int, at progress: inout Progress) -> [Bool] {
        var found: [Bool] = []
        for _ in 0..<count { found.append(progress.hasMoved()) }
        return found
    }

    @Test func aBodyByTheDropIsNotWaitedFor() {
        var progress = Progress()
        progress.begin()
        progress.ask()
        let first = looks(1, at: &progress)
        progress.received(Progress.leastBytes - 1)
        let second = looks(1, at: &progress)
        // The head came in the first span.
        #expect(first == [true] && second == [false])
    }

    @Test func aSlowLineIsServed() {
        var progress = Progress()
        progress.begin()
        for _ in 0..<100 {
            progress.ask()
            progress.received(Progress.leastBytes)
            let moved = looks(1, at: &progress)
            #expect(moved == [true])
        }
        progress.endOfBody()
        #expect(progress.isUnderWay)
        progress.endOfAnswer()
        #expect(!progress.isUnderWay)
    }

    /// A busy hub does not take its own slowness for the client's.
    @Test func whoIsHeldUpByTheProgramIsWaitedFor() {
        var progress = Progress()
        progress.begin()
        progress.ask()
        progress.answered()
        let whileNothingIsAsked = looks(10, at: &progress)
        progress.endOfBody()
        let whileItIsWorkedOn = looks(10, at: &progress)
        #expect(!whileNothingIsAsked.contains(false) && !whileItIsWorkedOn.contains(false))
    }

    @Test func whoDoesNotTakeTheAnswerIsLetGo() {
        var progress = Progress()
        progress.begin()
        progress.endOfBody()
        for _ in 0..<3 { progress.wrote() }
        progress.gotOut()
        let moved = looks(Progress.patience + 1, at: &progress)
        #expect(moved == [Bool](repeating: true, count: Progress.patience) + [false])
    }

    @Test func takingAnythingBuysTime() {
        var progress = Progress()
        progress.begin()
        progress.endOfBody()
        for _ in 0..<20 { progress.wrote() }
        for _ in 0..<10 {
            let moved = looks(2, at: &progress)
            #expect(moved == [true, true])
            progress.gotOut()
        }
    }
}
