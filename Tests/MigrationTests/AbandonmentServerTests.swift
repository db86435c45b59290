import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Ending a migration for good that nobody runs any more, after it was killed in the middle of its cutover.
@Suite(.serialized, .timeLimit(.minutes(20))) struct AbandonmentServerTests {
    /// As whoever ran it last knows it.
    private func identity(_ trial: Trial) async throws -> MigrationIdentity {
        func one(_ collection: String) async throws -> Document {
            let found = try await trial.pair.destination.lane.open(
                ["find": .string(collection), "filter": ["_id": ["$in": ["owner", "migration"]]]],
                on: StateStore.database
            ).documents.first { _ in true }?.copied()
            return try #require(found)
        }
        return MigrationIdentity(
            begunAt: StoredMigration(try await one("state")).startedAt,
            epoch: try await one("lease")["epoch"]?.integer.map(Int64.init))
    }

    private func change(_ trial: Trial, _ collection: String, _ change: Document) async throws {
        let reply = try await trial.pair.destination.lane.write(
            [
                "update": .string(collection),
                "updates": [["q": [:], "u": .document(change)]],
                "writeConcern": ["w": "majority"],
            ], on: StateStore.database)
        #expect(reply.count == 1)
    }

    private func end(
        _ trial: Trial, _ identity: MigrationIdentity,
        held: @Sendable (Int64) async -> Void = { _ in }
    ) async throws -> [String] {
        try await Abandonment(
            source: try ConnectionString(trial.pair.source.uri),
            destination: try ConnectionString(trial.pair.destination.uri),
            options: trial.options { _ in }, identity: identity,
            owner: try ChildMigration.neighbour(1), isRunning: { _ in false }
        ).perform(held: held)
    }

    private func areBlocked(_ trial: Trial) async throws -> [Bool] {
        [
            try await trial.pair.source.isBlocked(),
            try await trial.pair.destination.isBlocked(),
        ]
    }

    /// Nothing was undone, and the lease is as it was.
    private func expectRefused(
        _ trial: Trial, _ code: MigrationError.Code, as identity: MigrationIdentity
    ) async throws {
        let before = try await self.identity(trial)
        await #expect { _ = try await end(trial, identity) } throws: {
            ($0 as? MigrationError)?.code == code
        }
        #expect(try await areBlocked(trial) == [true, true])
        #expect(try await self.identity(trial) == before)
    }

    private func killedInItsCutover(_ trial: Trial) async throws {
        let child = try ChildMigration(trial.pair)
        for phase in Trial.phases.dropLast() {
            try await child.reach(phase.rawValue)
            try await trial.release(phase)
        }
        try await child.reach("finalizing")
        try await eventually("writes are blocked") {
            try await areBlocked(trial) == [true, true]
        }
        try await child.kill()
        try await trial.setFailPoint(from: nil)
    }

    @Test func f18AMigrationThatWasKilledInItsCutoverIsEndedAndLeavesNothingBehind() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await killedInItsCutover(trial)
            let known = try await identity(trial)
            let (begunAt, epoch) = (try #require(known.begunAt), try #require(known.epoch))

            try await expectRefused(
                trial, .destinationHeld, as: MigrationIdentity(begunAt: begunAt - 1, epoch: epoch))
            try await expectRefused(trial, .destinationHeld, as: MigrationIdentity(epoch: epoch))
            try await expectRefused(
                trial, .ownershipLost, as: MigrationIdentity(begunAt: begunAt, epoch: epoch - 1))
            try await change(trial, "state", ["$set": ["cutover": "accepted"]])
            try await expectRefused(trial, .tooLate, as: known)
            try await change(trial, "state", ["$set": ["cutover": "begun"]])

            // Taken over in the middle of it.
            await #expect {
                _ = try await end(trial, known) { _ in
                    try? await change(trial, "lease", ["$inc": ["epoch": 5]])
                }
            } throws: {
                ($0 as? MigrationError)?.code == .ownershipLost
            }
            #expect(try await areBlocked(trial) == [true, true])
            try await change(trial, "lease", ["$inc": ["epoch": -5]])

            let again = MigrationIdentity(begunAt: begunAt, epoch: epoch + 1)
            let left = try await end(trial, again)
            #expect(left == [Abandonment.whatStays])
            #expect(try await areBlocked(trial) == [false, false])
            // Its answer may be lost.
            #expect(try await end(trial, again) == left)
            try trial.start()
            await #expect { _ = try await trial.result() } throws: {
                ($0 as? MigrationError)?.code == .destinationHeld
            }
        }
    }
}
