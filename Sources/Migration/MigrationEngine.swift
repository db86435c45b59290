internal import BSON
package import Mongo

/// One migration: the shell that performs what `PhaseMachine` says.
package actor MigrationEngine {
    package init(
        source: ConnectionString, destination: ConnectionString, options: MigrationOptions, owner: Lease.Owner
    ) {}

    /// Runs the migration to its end. Blocks for as long as it takes, days if need be.
    ///
    /// Throws a `MigrationError`; when the task is cancelled it stops cleanly, keeps everything resumable and throws `interrupted`.
    package func run() async throws -> MigrationReport {
        throw MigrationError(.interrupted, "")
    }
    
    /// Asks for the cutover; it begins when the migration is in sync and ready. Refusals come back as thrown `cutoverRefused`.
    package func requestCutover() {}
    /// After a document was refused and the cause was mended.
    package func resume() {}

    package nonisolated func progress() -> MigrationProgress {
        MigrationProgress(phase: .preparing, bytesCopied: 0, documentsCopied: 0, eventsApplied: 0, backlog: 0, isReady: false, message: "")
    }
}
