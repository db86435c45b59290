import BSON
import Migration
import Testing

/// F15: this host's clock jumps. Whatever the engine decides by time - heartbeats, takeover, limits, lag, the countdown -
/// takes `ContinuousClock`; what is stored for other hosts is the destination's time.
@Suite struct FaultsClockTests {
    @Test func f15TheCountdownIsTheServersTimeAndThenMonotonic() {
        let now = ContinuousClock.now
        // The server may live in another year than this host.
        for serverNow in [Int64(0), 1_700_000_000_000, 4_000_000_000_000] {
            let countdown = Countdown(deadline: serverNow + 5_000, serverNow: serverNow, at: now)
            #expect(!countdown.isOver(at: now))
            #expect(!countdown.isOver(at: now + .milliseconds(4_999)))
            #expect(countdown.isOver(at: now + .milliseconds(5_000)))
        }
    }

    @Test func f15TimeRunsOutWhileNoProcessRuns() {
        let now = ContinuousClock.now
        #expect(Countdown(deadline: 1_000, serverNow: 9_000, at: now).isOver(at: now))
    }

    @Test func f15TheLagIsMeasuredByTheMonotonicClockAlone() {
        var meter = LagMeter()
        meter.observe(newest: .init(seconds: 1_000, increment: 1), at: 10)
        _ = meter.lag(appliedThrough: .init(seconds: 1_000, increment: 1), at: 10)
        // The source's clock jumped by an hour; the write is half a second old.
        meter.observe(newest: .init(seconds: 4_600, increment: 1), at: 10.25)
        let lag = meter.lag(appliedThrough: .init(seconds: 1_000, increment: 1), at: 10.5)
        #expect(lag == 0.5)
    }
}
