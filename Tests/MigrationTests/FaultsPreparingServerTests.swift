import BSON
import Foundation
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
                try await set.members[0].freezeUntilAsked()
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

    @Test func f18CancellingWhilePreparingLeavesNothingBehind() async throws {
        try await Trial.with(writesPerSecond: 50, heldFrom: .preparing) { trial in
            try trial.start()
            try await heldWhilePreparing(trial)
            let engine = try #require(trial.engine)
            #expect(trial.phase == .preparing)
            try await engine.cancel()
            #expect(try await trial.result().phase == .cancelled)
            try await expectNothingLeftBehind(trial)
        }
    }

    @Test(.enabled(if: isSoak))
    func f2f3f4f10f11OwnersDisksAndPrivilegesWhilePreparingAreSurvived() async throws {
        try await Trial.with(writesPerSecond: 50, heldFrom: .preparing) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            let user = Credentials(username: "mover", password: "mover")
            for set in [source, destination] { try await set.createUser(user, roles: ["root"]) }
            trace("--- another host")
            let stale = try ChildMigration(trial.pair, arguments: ["--lease-scale", "0.04"])
            try await heldWhilePreparing(trial)
            stale.send(SIGSTOP)
            try trial.start(
                options: FaultServerTests.hasty, source: source.uri(as: user),
                destination: destination.uri(as: user), host: "elsewhere")
            try await heldWhilePreparing(trial)
            stale.send(SIGCONT)
            #expect(try await stale.end() == 1)
            #expect(stale.phase == "failed")
            trace("--- second owner")
            try await trial.expectRefusal(
                of: Lease.Owner(host: "third", boot: "1", process: 99),
                options: FaultServerTests.hasty)
            trace("--- full")
            try await destination.members[0].setFailPoint("failCommand", FaultServerTests.full)
            try await trial.waitsForSpace()
            try await heldWhilePreparing(trial)
            trace("--- locked out")
            _ = try await destination.lane.run(["updateUser": "mover", "roles": []])
            try await eventually("the engine waits for privileges") {
                trial.isWaiting(for: Trial.lockedOut)
            }
            _ = try await destination.lane.run(["updateUser": "mover", "roles": ["root"]])
            try await heldWhilePreparing(trial)
            _ = try await destination.lane.run(["dropUser": "mover"])
            try await eventually("the engine waits for its user") {
                trial.isWaiting(for: Trial.lockedOut)
            }
            try await destination.createUser(user, roles: ["root"])
            try await heldWhilePreparing(trial)
            #expect(trial.phase == .preparing)
            try await trial.expectCompletion()
        }
    }

    /// Waits until the destination has once more refused to create the collection.
    private func heldWhilePreparing(_ trial: Trial) async throws {
        try await trial.pair.destination.members[0].failOne(by: Trial.failPoint(from: .preparing))
    }
}
