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
}
