import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// What goes wrong before anything is copied, while the catalog is being made.
extension FaultServerTests {
    @Test func f1f5f7f8f9FaultsWhilePreparingAreSurvived() async throws {
        try await Trial.with(
            source: { $0.isBehindProxy = true }, destination: { $0.isBehindProxy = true },
            writesPerSecond: 50, heldFrom: .preparing
        ) { trial in
            let sets = [trial.pair.source, trial.pair.destination]
            let server = trial.pair.destination.members[0]
            var child = try ChildMigration(trial.pair)
            try await heldWhilePreparing(trial)
            trace("--- kill")
            try await child.kill()
            child = try ChildMigration(trial.pair, isResumed: true)
            try await heldWhilePreparing(trial)
            trace("--- step-down")
            for set in sets { try await set.stepDown() }
            try await heldWhilePreparing(trial)
            trace("--- cut")
            for set in sets { set.members[0].proxy?.cut() }
            try await heldWhilePreparing(trial)
            for set in sets {
                trace("--- freeze")
                let process = set.members[0].process
                let proxy = try #require(set.members[0].proxy)
                process.freeze()
                let sent = proxy.bytesToServer
                try await eventually("it is asked something while it is frozen") {
                    proxy.bytesToServer > sent
                }
                process.thaw()
                try await heldWhilePreparing(trial)
            }
            trace("--- restart")
            try await server.process.restart()
            _ = try await trial.pair.destination.primary()
            try await heldWhilePreparing(trial)
            #expect(child.phase == "preparing")
            for phase in [.preparing] + Trial.phases { try await trial.release(phase) }
            #expect(try await child.end() == 0)
            #expect(child.mismatches == [])
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// Waits until the destination has once more refused to create the collection.
    private func heldWhilePreparing(_ trial: Trial) async throws {
        let member = trial.pair.destination.members[0]
        let point = Trial.failPoint(from: .preparing)
        let count = try await member.setFailPoint("failCommand", point)
        try await eventually("a collection is created") {
            let answer = try? await member.lane.run([
                "waitForFailPoint": "failCommand", "timesEntered": .integer(count + 1),
                "maxTimeMS": 1_000,
            ])
            return answer != nil
        }
    }
}
