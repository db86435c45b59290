internal import ControlAPI
internal import Migration
internal import Mongo

/// Engines: begun, watched, ended.
extension Supervisor {
    /// Starts an engine for a migration that has none. `isAsked`: by somebody who is there.
    func takeUp(_ id: Identifier, isResumed: Bool, isAsked: Bool = true) async {
        let isLogEmpty = await lastLine(of: id) == 0
        do {
            let live = try migration(id)
            guard runs[id] == nil, endings[id] == nil, !isStopping else { return }
            telling.settled.remove(id)
            let text = (try secret(of: live.setup.source), try secret(of: live.setup.destination))
            var options = try options(live.setup)
            // Begun once more: what is there may be an older migration's.
            options.resume = isResumed && !clearsAgain(live)
            if options.resume {
                // It has cleared what it had to clear: where its state is gone somebody else may have the destination.
                options.drop = false
            } else if options.drop {
                if !isAsked { try checkAge(ofClearing: live) }
                // An older agent wrote down nothing of what was there.
                options.clearing = identities[id]?.clearing ?? ClearingConfirmation()
            }
            let wasPaused = isResumed && live.phase == .paused
            let (entries, continuation) = AsyncStream.makeStream(of: [LogEntry].self)
            var earlier: (@Sendable ([LogEntry]) -> Void)?
            // What an agent of this folder was told of it is in the store.
            if options.resume, isLogEmpty { earlier = { continuation.yield($0) } }
            let engine = MigrationEngine(
                source: try ConnectionString(text.0.revealed),
                destination: try ConnectionString(text.1.revealed), options: options, owner: owner,
                isRunning: isRunning,
                earlier: earlier, listener: { continuation.yield([$0]) })
            let log = Task { for await entry in entries { await note(entry, id) } }
            let task = Task {
                if wasPaused { await engine.pause(error: live.error?.message) }
                let result: Result<MigrationReport, any Error>
                do { result = .success(try await engine.run()) } catch { result = .failure(error) }
                continuation.finish()
                await log.value
                // This task may be cancelled, which the store would obey.
                await Task { await ended(id, result) }.value
            }
            runs[id] = Run(engine: engine, task: task)
            // The engine works: what cannot be written down now is written later.
            try? await update(id) {
                $0.isRunning = true
                if !wasPaused { $0.error = nil }
                $0.cancellation = nil
                $0.isRetryPossible = false
                $0.clearsOnRetry = nil
                $0.endedAt = nil
                $0.report = nil
                $0.cutover.clockSpeed = clockSpeed > 1 ? clockSpeed : nil
                $0.forgetExpiry()
                if $0.phase.isFinal { $0.phase = .preparing }
            }
        } catch {
            try? await update(id) {
                $0.forgetExpiry()
                $0.phase = .failed
                $0.error = ControlError(any: error)
                $0.isRetryPossible = true
                $0.clearsOnRetry = clearsOnRetry($0)
                $0.isRunning = false
                $0.endedAt = Clock.now
            }
        }
    }

    /// Whether it would clear the destination and was not seen to begin.
    private func clearsAgain(_ live: LiveMigration) -> Bool {
        live.setup.clear && !hasBegun.contains(live.id)
    }

    /// What `LiveMigration.clearsOnRetry` says. What has its state on the destination has cleared that.
    func clearsOnRetry(_ live: LiveMigration) -> Bool? {
        live.isRetryPossible ? clearsAgain(live) && identities[live.id]?.begunAt == nil : nil
    }

    /// Throws where the confirmation that the destination may be cleared is old. What the engine asks it may not say any
    /// more: somebody may have tidied up after another migration.
    private func checkAge(ofClearing live: LiveMigration) throws {
        guard Clock.now - live.startedAt > Tuning.clearingLife else { return }
        throw ControlError(
            .migrationFailed,
            "it was not taken up again: clearing the destination was confirmed long ago, and the agent was away since",
            remedy: "see that nobody else uses the destination by now, then retry it")
    }

    func note(_ entry: LogEntry, _ id: Identifier) async { await note([entry], id) }

    /// Writes them down all or none, and tells of as many as a page shows: whoever follows the log reads the others.
    private func note(_ entries: [LogEntry], _ id: Identifier) async {
        guard let last = await reserve(entries.count, of: id) else { return }
        let first = last - entries.count + 1
        let new = entries.enumerated().map { index, entry in
            LogLine(sequence: first + index, time: entry.time, text: entry.text)
        }
        await save(new, of: id)
        for line in new.suffix(Tuning.toldLines) { publish(.log(migration: id, line)) }
    }

    /// The number of a line that is to be written now; nil where the numbers of earlier ones cannot be read: a line that is
    /// lost is less than one in the place of another.
    func nextLine(of id: Identifier) async -> Int? { await reserve(1, of: id) }

    /// The same for several, of which it returns the last number.
    private func reserve(_ count: Int, of id: Identifier) async -> Int? {
        guard await lastLine(of: id) != nil else { return nil }
        lines[id, default: 0] += count
        return lines[id]
    }

    /// The highest number of a line of its log, 0 where there is none; nil where that cannot be read.
    private func lastLine(of id: Identifier) async -> Int? {
        if lines[id] == nil {
            guard let stored = try? await store.lastLine(of: id) else { return nil }
            // Another one may have been numbered meanwhile.
            lines[id] = max(stored, lines[id] ?? 0)
        }
        return lines[id]
    }

