import ControlAPI
import Testing

@testable import Agent

@Suite struct HeardDriversTests {
    private let id = Identifier(at: 1)
    private let other = Identifier(at: 2)
    private let story = Story()

    /// Times in seconds from its beginning on.
    private final class Story {
        private var heard = HeardDrivers()
        private let start = ContinuousClock.now

        func hear(_ id: Identifier, at time: Double) { heard.hear(id, at: start + .seconds(time)) }
        func ask(_ id: Identifier, at time: Double) { heard.ask(id, at: start + .seconds(time)) }
        func forget(_ id: Identifier) { heard.forget(id) }
        func isSilent(_ id: Identifier, at time: Double) -> Bool {
            heard.isSilent(id, at: start + .seconds(time))
        }

        /// Lets time pass, tick by tick; returns who has fallen silent and whose request has lapsed.
        func pass(_ times: ClosedRange<Double>) -> (silent: [Identifier], lapsed: [Identifier]) {
            var (silent, lapsed): ([Identifier], [Identifier]) = ([], [])
            for time in stride(from: times.lowerBound, through: times.upperBound, by: 0.5) {
                silent += heard.takeSilent(at: start + .seconds(time))
                lapsed += heard.takeLapsed(at: start + .seconds(time))
            }
            return (silent, lapsed)
        }
    }

    @Test func aDriverIsSilentOnceItWasNotHeardForTenSeconds() {
        #expect(story.isSilent(id, at: 0))
        story.hear(id, at: 0)
        #expect(story.pass(0...4.5).silent.isEmpty)
        story.hear(id, at: 5)
        #expect(story.pass(5...14.5).silent.isEmpty)
        #expect(!story.isSilent(id, at: 14.9))
        #expect(story.isSilent(id, at: 15.1))
    }

    @Test func aRequestLapsesThirtySecondsAfterItWasRepeatedLast() {
        story.ask(id, at: 0)
        #expect(story.pass(0...20).lapsed.isEmpty)
        story.ask(id, at: 20)
        #expect(story.pass(20...49.5).lapsed.isEmpty)
        #expect(story.pass(50...90).lapsed == [id])
    }

    @Test func thatADriverHasFallenSilentIsSaidOnce() {
        story.hear(id, at: 0)
        #expect(story.pass(0...8).silent.isEmpty)
        story.hear(other, at: 8)
        #expect(story.pass(8...17.5).silent == [id])
        #expect(story.isSilent(id, at: 17.5))
        story.forget(other)
        #expect(story.pass(18...60).silent.isEmpty)
    }

    /// Whoever asks may be heard before the driver then, and before the first tick.
    @Test func whileTheAgentIsStoppedNoDriverFallsSilent() {
        story.hear(id, at: 0)
        story.ask(id, at: 0)
        #expect(story.pass(0...3).silent.isEmpty)
        #expect(!story.isSilent(id, at: 3_600))
        let after = story.pass(3_600...3_604)
        #expect(after.silent.isEmpty && after.lapsed.isEmpty)
        #expect(!story.isSilent(id, at: 3_604))
        #expect(story.pass(3_604...3_605.5).silent == [id])
    }

    /// Whoever asks has looked at the clock before the agent was stopped, and is heard behind the tick that came then.
    @Test func whatIsHeardOfAnEarlierMomentDoesNotPutTheClockBack() {
        story.hear(id, at: 0)
        #expect(story.pass(3_600...3_603).silent.isEmpty)
        story.hear(other, at: 1)
        #expect(story.pass(3_603.5...3_610).silent == [id])
        #expect(story.pass(3_610.5...3_613).silent == [other])
    }
}
