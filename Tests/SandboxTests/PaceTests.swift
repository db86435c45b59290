import Testing

@testable import Sandbox

struct PaceTests {
    @Test func aRateIsKeptOverManySmallSteps() {
        var pace = Pace(now: 0)
        let done = (1...1000).reduce(0) { sum, step in
            sum + pace.due(now: UInt64(step) * 10_000_000, rate: 333)
        }
        #expect((3329...3330).contains(done))
    }

    @Test func atMostASecondIsMadeUpFor() {
        var pace = Pace(now: 0)
        #expect(pace.due(now: 60_000_000_000, rate: 500) == 500)
        #expect(pace.due(now: 60_000_000_000, rate: 500) == 0)
    }

    @Test func aBatchHasALimit() {
        var pace = Pace(now: 0)
        #expect(pace.due(now: 1_000_000_000, rate: 5000, most: 1000) == 1000)
        #expect(pace.due(now: 1_000_000_000, rate: 5000, most: 1000) == 1000)
    }

    @Test func aMeterForgetsAfterTwoSeconds() {
        var meter = RateMeter()
        for step in 0..<100 { meter.add(10, now: UInt64(step) * 50_000_000) }
        #expect(abs(meter.rate(now: 5_000_000_000) - 200) < 1)
        #expect(meter.rate(now: 8_000_000_000) == 0)
    }
}
