import Mongo
import Testing

@testable import Migration

@Suite struct PauseTests {
    @Test func onlyAPauseByAnErrorHasAnErrorAlsoBeforeTheRun() async throws {
        let nowhere = try ConnectionString("mongodb://127.0.0.1:1/")
        let engine = MigrationEngine(
            source: nowhere, destination: nowhere, options: MigrationOptions(),
            owner: Lease.Owner(host: "here", boot: "1", process: 1))
        await engine.pause(error: "document 7 was refused")
        #expect(await engine.details().pauseError == "document 7 was refused")
        #expect(engine.progress().message == "document 7 was refused")
        // It is paused already.
        await engine.pause()
        #expect(await engine.details().pauseError != nil)
        await engine.resume()
        #expect(await engine.details().pauseError == nil)
        await engine.pause()
        #expect(await engine.details().pauseError == nil)
        #expect(engine.progress().message == "paused by the operator")
        // Nothing was read of a destination.
        #expect(!engine.progress().areCountsKnown && !engine.progress().isBacklogKnown)
        #expect(!engine.progress().hasBegun)
    }
}
