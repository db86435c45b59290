import ControlAPI

/// What the scripted agent does with a migration when its driver asks.
enum Drive {
    static let day: Int64 = 86_400_000

    /// The migration and the asker of a request that only the driver may make.
    static func of(_ request: ControlRequest) -> (Identifier, Asker)? {
        switch request {
        case .claim(let id, let by), .yield(let id, let by), .pause(let id, let by),
            .resume(let id, let by), .setLoadLevel(let id, _, let by),
            .beginCutover(let id, _, _, let by), .backOut(let id, let by),
            .cancel(let id, _, let by), .extendSync(let id, let by), .retry(let id, let by),
            .releaseSource(let id, let by), .acknowledgeMismatches(let id, _, let by):
            (id, by)
        default: nil
        }
    }

    static func claim(
        _ migration: inout LiveMigration, _ asker: Asker, _ now: Int64
    ) throws(ControlError) {
        if let driver = migration.driver, driver.wizard != asker.wizard, !driver.isSilent {
            migration.driver?.wantedBy = asker.name
            migration.driver?.wantedAt = now
            throw ControlError(
                .drivenByAnother, "\(driver.name) drives this migration.",
                remedy: "Wait until it gives the migration away or is silent for 10 s.")
        }
        let old = migration.driver.flatMap { $0.wizard == asker.wizard ? $0 : nil }
        migration.driver = Driver(wizard: asker.wizard, name: asker.name, heardAt: now)
        migration.driver?.wantedBy = old?.wantedBy
        migration.driver?.wantedAt = old?.wantedAt
    }

    static func perform(
        _ request: ControlRequest, on migration: inout LiveMigration, _ now: Int64
    ) throws(ControlError) {
        switch request {
        case .yield: migration.driver = nil
        case .pause:
            try require(!migration.phase.isFinal && migration.phase != .paused)
            migration.pausedFrom = migration.phase
            migration.phase = .paused
        case .resume:
            try require(migration.phase == .paused)
            migration.phase = migration.pausedFrom ?? .preparing
            migration.pausedFrom = nil
        case .setLoadLevel(_, let level, _): migration.setup.loadLevel = level
        case .beginCutover(_, let name, let isStopped, _):
            try require(migration.phase == .inSync && migration.cutover.isReady)
            try requireName(name, migration)
            guard isStopped else {
                throw ControlError(.invalid, "The writes of the source are not stopped.")
            }
            migration.phase = .finalizing
            migration.cutover.isBackOutPossible = true
            migration.cutover.refusal = nil
            migration.cutover.steps = CutoverState.StepName.allCases.map { .init($0) }
        case .backOut:
            // Of what has not begun nothing is to be undone.
            guard migration.phase != .inSync else { break }
            try require(migration.cutover.isBackOutPossible)
            migration.phase = .inSync
            migration.cutover.isBackOutPossible = false
            migration.cutover.refusal =
                "the operator backed out of the cutover; everything was undone"
            migration.cutover.steps = []
        case .cancel(_, let name, _):
            try require(!migration.phase.isFinal)
            try requireName(name, migration)
            end(&migration, .cancelled, now)
        case .extendSync:
            try require([.catchingUp, .inSync, .paused].contains(migration.phase))
            migration.cutover.deadlineAt = (migration.cutover.deadlineAt ?? now) + day
        case .retry:
            try require(migration.isRetryPossible)
            migration.phase = .preparing
            migration.endedAt = nil
            migration.error = nil
            migration.isRetryPossible = false
        case .releaseSource:
            try require(migration.isSourceHeld)
            migration.isSourceHeld = false
        case .acknowledgeMismatches: migration.areMismatchesAcknowledged = true
        default: break
        }
    }

    static func end(_ migration: inout LiveMigration, _ phase: MigrationPhase, _ now: Int64) {
        migration.phase = phase
        migration.endedAt = now
        migration.isRunning = false
    }

    private static func require(_ isAllowed: Bool) throws(ControlError) {
        guard isAllowed else {
            throw ControlError(.wrongPhase, "That cannot be done in this phase.")
        }
    }

    private static func requireName(
        _ name: String, _ migration: LiveMigration
    ) throws(ControlError) {
        guard name == migration.destinationName else {
            throw ControlError(.nameMismatch, "The name is not the destination's.")
        }
    }
}
