import BSON
import Migration
import Testing

@Suite struct LagMeterTests {
    private func time(_ seconds: UInt32, _ increment: UInt32 = 1) -> Timestamp {
        Timestamp(seconds: seconds, increment: increment)
    }

    @Test func thereIsNoLagBeforeTheFirstPoll() {
        var meter = LagMeter()
        #expect(meter.lag(appliedThrough: .zero, at: 7) == nil)
    }

    @Test func anIdleSourceHasNone() {
        var meter = LagMeter()
        for poll in 0..<10 {
            meter.observe(newest: time(100), at: Double(poll))
            #expect(meter.lag(appliedThrough: time(100), at: Double(poll) + 0.9) == 0)
        }
        // Post-batch tokens may be ahead of the newest write that was seen.
        #expect(meter.lag(appliedThrough: time(200), at: 30) == 0)
    }

    @Test func whatIsOlderThanTheFirstPollIsMeasuredByClusterTimes() {
        var meter = LagMeter()
        meter.observe(newest: time(100), at: 5)
        #expect(meter.lag(appliedThrough: time(40), at: 5) == 60)
        #expect(meter.lag(appliedThrough: time(90), at: 500) == 10)
        #expect(meter.lag(appliedThrough: time(100, 0), at: 500) == 0)
    }

    /// A write was made after the poll that did not see it yet.
    @Test func theOldestWriteThatIsMissingCounts() {
        var meter = LagMeter()
        for poll in 0..<10 {
            meter.observe(newest: time(100, UInt32(poll)), at: Double(poll))
        }
        #expect(meter.lag(appliedThrough: time(100, 3), at: 12) == 9)
        #expect(meter.lag(appliedThrough: time(100, 3), at: 13) == 10)
        #expect(meter.lag(appliedThrough: time(100, 7), at: 13) == 6)
        #expect(meter.lag(appliedThrough: time(100, 8), at: 13) == 5)
        #expect(meter.lag(appliedThrough: time(100, 9), at: 13) == 0)
    }

    @Test func aPollThatSeesNothingNewMovesTheStartOfTheNextWrite() {
        var meter = LagMeter()
        meter.observe(newest: time(100), at: 0)
        meter.observe(newest: time(100), at: 50)
        meter.observe(newest: time(101), at: 51)
        #expect(meter.lag(appliedThrough: time(100), at: 53) == 3)
    }

    @Test func aSourceThatRollsBackTakesNothingOfItAway() {
        var meter = LagMeter()
        meter.observe(newest: time(100), at: 0)
        meter.observe(newest: time(110), at: 1)
        meter.observe(newest: time(105), at: 2)
        #expect(meter.lag(appliedThrough: time(105), at: 4) == 4)
    }
}
