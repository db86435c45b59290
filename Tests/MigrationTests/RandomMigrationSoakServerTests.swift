import BSON
import Foundation
import Migration
import Mongo
import Sandbox
import Testing

/// Whole migrations with everything left to chance: data, indexes, an application with definitions, faults, the moment of
/// the cutover. Equal at the end, every time.
///
/// Every day has a seed of its own. A failure prints it; `LAGZERO_SEED` repeats it. `LAGZERO_SEEDS` says how many are
/// tried, beginning with that one.
@Suite(.serialized) struct RandomMigrationSoakServerTests {
    private static let seeds: ClosedRange<UInt64> = {
        let today = UInt64(Date.now.timeIntervalSince1970 / 86_400)
        let first = environment("LAGZERO_SEED").flatMap { UInt64($0) } ?? today
        let count = environment("LAGZERO_SEEDS").flatMap { UInt64($0) } ?? 1
        return first...(first + max(count, 1) - 1)
    }()

    @Test(arguments: seeds)
    func whateverHappensBothSidesAreEqualAtTheEnd(seed: UInt64) async throws {
        let again = "to repeat it: LAGZERO_SEED=\(seed) make test"
        var story = RandomStory(seed: seed)
        let sourceMembers = story.chance(of: 0.2) ? 3 : 1
        let destinationMembers = story.chance(of: 0.1) ? 3 : 1
        try await Pair.with {
            $0.isBehindProxy = true; $0.members = sourceMembers
        } destination: {
            $0.isBehindProxy = true; $0.members = destinationMembers
        } _: { pair in
            try await story.fill(pair.source)
            let app = Credentials(username: "app", password: "app")
            try await pair.source.createUser(
                app, roles: ["readWriteAnyDatabase", "dbAdminAnyDatabase"])
            let workload = Workload(on: try pair.source.cluster(as: app), story.workload())
            do {
                try await story.migrate(pair)
            } catch {
                await workload.stop()
                Issue.record("seed \(seed): \(error); \(story.told); \(again)")
                return
            }
            let counts = await workload.stop()
            trace(
                "seed \(seed): \(counts.writes) writes, \(counts.definitions) definitions; \(story.told)"
            )
            let differences = try await pair.differences()
            #expect(differences == [], "seed \(seed): \(story.told); \(again)")
        }
    }
}
