import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// How many workers there are, and how that changes while a migration goes on.
@Suite struct WorkersServerTests {
    private static let items = Namespace("shop", "items")

    /// Over a long way most of the time is spent waiting: more workers are faster, whatever the servers bear. What is better
    /// is measured, so nothing else may run beside it.
    @Test(.enabled(if: isSoak))
    func itTakesMoreWorkersOverALongWayAndTheLoadLevelCountsWhileItCopies() async throws {
        try await Pair.with { _ in
        } destination: {
            $0.isBehindProxy = true
        } _: { pair in
            try await SampleData(.large, bytes: 400 << 20).insert(
                into: WorkersServerTests.items, through: [pair.source.lane])
            let proxy = try #require(pair.destination.members[0].proxy)
            // From the beginning: nothing is copied before.
            proxy.delay(milliseconds: 300)
            let live = try LiveMigration(pair) {
                $0.loadLevel = 4
                $0.partitionBytes = 64 << 20
            }
            try await live.reached(.copying)
            try await live.isTrue("three workers are found to be better") {
                live.engine.workerCount >= 3
            }
            #expect(live.phase == .copying)
            live.engine.setLoadLevel(1)
            #expect(live.engine.workerCount == 1)
            proxy.heal()
            live.engine.setLoadLevel(3)
            try await pair.expectEqual(try await live.cutOver())
        }
    }
}
