internal import BSON
package import ControlAPI
internal import Migration
internal import Mongo

extension Supervisor: MigrationControl {
    package func snapshot(past: Int?) -> Snapshot {
        past.map { current.with(past: max(0, $0)) } ?? current
    }

    package nonisolated func events(after sequence: Int64?) -> AsyncThrowingStream<Event, any Error>
    {
        AsyncThrowingStream { continuation in
            let task = Task {
                for await event in await self.watch(after: sequence) { continuation.yield(event) }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    package func log(of id: Identifier, after: Int?, limit: Int) async throws -> [LogLine] {
        _ = try migration(id)
        return try await store.log(of: id, after: after, limit: min(max(1, limit), Tuning.logLimit))
    }

    // MARK: Who drives

    package func claim(_ id: Identifier, by asker: Asker) async throws {
        let live = try migration(id)
        if let driver = live.driver, driver.wizard != asker.wizard, !heard.isSilent(id, at: .now) {
            try await update(id, isKept: false) {
                $0.driver?.wantedBy = asker.name
                $0.driver?.wantedAt = Clock.now
            }
            heard.ask(id, at: .now)
            throw ControlError(
                .drivenByAnother, "\(driver.name) drives this migration",
                remedy: "it was asked; where nobody presses a key there, t takes over in 20 s")
        }
        heard.hear(id, at: .now)
        try await update(id, isKept: false) {
            var driver = Driver(wizard: asker.wizard, name: asker.name, heardAt: Clock.now)
            if let old = $0.driver, old.wizard == asker.wizard {
                (driver.wantedBy, driver.wantedAt) = (old.wantedBy, old.wantedAt)
            }
            $0.driver = driver
        }
        if !live.phase.isFinal { await noteDriver(asker, id) }
    }

    /// The log says who drives, where that was somebody else the last time.
    private func noteDriver(_ asker: Asker, _ id: Identifier) async {
        let last = drivers.updateValue(asker.name, forKey: id)
        guard last != asker.name else { return }
        await note(asker, "took the wheel" + (last.map { " from \($0)" } ?? ""), id)
    }

    /// Writes into the log who has done what: `anna@bastion pts/3 paused the migration`. Where an engine runs that is in the
    /// log on the destination as well, which another host reads. `isLast`: nothing of an engine follows.
    func note(_ asker: Asker, _ deed: String, _ id: Identifier, isLast: Bool = false) async {
        let text = "\(asker.name) \(deed)"
        if !isLast, let engine = runs[id]?.engine {
            engine.note(text)
        } else {
            await note(LogEntry(time: Clock.now, text: text), id)
        }
    }

    package func yield(_ id: Identifier, by asker: Asker) async throws {
        guard let driver = try migration(id).driver else { return }
        guard driver.wizard == asker.wizard else {
            // Whoever has asked has left.
            guard driver.wantedBy == asker.name else { return }
            return try await update(id, isKept: false) { $0.driver?.forgetRequest() }
        }
        heard.forget(id)
        try await update(id, isKept: false) { $0.driver = nil }
    }

    // MARK: A running migration

    /// The engine of a migration, for its driver.
    private func engine(_ id: Identifier, _ asker: Asker) async throws -> MigrationEngine {
        try await claim(id, by: asker)
        guard let engine = runs[id]?.engine else {
            throw ControlError(
                .wrongPhase,
                "the migration is not running: it is \(try migration(id).phase.rawValue)")
        }
        return engine
    }

    package func pause(_ id: Identifier, by asker: Asker) async throws {
        let engine = try await engine(id, asker)
        guard engine.progress().phase != .finalizing else {
            throw ControlError(.wrongPhase, "a cutover cannot be paused, only backed out of")
        }
        let wasPaused = engine.progress().phase == .paused
        await engine.pause()
        await refresh(id)
        if !wasPaused, engine.progress().phase == .paused {
            await note(asker, "paused the migration", id)
        }
    }

    package func resume(_ id: Identifier, by asker: Asker) async throws {
        let engine = try await engine(id, asker)
        let wasPaused = engine.progress().phase == .paused
        await engine.resume()
        await refresh(id)
        guard wasPaused else { return }
        // It may have paused again before anybody looked.
        await forgetPause(of: id)
        await note(asker, "resumed the migration", id)
    }

    package func setLoadLevel(_ id: Identifier, to level: Int, by asker: Asker) async throws {
        guard Tuning.loadLevels.contains(level) else {
            throw ControlError(.invalid, "the load level is 1 to 4")
        }
        let engine = try await engine(id, asker)
        guard try migration(id).setup.loadLevel != level else { return }
        engine.setLoadLevel(level)
        // It is done, also where that cannot be written down now.
        try? await update(id) { $0.setup.loadLevel = level }
        await note(asker, "set the load level to \(level)", id)
    }

    package func beginCutover(
        _ id: Identifier, confirmedName: String, writesStopped: Bool, by asker: Asker
    ) async throws {
        let engine = try await engine(id, asker)
        try check(confirmedName, against: try migration(id))
        guard writesStopped else {
            throw ControlError(
                .invalid,
                "the cutover was not begun: nobody confirmed that the source's writes stopped",
                remedy: "stop the application, then confirm it")
        }
        guard engine.progress().phase == .inSync, engine.progress().isReady else {
            let missing = await engine.details().missing.joined(separator: "; ")
            throw ControlError(
                .wrongPhase,
                "the cutover cannot begin: \(missing.isEmpty ? "not in sync" : missing)")
        }
        await engine.requestCutover()
        await note(asker, "began the cutover, and confirmed that the source's writes stopped", id)
    }

    package func backOut(_ id: Identifier, by asker: Asker) async throws {
        let engine = try await engine(id, asker)
        let wasWanted = try await explained { try await engine.backOut() }
        await refresh(id)
        if wasWanted { await note(asker, "backed out of the cutover", id) }
    }

    package func cancel(_ id: Identifier, confirmedName: String, by asker: Asker) async throws {
        if try migration(id).phase == .failed, runs[id] == nil {
            try await claim(id, by: asker)
            try check(confirmedName, against: try migration(id))
            try await explained { try await end(id) }
            return await note(asker, "cancelled the migration", id, isLast: true)
        }
        let engine = try await engine(id, asker)
        try check(confirmedName, against: try migration(id))
        try await explained { try await engine.cancel() }
        await note(asker, "cancelled the migration", id, isLast: true)
    }

    package func extendSync(_ id: Identifier, by asker: Asker) async throws -> Int64 {
        let engine = try await engine(id, asker)
        let before = try migration(id).cutover.deadlineAt
        try await explained { try await engine.extendSync() }
        await refresh(id)
        guard let deadline = try migration(id).cutover.deadlineAt, deadline != before else {
            throw ControlError(
                .wrongPhase, "the time for the cutover does not run at the moment",
                remedy: "extend it once the migration has been prepared and was in sync")
        }
        await note(asker, "extended the time for the cutover by 24 hours", id)
        return deadline
    }

    package func retry(_ id: Identifier, by asker: Asker) async throws {
        try await claim(id, by: asker)
        let live = try migration(id)
        guard live.isRetryPossible, !live.isBeingCancelled, runs[id] == nil else {
            throw ControlError(.wrongPhase, "there is nothing to retry")
        }
        // A cutover that can only be finished clears and copies nothing.
        if !live.isPastPointOfNoReturn { try checkConflicts(live.setup, of: id) }
        await takeUp(id, isResumed: true)
        await note(asker, "retried the migration", id)
    }

    package func releaseSource(_ id: Identifier, by asker: Asker) async throws {
        let live = try migration(id)
        guard live.phase == .complete, live.isSourceHeld else {
            throw ControlError(.wrongPhase, "the source is not held by this migration")
        }
        let text = (try secret(of: live.setup.source), try secret(of: live.setup.destination))
        try await explained {
            try await SourceRelease.perform(
                source: ConnectionString(text.0.revealed),
                destination: ConnectionString(text.1.revealed))
        }
        try? await update(id) { $0.isSourceHeld = false }
        await note(asker, "released the source", id)
    }

    package func acknowledgeMismatches(
        _ id: Identifier, _ names: [String], by asker: Asker
    ) async throws {
        let engine = try await engine(id, asker)
        await engine.acknowledgeMismatches(names)
        try? await update(id) {
            $0.areMismatchesAcknowledged = Set($0.mismatches).isSubset(of: names)
        }
        await refresh(id)
        let differences = names.count == 1 ? "1 difference" : "\(names.count) differences"
        await note(asker, "took note of \(differences)", id)
    }

    private func check(_ name: String, against live: LiveMigration) throws {
        guard name == live.destinationName else {
            throw ControlError(
                .nameMismatch, "\"\(name)\" was typed, the destination is \(live.destinationName)")
        }
    }

    private func explained<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw ControlError(any: error) }
    }
}
