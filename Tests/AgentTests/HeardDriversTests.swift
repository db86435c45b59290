import ControlAPI
import Testing

@testable import Agent

@Suite struct HeardDriversTests {
    private let id = Identifier(at: 1)
    private let other = Identifier(at: 2)
    private let start = ContinuousClock.now

    @Test func aDriverIsSilentOnceItWasNotHeardForTenSeconds() {
        var heard = HeardDrivers()
        #expect(heard.isSilent(id, at: start))
        heard.hear(id, at: start)
        #expect(!heard.isSilent(id, at: start + .milliseconds(9_999)))
        #expect(heard.takeSilent(at: start + .milliseconds(9_999)).isEmpty)
        heard.hear(id, at: start + .seconds(5))
        #expect(!heard.isSilent(id, at: start + .seconds(14)))
        #expect(heard.isSilent(id, at: start + .seconds(15)))
    }

    @Test func aRequestLapsesThirtySecondsAfterItWasRepeatedLast() {
        var heard = HeardDrivers()
        heard.ask(id, at: start)
        heard.ask(id, at: start + .seconds(20))
        #expect(heard.takeLapsed(at: start + .seconds(49)).isEmpty)
        #expect(heard.takeLapsed(at: start + .seconds(50)) == [id])
        #expect(heard.takeLapsed(at: start + .seconds(51)).isEmpty)
    }

    @Test func thatADriverHasFallenSilentIsSaidOnce() {
        var heard = HeardDrivers()
        heard.hear(id, at: start)
        heard.hear(other, at: start + .seconds(8))
        #expect(heard.takeSilent(at: start + .seconds(10)) == [id])
        #expect(heard.takeSilent(at: start + .seconds(11)).isEmpty)
        #expect(heard.isSilent(id, at: start + .seconds(11)))
        heard.forget(other)
        #expect(heard.takeSilent(at: start + .seconds(60)).isEmpty)
    }
}
