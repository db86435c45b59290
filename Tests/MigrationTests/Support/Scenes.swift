import BSON
import Migration
import Mongo
import Sandbox
import Testing

extension Pair {
    /// Begins a migration, hands it to the body, and stops it whatever happens.
    func migrating(
        _ change: (inout MigrationOptions) -> Void = { _ in },
        _ body: (LiveMigration) async throws -> MigrationReport
    ) async throws -> MigrationReport {
        let migration = try LiveMigration(self) { options in
            options.lagHold = 0.3
            change(&options)
        }
        do {
            return try await body(migration)
        } catch {
            await migration.kill()
            throw error
        }
    }

    /// A whole migration during which the body is called, in sync, before the cutover.
    func migrate(
        _ change: (inout MigrationOptions) -> Void = { _ in },
        whileInSync body: () async throws -> Void
    ) async throws -> MigrationReport {
        try await migrating(change) { migration in
            try await migration.reached(.inSync)
            try await body()
            return try await migration.cutOver()
        }
    }

    /// What every migration must end with: nothing differs, and nobody says that something does.
    func expectEqual(
        _ report: MigrationReport, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(report.phase == .complete, sourceLocation: sourceLocation)
        #expect(report.verification.mismatches == [], sourceLocation: sourceLocation)
        #expect(report.problems == [], sourceLocation: sourceLocation)
        try await expectEqual(sourceLocation: sourceLocation)
    }

    /// Nothing differs.
    func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        // Not within the expectation, which would not show it.
        let found = try await differences()
        #expect(found == [], sourceLocation: sourceLocation)
    }
}

extension LiveMigration {
    /// Asks for the cutover and waits until it is refused. Returns why; throws when it was not.
    func refusal() async throws -> String {
        try await isTrue("ready for the cutover") { engine.progress().isReady }
        await engine.requestCutover()
        var hasBegun = false
        var reason = ""
        try await isTrue("the cutover is refused") {
            let progress = engine.progress()
            if progress.phase == .complete { throw SandboxError(.ended, "it was not refused") }
            hasBegun = hasBegun || progress.phase == .finalizing
            if hasBegun, progress.phase == .inSync { reason = progress.message }
            return !reason.isEmpty
        }
        return reason
    }
}
