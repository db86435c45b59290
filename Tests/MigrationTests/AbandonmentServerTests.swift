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

    /// By a process that runs, while whoever ran the migration has ended.
    private func ending(_ trial: Trial, _ identity: MigrationIdentity) throws -> Abandonment {
        let owner = try ChildMigration.neighbour(1)
        return Abandonment(
            source: try ConnectionString(trial.pair.source.uri),
            destination: try ConnectionString(trial.pair.destination.uri),
            options: trial.options { _ in }, identity: identity, owner: owner,
            isRunning: { $0 == owner })
    }

    private func end(
        _ trial: Trial, _ identity: MigrationIdentity
    ) async throws -> Abandonment.Outcome {
        try await ending(trial, identity).perform()
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
            let server = trial.pair.source.members[0].process
            server.freeze()
            let work = try ending(trial, known)
            let task = Task { try await work.perform() }
            try await eventually("it holds the lease") {
                work.waitingFor == ["the source to answer"]
            }
            try await change(trial, "lease", ["$inc": ["epoch": 5]])
            await #expect {
                _ = try await task.value
            } throws: {
                ($0 as? MigrationError)?.code == .ownershipLost
            }
            server.thaw()
            #expect(try await areBlocked(trial) == [true, true])
            try await change(trial, "lease", ["$inc": ["epoch": -5]])

            let again = MigrationIdentity(begunAt: begunAt, epoch: epoch + 1)
            let left = try await end(trial, again)
            #expect(left == Abandonment.Outcome(problems: [Abandonment.whatStays(.command)]))
            #expect(try await areBlocked(trial) == [false, false])
            // Its answer may be lost.
            #expect(try await end(trial, again) == left)
            try trial.start()
            await #expect { _ = try await trial.result() } throws: {
                ($0 as? MigrationError)?.code == .destinationHeld
            }
        }
    }

    /// It is waited for an owner that is silent; meanwhile that one goes on, and gives the migration back.
    @Test func f18WhoTakesItOverBeforeItsLeaseIsTakenKeepsIt() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await killedInItsCutover(trial)
            let known = try await identity(trial)
            let other = Lease.Owner(host: "elsewhere", boot: "2", process: 7)
            try await change(trial, "lease", ["$set": ["owner": other.value]])
            let work = try ending(trial, known)
            let task = Task { try await work.perform() }
            try await eventually("it waits for that owner") {
                work.waitingFor.contains {
                    $0.contains("process 7 on elsewhere ran this migration")
                }
            }
            try await change(trial, "lease", ["$inc": ["epoch": 1], "$unset": ["owner": true]])
            let taken = try await identity(trial)
            await #expect {
                _ = try await task.value
            } throws: {
                let error = $0 as? MigrationError
                return error?.code == .ownershipLost
                    && error?.message.hasPrefix("somebody else has taken this migration up") == true
            }
            #expect(try await areBlocked(trial) == [true, true])
            #expect(try await identity(trial) == taken)
        }
    }

    /// The destination is lost when the lease is taken, unheard, and right after it is taken once more.
    @Test func f18AnEndingThatIsLostHalfWayIsTriedAgain() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await killedInItsCutover(trial)
            var known = try await identity(trial)
            let epoch = try #require(known.epoch)
            known.claim = 7
            let server = trial.pair.destination.members[0]
            let unheard: Document = [
                "failCommands": ["update"], "writeConcernError": ["code": 64, "errmsg": "lost"],
            ]
            let lost: Document = ["failCommands": ["update"], "errorCode": 6]
            let faults: [(Value, Document)] = [("alwaysOn", unheard), (["skip": 1], lost)]
            for (number, (mode, data)) in faults.enumerated() {
                try await server.setFailPoint(
                    "failCommand", ["mode": mode, "data": .document(data)])
                await #expect(throws: MongoError.self) { _ = try await end(trial, known) }
                try await server.setFailPoint("failCommand", ["mode": "off"])
                #expect(try await identity(trial).epoch == epoch + Int64(number) + 1)
                #expect(try await trial.pair.destination.isBlocked())
            }
            #expect(
                try await end(trial, known)
                    == Abandonment.Outcome(problems: [Abandonment.whatStays(.command)]))
            #expect(try await areBlocked(trial) == [false, false])
        }
    }

    @Test func f18ASourceThatIsGoneForGoodIsNamedAndTheRestIsUndone() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await killedInItsCutover(trial)
            let known = try await identity(trial)
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            // As far as the cutover may have come.
            _ = try await destination.lane.run(
                ["collMod": "items", "index": ["name": "unique", "prepareUnique": true]], on: "shop"
            )
            try await source.members[0].process.kill()

            let outcome = try await end(trial, known)
            #expect(outcome.isSourceBlocked && outcome.problems.count == 2)
            let problem = try #require(outcome.problems.first)
            #expect(problem.hasPrefix("the source did not answer"))
            #expect(problem.contains("db.adminCommand({setUserWriteBlockMode: 1, global: false})"))
            #expect(try await !destination.isBlocked())
            let indexes = try await destination.lane.open(["listIndexes": "items"], on: "shop")
            let unique = indexes.documents.first { $0["name"]?.string == "unique" }?.copied()
            #expect(try #require(unique).has("prepareUnique") == false)
            let again = MigrationIdentity(begunAt: known.begunAt, epoch: known.epoch.map { $0 + 1 })
            #expect(try await end(trial, again) == outcome)

            // What the operator was told to do.
            try await source.members[0].process.start()
            _ = try await source.primary()
            #expect(try await source.isBlocked())
            _ = try await source.lane.run(["setUserWriteBlockMode": 1, "global": false])
            #expect(try await !source.isBlocked())
        }
    }
}
