import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Who may take the lease of a migration. Every process counts as running.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LeaseServerTests {
    private let owner = Lease.Owner(host: "here", boot: "1", process: 1)
    private let neighbour = Lease.Owner(host: "here", boot: "1", process: 2)

    private func with(_ body: (ReplicaSet) async throws -> Void) async throws {
        var options = ReplicaSetOptions()
        options.parameters["enableTestCommands"] = "1"
        let set = try await ReplicaSet.start(options)
        do {
            try await body(set)
        } catch {
            try? await set.stop()
            throw error
        }
        try await set.stop()
    }

    private func take(
        _ set: ReplicaSet, as owner: Lease.Owner, claim: Int64 = Lease.newClaim(),
        after last: Int64? = nil
    ) async throws -> Lease {
        try await Lease.acquire(
            as: owner, isRunning: { _ in true }, claim: claim, after: last, lane: set.lane,
            retry: Retry(status: Status()))
    }

    private func stored(_ set: ReplicaSet) async throws -> Document {
        try #require(try await StateStore.peek("lease", "owner", set.lane))
    }

    /// Refused, and nothing is changed.
    private func expectRefused(
        _ code: MigrationError.Code, _ set: ReplicaSet, as owner: Lease.Owner,
        claim: Int64 = Lease.newClaim(), after last: Int64? = nil
    ) async throws {
        let before = try await stored(set)
        await #expect {
            _ = try await take(set, as: owner, claim: claim, after: last)
        } throws: {
            ($0 as? MigrationError)?.code == code
        }
        #expect(try await stored(set) == before)
    }

    @Test func whatCouldNotBeGivenBackIsTakenAgainByItsProcessAlone() async throws {
        try await with { set in
            let first = try await take(set, as: owner)
            try await expectRefused(.destinationHeld, set, as: owner)
            let member = set.members[0]
            try await member.setFailPoint(
                "failCommand",
                ["mode": "alwaysOn", "data": ["failCommands": ["update"], "errorCode": 6]])
            await first.release()
            try await member.setFailPoint("failCommand", ["mode": "off"])
            #expect(try await stored(set)["owner"] != nil)

            try await expectRefused(.destinationHeld, set, as: neighbour)
            let second = try await take(set, as: owner)
            #expect(second.epoch == first.epoch + 1)
            await #expect {
                try await first.beat()
            } throws: {
                ($0 as? MigrationError)?.code == .ownershipLost
            }
            try await second.beat()
            try await expectRefused(.destinationHeld, set, as: owner)
        }
    }

    @Test func whoExpectsAnEpochFollowsNobodyElse() async throws {
        try await with { set in
            await (try await take(set, as: neighbour)).release()
            await (try await take(set, as: neighbour)).release()
            try await expectRefused(.ownershipLost, set, as: owner, after: 1)
            try await expectRefused(.ownershipLost, set, as: owner, after: 3)
            await (try await take(set, as: owner, claim: 9, after: 2)).release()
            // Its own, though it may not have heard of it.
            try await expectRefused(.ownershipLost, set, as: owner, claim: 8, after: 2)
            await (try await take(set, as: owner, claim: 9, after: 2)).release()
            // Of a program that knows nothing of claims.
            _ = try await set.lane.write(
                [
                    "update": "lease", "updates": [["q": [:], "u": ["$inc": ["epoch": 1]]]],
                    "writeConcern": ["w": "majority"],
                ], on: StateStore.database)
            try await expectRefused(.ownershipLost, set, as: owner, claim: 9, after: 2)
        }
    }
}
