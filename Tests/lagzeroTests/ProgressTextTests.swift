import Migration
import Mongo
import Testing

@testable import lagzero

@Suite struct ProgressTextTests {
    private func progress(_ phase: Phase) -> MigrationProgress {
        var progress = MigrationProgress(phase: phase)
        (progress.areCountsKnown, progress.isBacklogKnown) = (true, true)
        return progress
    }

    @Test func whatIsUnknownIsADash() {
        var text = ProgressText()
        #expect(
            text.line(progress(.copying), at: 0)
                == "copying  0 B of -  -/s  - docs/s  backlog 0  headroom -")
        #expect(
            text.line(progress(.catchingUp), at: 1)
                == "catching up  lag -  backlog 0  0 changes/s  headroom -")
    }

    @Test func aCountThatIsUnknownIsADashAndNoRateBeginsWithIt() {
        var text = ProgressText()
        var moment = MigrationProgress(phase: .copying)
        moment.bytesTotal = 10
        #expect(
            text.line(moment, at: 0)
                == "copying  - of -  -/s  - docs/s  backlog -  headroom -")
        #expect(
            text.line(MigrationProgress(phase: .paused), at: 1)
                == "paused  lag -  backlog -  - changes/s  headroom -")
        // An earlier run has copied this.
        moment = progress(.copying)
        moment.bytesCopied = 100_000_000
        #expect(text.line(moment, at: 2).contains("100 MB of -  -/s"))
    }

    @Test func aCopyTellsItsRateAndTheTimeLeft() {
        var text = ProgressText()
        var moment = progress(.copying)
        moment.bytesTotal = 1_400_000_000
        _ = text.line(moment, at: 10)
        moment.bytesCopied = 100_000_000
        moment.documentsCopied = 50_000
        moment.backlog = 1_234
        moment.oplogHeadroomSeconds = 187_200
        #expect(
            text.line(moment, at: 12)
                == "copying  7%  100 MB of 1.4 GB  50.0 MB/s  25,000 docs/s  26 s left  backlog 1,234  headroom 2 d 4 h"
        )
    }

    @Test func aCopyOfMoreThanWasMeasuredIsNotBeyondItsEnd() {
        var text = ProgressText()
        var moment = progress(.copying)
        moment.bytesTotal = 10
        moment.bytesCopied = 30
        #expect(text.line(moment, at: 0).contains("100%"))
    }

    @Test func theMessageComesLast() {
        var text = ProgressText()
        var moment = progress(.inSync)
        moment.lagSeconds = 0.25
        moment.message = "verifying"
        #expect(
            text.line(moment, at: 0)
                == "in sync  lag 0.3 s  backlog 0  - changes/s  headroom -  verifying")
    }

    @Test func inSyncItTellsWhoStillWritesAndUntilWhenToCutOver() {
        var text = ProgressText()
        var moment = progress(.inSync)
        moment.recentWrites = []
        #expect(text.line(moment, at: 0).hasSuffix("headroom -  no writes"))
        moment.recentWrites = [
            .init(namespace: Namespace("shop", "orders"), count: 1_200),
            .init(namespace: Namespace("shop", "items"), count: 34),
        ]
        moment.deadline = .now + .seconds(5 * 86_400 - 1_000)
        #expect(
            text.line(moment, at: 1).hasSuffix(
                "headroom -  1,234 writes in 10 s to shop.orders and 1 more  cutover within 4 d 23 h"
            ))
        moment.phase = .paused
        #expect(text.line(moment, at: 2).hasSuffix("headroom -  cutover within 4 d 23 h"))
        moment.phase = .finalizing
        #expect(text.line(moment, at: 3).hasSuffix("headroom -"))
    }

    @Test func indexesAreCountedWhileTheyAreBuilt() {
        var text = ProgressText()
        var moment = progress(.indexing)
        #expect(text.line(moment, at: 0).hasPrefix("building indexes  lag -"))
        (moment.indexesBuilt, moment.indexesTotal) = (3, 12)
        #expect(text.line(moment, at: 0).hasPrefix("building indexes  3 of 12 indexes  lag -"))
    }

    @Test func ratesForgetThePast() {
        var meter = RateMeter()
        #expect(meter.perSecond == nil)
        meter.add(0, at: 0)
        #expect(meter.perSecond == nil)
        meter.add(1_000, at: 1)
        #expect(meter.perSecond == 1_000)
        for second in 2...30 { meter.add(1_000, at: Double(second)) }
        #expect(meter.perSecond == 0)
    }

    @Test func aFigureThatStartsAgainHasNoNegativeRate() {
        var meter = RateMeter()
        meter.add(1_000, at: 0)
        meter.add(10, at: 1)
        #expect(meter.perSecond == nil)
        meter.add(20, at: 2)
        #expect(meter.perSecond == 10)
    }
}
