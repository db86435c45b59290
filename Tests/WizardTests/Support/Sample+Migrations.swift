import ControlAPI

/// Migrations in every state that a page has to show.
extension Sample {
    static func agent(_ migrations: LiveMigration...) -> ScriptedAgent {
        var snapshot = snapshot
        snapshot.migrations = migrations
        let agent = ScriptedAgent(snapshot)
        for migration in migrations where migration.phase != .preparing {
            for number in 1...20 {
                agent.log(
                    "copied shop.items\(number)  41.2 GB  88,102,113 documents", of: migration.id)
            }
        }
        _ = agent.takeEvents()
        return agent
    }

    /// As long behind its source as it has been at most in the last hour.
    static func set(lag: Double, of live: inout LiveMigration) {
        live.figures.lagSeconds = lag
        live.figures.lagMaximumLastHour = lag
        live.figures.lagByMinute = (0..<60).map { lag * Double($0) / 59 }
    }

    /// With every figure known.
    static func measured(_ phase: MigrationPhase) -> LiveMigration {
        var live = migration(phase)
        var figures = live.figures
        figures.bytesPerSecond = 118e6
        figures.bytesPerSecondOverall = 99e6
        figures.documentsCopied = 901_442_019
        figures.collectionsCopied = 18
        figures.indexesTotal = 31
        figures.indexesBuilt = phase == .copying ? 0 : 31
        figures.eventsRead = 13_912_441
        figures.eventsApplied = 14_201_332
        figures.backlog = phase == .copying ? 18_204 : 12
        figures.writesPerSecond = 1_204
        figures.streamLagSeconds = 1.2
        figures.oplogHeadroomSeconds = 30 * 3_600 + 50 * 60
        figures.appliedThrough = "1795140848.12"
        if live.figures.lagSeconds != nil {
            figures.lagMaximumLastHour = 7
            figures.lagByMinute = (0..<60).map { Double(($0 * 7) % 8) }
        }
        var verification = VerificationFigures(mode: .full)
        verification.collections = 18
        verification.collectionsDone = phase == .copying ? 4 : 18
        verification.isFirstPassDone = phase != .copying
        verification.documents = 901_442_019
        verification.mismatches = 0
        figures.verification = verification
        live.figures = figures
        live.cutover.sourceWrites = [
            .init(namespace: "shop.orders", count: 290), .init(namespace: "shop.carts", count: 80),
        ]
        return live
    }

    /// Left to be done after a cutover whose source could not be kept from writing: Cutover.swift.
    static let writtenAfterwards =
        "the source was written to after the cutover (shop.orders), and the destination does not "
        + "have it: stop the application, and compare"

    /// Left to be done where a migration was cancelled: Abandonment.swift.
    static let whatStays =
        "the databases that were migrated so far and lagzero_internal stay on the destination: "
        + "drop them there, or begin anew with the destination cleared"

    static var gallery: [(String, LiveMigration)] {
        var paused = measured(.paused)
        paused.pausedFrom = .copying
        paused.figures.bytesCopied = 281_000_000_000
        paused.error = ControlError(
            .migrationFailed, "The destination refused a document of shop.orders: _id 7",
            remedy: "Make room, then resume.")
        var failed = measured(.failed)
        failed.isRetryPossible = true
        failed.error = ControlError(
            .migrationFailed, "The source's user may no longer read shop.orders.",
            remedy: "Grant readAnyDatabase, then retry.")
        var expired = measured(.expired)
        expired.isRetryPossible = true
        expired.cutover.deadlineAt = time - 1_000
        var watched = measured(.inSync)
        watched.driver = Driver(wizard: other.wizard, name: other.name, heardAt: time)
        var waiting = measured(.inSync)
        waiting.cutover.isReady = false
        waiting.cutover.missing = ["the destination is behind the source"]
        waiting.waitingFor = ["a member of shop-atlas that answers"]
        waiting.mismatches = ["shop.orders _id 7", "shop.items _id 9", "shop.carts _id 1"]
        var cancelled = measured(.cancelled)
        cancelled.problems = [whatStays]
        var off = measured(.catchingUp)
        off.setup.verify = .off
        off.figures.verification = nil
        return [
            ("preparing, nothing known", bare(.preparing)), ("copying", measured(.copying)),
            ("copying, nothing known", bare(.copying)), ("indexing", measured(.indexing)),
            ("catching up, unverified", off), ("in sync", measured(.inSync)),
            ("in sync, watched", watched), ("in sync, not ready", waiting), ("paused", paused),
            ("failed", failed), ("expired", expired), ("cancelled", cancelled),
        ]
    }

    /// Without one figure.
    static func bare(_ phase: MigrationPhase) -> LiveMigration {
        var live = migration(phase)
        live.figures = MigrationFigures()
        return live
    }
}
