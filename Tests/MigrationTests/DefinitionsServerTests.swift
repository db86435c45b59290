import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Lines D1 to D5 and D7 of the checklists: each definition is changed in every phase.
@Suite(.serialized) struct DefinitionsServerTests {
    @Test func d1CreatedAndDroppedCollectionsFollow() async throws {
        try await migrate([DefinitionScript.d1])
    }

    @Test func d2ADroppedDatabaseIsGone() async throws {
        try await migrate([DefinitionScript.d2])
    }

    @Test func d3RenamesAreFollowed() async throws {
        try await migrate([DefinitionScript.d3])
    }

    @Test func d4ChangedOptionsFollow() async throws {
        try await migrate([DefinitionScript.d4])
    }

    @Test func d5ConversionsToCappedAreCopied() async throws {
        try await migrate([DefinitionScript.d5])
    }

    @Test func d6EveryDefinitionChangesInEveryPhase() async throws {
        try await migrate(DefinitionScript.lines, isHeldCatchingUp: true)
    }

    /// Their events do not say which collection they belong to, and tell neither of creations nor of options.
    @Test(arguments: isSoak ? [.v4_4_2, .v5_0_4] : [MongodBinary.Version.v4_4_2])
    func d4d6DefinitionsOfOlderSourcesChangeInEveryPhase(
        _ version: MongodBinary.Version
    ) async throws {
        let lines = [
            DefinitionScript.d1, DefinitionScript.d2, DefinitionScript.d3, DefinitionScript.d4Older,
            DefinitionScript.d5,
        ]
        try await migrate(lines, from: version)
    }

    @Test func d7RenamesInAndOutOfTheFilterAreCopiesAndDrops() async throws {
        try await Pair.withHolds { pair in
            let lane = pair.source.lane
            let inside = { (phase: Phase) in
                DefinitionScript.d1("in_\(phase.rawValue)", lane)
            }
            let outside = { (phase: Phase) in
                DefinitionScript.d1("out_\(phase.rawValue)", lane)
            }
            for phase in LiveMigration.phases {
                try await inside(phase).fill("leaves")
                try await inside(phase).fill("hides")
                try await inside(phase).fill("stays")
                try await outside(phase).fill("enters", from: 40)
                try await inside(phase).fill("excluded", from: 70)
                try await inside(phase).index("excluded", "n")
            }
            let report = try await pair.migrate { options in
                options.filter.include =
                    ["ballast.*"].compactMap { NamespaceFilter.Pattern($0) }
                    + LiveMigration.phases.compactMap {
                        NamespaceFilter.Pattern("in_\($0.rawValue).*")
                    }
                options.filter.exclude = LiveMigration.phases.compactMap {
                    NamespaceFilter.Pattern("in_\($0.rawValue).excluded")
                }
            } inEachPhase: { phase in
                let (inside, outside) = (inside(phase), outside(phase))
                // From and to another database, then between two names of one.
                try await inside.rename("leaves", to: "left", in: outside.database)
                try await outside.rename("enters", to: "entered", in: inside.database)
                try await inside.fill("entered", from: 800)
                try await inside.rename("excluded", to: "included")
                try await inside.update("included")
                try await inside.rename("hides", to: "excluded")
                try await inside.update("excluded")
                try await outside.update("left")
            }
            #expect(report.verification.mismatches == [])
            // What is outside of the filter is on the source only, and nothing else differs.
            let expected = LiveMigration.phases.flatMap { phase in
                [
                    "in_\(phase.rawValue).excluded is only on the source",
                    "out_\(phase.rawValue).left is only on the source",
                ]
            }
            #expect(try await pair.differences().sorted() == expected.sorted())
        }
    }

    private func migrate(
        _ lines: [DefinitionScript.Line], from version: MongodBinary.Version = .v6_0_27,
        isHeldCatchingUp: Bool = false
    ) async throws {
        try await Pair.withHolds {
            $0.version = version
        } _: { pair in
            let lane = pair.source.lane
            let scripts = { (phase: Phase) in
                lines.enumerated().map { number, line in
                    line("d\(number)_\(phase.rawValue)", lane)
                }
            }
            for phase in LiveMigration.phases {
                for script in scripts(phase) { try await script.begin() }
            }
            let report = try await pair.migrate(isHeldCatchingUp: isHeldCatchingUp) {
                // Writes of older sources cannot be blocked: a quiet time is waited for.
                $0.quietPeriod = 1
            } inEachPhase: { phase in
                for script in scripts(phase) { try await script.run() }
            }
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }
}
