import ControlAPI
import Testing

/// The time that there is to cut over, in a demo.
@Suite struct CutoverClockTests {
    @Test(arguments: [
        (1, "1 s"), (90, "1 m 30 s"), (3_600, "1 h"), (7_200, "2 h"), (36_000, "10 h"),
    ])
    func thePaceIsSaidInHours(speed: Int, words: String) {
        #expect(CutoverState.pace(speed) == "1 s = \(words)")
    }

    @Test func whatIsLeftAndWhatIsTakenPassFasterAndTheirMomentsAreReal() {
        var cutover = CutoverState()
        #expect(cutover.timeLeft(at: 5_000) == nil && cutover.timeTaken(at: 5_000) == nil)
        (cutover.deadlineAt, cutover.begunAt) = (7_000, 4_000)
        #expect(cutover.timeLeft(at: 5_000) == 2_000 && cutover.timeTaken(at: 5_000) == 1_000)
        #expect(cutover.pace == nil)
        cutover.clockSpeed = 60
        #expect(cutover.timeLeft(at: 5_000) == 120_000 && cutover.timeTaken(at: 5_000) == 60_000)
        #expect(cutover.timeLeft(at: 8_000) == 0)
    }
}
