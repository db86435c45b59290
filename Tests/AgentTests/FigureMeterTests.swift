import ControlAPI
import Testing

@testable import Agent

@Suite struct FigureMeterTests {
    @Test func aRateIsNotKnownAtFirst() {
        var meter = FigureMeter()
        var figures = MigrationFigures()
        figures.bytesCopied = 100
        meter.measure(&figures, at: 0)
        #expect(figures.bytesPerSecond == nil)
        figures.bytesCopied = 300
        meter.measure(&figures, at: 2_000)
        #expect(figures.bytesPerSecond == 100)
        #expect(figures.bytesPerSecondOverall == 100)
    }

    @Test func beforeTheCopyBeginsThereIsNoRateAndItsTimeDoesNotCount() {
        var meter = FigureMeter()
        var figures = MigrationFigures()
        for second in 0...20 { meter.measure(&figures, at: Int64(second) * 1_000) }
        #expect(figures.bytesPerSecond == nil && figures.bytesPerSecondOverall == nil)
        figures.bytesCopied = 0
        meter.measure(&figures, at: 21_000)
        figures.bytesCopied = 200
        meter.measure(&figures, at: 23_000)
        // The samples of before the copy are still in the window.
        #expect(figures.bytesPerSecond == 100)
        figures.bytesCopied = 1_000
        meter.measure(&figures, at: 31_000)
        #expect(figures.bytesPerSecondOverall == 100)
    }

    @Test func s11WhenACutoverBeganIsKeptWhileItIsUnderWay() throws {
        var live = LiveMigration(
            id: Identifier(at: 1),
            setup: MigrationSetup(source: Identifier(at: 2), destination: Identifier(at: 3)),
            sourceName: "a", destinationName: "b", destinationConnectionString: "", phase: .inSync,
            startedAt: 0)
        live.noteCutover(at: 5)
        #expect(live.cutover.begunAt == nil)
        live.phase = .finalizing
        live.noteCutover(at: 6)
        live.noteCutover(at: 7)
        #expect(live.cutover.begunAt == 6)
        // The agent was restarted: its engine begins by preparing.
        live.phase = .preparing
        live.noteCutover(at: 8)
        // It is paused before it has read how far that came.
        (live.phase, live.pausedFrom) = (.paused, .preparing)
        live.noteCutover(at: 8)
        (live.phase, live.pausedFrom) = (.finalizing, nil)
        live.noteCutover(at: 9)
        #expect(live.cutover.begunAt == 6)
        live.phase = .inSync
        live.noteCutover(at: 8)
        #expect(live.cutover.begunAt == nil)
    }

    @Test func theMaximumOfTheLagIsThatOfTheLastHour() {
        var meter = FigureMeter()
        var figures = MigrationFigures()
        for (minute, lag) in [(0, 9.0), (1, 3.0), (61, 1.0)] {
            figures.lagSeconds = lag
            meter.measure(&figures, at: Int64(minute) * 60_000)
        }
        #expect(figures.lagMaximumLastHour == 1)
        #expect(figures.lagByMinute == [1])
    }

    /// Each change is a line of the screen that is drawn anew.
    @Test func theLagByMinuteChangesEveryFiveSecondsAtMost() {
        var meter = FigureMeter()
        var figures = MigrationFigures()
        var changes: [(time: Int64, lags: [Double])] = []
        for time in stride(from: Int64(0), through: 120_000, by: 500) {
            figures.lagSeconds = Double(time) / 1_000
            meter.measure(&figures, at: time)
            if changes.last?.lags != figures.lagByMinute {
                changes.append((time, figures.lagByMinute))
            }
        }
        #expect(changes.count == 25)
        let gaps = zip(changes, changes.dropFirst()).map { $1.time - $0.time }
        #expect(gaps.allSatisfy { $0 >= 5_000 })
        #expect(changes.last?.lags == [59.5, 119.5, 120])
    }
}
