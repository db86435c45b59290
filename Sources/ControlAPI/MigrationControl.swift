/// All that a wizard can ask of an agent. Every function throws a `ControlError`, and returns when the agent has done or
/// begun what was asked; what comes of it is in the events.
///
/// Functions with `by` are the driver's: they claim the migration where nobody drives it, and throw `drivenByAnother`
/// where somebody else does.
package protocol MigrationControl: Sendable {
    // MARK: What there is

    /// Of the past migrations only the newest, at most so many; nil for all.
    func snapshot(past: Int?) async throws -> Snapshot

    /// What changes after that event; everything, beginning with a snapshot, where it is nil or too long ago. The stream
    /// reconnects by itself and does not end but by an error that trying again does not mend, or when it is dropped.
    /// While nothing changes nothing comes.
    func events(after sequence: Int64?) -> AsyncThrowingStream<Event, any Error>

    /// Lines of a migration's event log with higher numbers, oldest first; with `after` nil the last ones.
    func log(of migration: Identifier, after sequence: Int?, limit: Int) async throws -> [LogLine]

    // MARK: Inventory

    /// Connects to a cluster that need not be in the inventory.
    func test(_ connectionString: Secret) async throws -> ClusterFacts

    /// Adds it, whether it can be reached or not; `trouble` says so.
    func add(_ cluster: NewCluster) async throws -> Cluster

    /// Connects to it and returns it with what was seen now.
    func test(cluster: Identifier) async throws -> Cluster

    /// Changes it and connects to it; returns it with what was seen then, whether it can be reached or not. Throws
    /// `conflict` where the connection is to change while a migration runs over it.
    func edit(cluster: Identifier, _ change: ClusterChange) async throws -> Cluster

    /// Throws `conflict` while a migration uses it.
    func remove(cluster: Identifier) async throws

    // MARK: Before a migration

    /// Begins a validation; its rows are in the snapshot and the events.
    func validate(_ setup: MigrationSetup) async throws -> Identifier

    /// Begins a migration, driven by `by`. Throws `validationFailed` unless the newest validation of the same setup has
    /// passed, `nameMismatch` where the confirmation to clear is not the destination's name.
    func start(_ setup: MigrationSetup, by asker: Asker) async throws -> Identifier

    // MARK: Who drives

    /// Becomes or stays the driver; to be repeated every few seconds. Throws `drivenByAnother` where another one was
    /// heard in the last 10 s; that one sees who asked, and stops claiming where nobody answers it.
    func claim(_ migration: Identifier, by asker: Asker) async throws

    /// Gives the wheel away. Where somebody else has it only a request for it is taken back.
    func yield(_ migration: Identifier, by asker: Asker) async throws

    // MARK: A running migration

    func pause(_ migration: Identifier, by asker: Asker) async throws
    func resume(_ migration: Identifier, by asker: Asker) async throws

    /// 1 to 4. The engine stops cleanly and goes on with it where it was.
    func setLoadLevel(_ migration: Identifier, to level: Int, by asker: Asker) async throws

    /// Begins the cutover. `writesStopped`: the operator has confirmed that the source's writes are stopped; `invalid`
    /// otherwise. Throws `wrongPhase` unless the migration is in sync and ready.
    func beginCutover(
        _ migration: Identifier, confirmedName: String, writesStopped: Bool, by asker: Asker
    ) async throws

    /// Undoes a cutover that is under way, and returns when the source takes writes again; one that was asked for and has
    /// not begun does not begin. Throws `wrongPhase` after the point of no return.
    func backOut(_ migration: Identifier, by asker: Asker) async throws

    /// Ends it for good. `confirmedName`: the destination's. Of one that has failed it returns when that is begun;
    /// `cancellation` says how it goes on.
    func cancel(_ migration: Identifier, confirmedName: String, by asker: Asker) async throws

    /// Adds 24 hours to the time for the cutover: returns the new deadline, milliseconds since 1970.
    func extendSync(_ migration: Identifier, by asker: Asker) async throws -> Int64

    /// Takes up one that failed or expired.
    func retry(_ migration: Identifier, by asker: Asker) async throws

    /// After a cutover: the source takes writes again. Whoever drives.
    func releaseSource(_ migration: Identifier, by asker: Asker) async throws

    /// The operator has taken note of these mismatches, named as in `LiveMigration.mismatches`.
    func acknowledgeMismatches(
        _ migration: Identifier, _ names: [String], by asker: Asker
    ) async throws
}

extension MigrationControl {
    package func snapshot() async throws -> Snapshot { try await snapshot(past: nil) }
}
