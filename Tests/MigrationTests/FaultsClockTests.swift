import BSON
import Foundation
import Sandbox
import Testing

@testable import Migration

/// F15: this host's clock jumps. Whatever the engine decides by time - heartbeats, takeover, limits, lag, the countdown -
/// takes `ContinuousClock`; what is stored for other hosts is the destination's time.
@Suite struct FaultsClockTests {
    @Test func f15TheCountdownIsTheServersTimeAndThenMonotonic() {
        let now = ContinuousClock.now
        // The server may live in another year than this host.
        for serverNow in [Int64(0), 1_700_000_000_000, 4_000_000_000_000] {
            let countdown = Countdown(
                deadline: serverNow + 5_000, ServerTime(time: serverNow, now: now))
            #expect(!countdown.isOver(at: now))
            #expect(!countdown.isOver(at: now + .milliseconds(4_999)))
            #expect(countdown.isOver(at: now + .milliseconds(5_000)))
        }
    }

    @Test func f15TimeRunsOutWhileNoProcessRuns() {
        let now = ContinuousClock.now
        #expect(Countdown(deadline: 1_000, ServerTime(time: 9_000, now: now)).isOver(at: now))
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

extension FaultServerTests {
    /// The whole program, whose clock jumps in each phase.
    @Test func f15TheClockOfThisHostJumps() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let clock = try ShiftedClock()
            let child = try ChildMigration(trial.pair, limits: clock.exports)
            let start = ContinuousClock.now
            let day = 86_400
            for (phase, jump) in zip(Trial.phases, [10 * day, -10 * day, day, -3_600, 80 * day]) {
                try await child.reach(phase.rawValue)
                let told = try #require(child.time)
                try clock.set(jump)
                try await eventually("the clock has jumped") {
                    child.time.map { abs($0.timeIntervalSince(told)) > 1_800 } ?? false
                }
                #expect(child.phase == phase.rawValue)
                try await trial.release(phase)
            }
            #expect(try await child.end() == 0)
            let passed = (ContinuousClock.now - start) / .seconds(1)
            #expect(try #require(child.duration) < passed + 1)
            #expect(child.mismatches == [])
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }
}
