import ControlAPI
import Testing

@testable import Agent

@Suite struct LiveMigrationTests {
    @Test(arguments: MigrationPhase.allCases)
    func theLagOfEachMinuteIsDroppedWhenItIsOver(phase: MigrationPhase) {
        let id = Identifier(at: 1)
        var live = LiveMigration(
            id: id, setup: MigrationSetup(source: id, destination: id), sourceName: "shop-rs0",
            destinationName: "shop-atlas", destinationConnectionString: "mongodb://localhost",
            phase: phase, startedAt: 0)
        live.figures.lagByMinute = [1, 2]
        live.figures.bytesCopied = 3
        live.dropOldFigures()
        #expect(live.figures.lagByMinute.isEmpty == phase.isFinal)
        #expect(live.figures.bytesCopied == 3)
    }
}