    /// The line of that number is not written after all.
    func giveBack(_ number: Int, of id: Identifier) {
        if lines[id] == number { lines[id] = number - 1 }
    }

    /// Takes the figures of a running migration.
    func refresh(_ id: Identifier) async {
        guard let engine = runs[id]?.engine else { return }
        let details = await engine.details()
        let progress = engine.progress()
        guard var run = runs[id], let shown = MigrationPhase(rawValue: progress.phase.rawValue),
            let before = try? migration(id)
        else { return }
        // It is over only with its report or its error: an agent that ended in between would never ask for them.
        let phase = shown.isFinal ? before.phase : shown
        // Its copy may be over before anybody looks.
        let isNew = phase.hasBegun && hasBegun.insert(id).inserted
        let isIdentified = note(details.identity, of: id)
        var changed = before
        let now = Clock.now
        changed.phase = phase
        changed.take(progress, details, at: now)
        run.meter.measure(&changed.figures, at: HostClock.uptime)
        runs[id]?.meter = run.meter
        let isKept = changed.isFurther(than: before)
        try? await update(id, isKept: isKept) { live in
            let driver = live.driver
            let (isAcknowledged, setup) = (live.areMismatchesAcknowledged, live.setup)
            live = changed
            live.driver = driver
            // What was repaired since is one less to take note of; only a new one is to be looked at again.
            live.areMismatchesAcknowledged =
                isAcknowledged && !changed.mismatches.isEmpty
                && Set(changed.mismatches).isSubset(of: before.mismatches)
            live.setup = setup
        }
        if isIdentified || isNew, let live = try? migration(id) { try? await save(live) }
    }

    /// The engine has come to its end.
    private func ended(_ id: Identifier, _ result: Result<MigrationReport, any Error>) async {
        await refresh(id)
        runs[id] = nil
        try? await update(id) { live in
            live.isRunning = false
            live.cutover.isBackOutPossible = false
            live.cutover.isReady = false
            switch result {
            case .success(let report): live.take(report, at: Clock.now)
            case .failure(let error): live.take(error, at: Clock.now, isStopping: isStopping)
            }
            live.clearsOnRetry = clearsOnRetry(live)
            live.dropOldFigures()
        }
        await lookAgain(id)
    }

    /// A migration that is complete has changed what is known of its clusters.
    private func lookAgain(_ id: Identifier) async {
        guard !isStopping, let live = try? migration(id), live.phase == .complete else { return }
        for cluster in [live.setup.source, live.setup.destination] {
            _ = try? await test(cluster: cluster)
        }
    }

    /// The name of the replica set that may be cleared: the one that was shown when the name was typed, whatever its
    /// place in the inventory holds now. The engine refuses every other one.
    private func dropConfirmation(_ setup: MigrationSetup) throws -> String? {
        guard let typed = setup.clearConfirmedName else { return nil }
        guard let shown = setup.clearConfirmedCluster else { return typed }
        let destination = try cluster(setup.destination)
        guard hasSameServers(shown.connectionString, destination.connectionString) else {
            throw ControlError(
                .nameMismatch,
                "the destination was edited after clearing it was confirmed: it was "
                    + shown.connectionString,
                remedy: "confirm anew that it is cleared, or edit it back")
        }
        return shown.replicaSet ?? typed
    }

    /// Throws `invalid` where the setup makes no sense.
    func options(_ setup: MigrationSetup) throws -> MigrationOptions {
        var options = MigrationOptions()
        options.wording = .wizard
        options.endsOnDifferences = false
        options.validatesAgain = true
        if let lagHold { options.lagHold = lagHold }
        options.clockSpeed = clockSpeed
        func patterns(_ texts: [String]) throws -> [NamespaceFilter.Pattern] {
            try texts.map { text in
                guard let pattern = NamespaceFilter.Pattern(text) else {
                    throw ControlError(.invalid, "'\(text)' is neither db.* nor db.collection")
                }
                return pattern
            }
        }
        guard setup.source != setup.destination else {
            throw ControlError(.invalid, "source and destination are the same cluster")
        }
        guard !(setup.resumes && setup.clear) else {
            throw ControlError(
                .invalid, "a migration cannot both go on and begin anew",
                remedy: "either resume it, or clear the destination")
        }
        guard Tuning.loadLevels.contains(setup.loadLevel) else {
            throw ControlError(.invalid, "the load level is 1 to 4")
        }
        guard Tuning.quietPeriods.contains(setup.quietPeriod) else {
            throw ControlError(.invalid, "the quiet period is 1 to 3600 seconds")
        }
        options.filter = NamespaceFilter(
            include: try patterns(setup.include), exclude: try patterns(setup.exclude))
        options.drop = setup.clear
        if setup.clear { options.dropConfirmation = try dropConfirmation(setup) }
        options.verify = MigrationOptions.Verify(rawValue: setup.verify.rawValue) ?? .full
        options.loadLevel = setup.loadLevel
        options.quietPeriod = setup.quietPeriod
        options.keepSourceWritable = setup.keepSourceWritable
        options.resume = setup.resumes
        return options
    }
}

extension MigrationPhase {
    /// Whether the destination holds the migration's state for certain, in this phase.
    fileprivate var hasBegun: Bool {
        switch self {
        case .copying, .indexing, .catchingUp, .inSync, .finalizing, .complete, .expired: true
        case .preparing, .paused, .failed, .cancelled: false
        }
    }
}
