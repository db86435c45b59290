internal import ControlAPI
internal import Migration
internal import Mongo

/// Migrations that have failed: ended for good.
extension Supervisor {
    /// Takes in what an engine knows. Returns whether that is new.
    func note(_ seen: MigrationIdentity, of id: Identifier) -> Bool {
        let before = identities[id]
        var known = before ?? MigrationIdentity()
        known.begunAt = seen.begunAt ?? known.begunAt
        known.epoch = seen.epoch ?? known.epoch
        known.claim = seen.claim ?? known.claim
        guard known != before ?? MigrationIdentity() else { return false }
        identities[id] = known
        return true
    }

    /// Begins to undo what a failed migration has left on the clusters.
    func end(_ id: Identifier) async throws {
        let live = try migration(id)
        guard endings[id] == nil, !isStopping else {
            throw ControlError(.wrongPhase, "the migration is being cancelled already")
        }
        guard !live.isPastPointOfNoReturn else {
            throw ControlError(
                .wrongPhase,
                "the destination accepts writes already: the cutover can only be finished",
                remedy: "retry it, and point your application at the destination")
        }
        var setup = live.setup
        setup.clear = false
        let text = (try secret(of: setup.source), try secret(of: setup.destination))
        let (entries, continuation) = AsyncStream.makeStream(of: LogEntry.self)
        let claim = identities[id]?.claim ?? MigrationIdentity.newClaim()
        let isNew = note(MigrationIdentity(claim: claim), of: id)
        let work = Abandonment(
            source: try ConnectionString(text.0.revealed),
            destination: try ConnectionString(text.1.revealed), options: try options(setup),
            identity: identities[id] ?? MigrationIdentity(), owner: owner, isRunning: isRunning,
            listener: { continuation.yield($0) })
        let log = Task { for await entry in entries { await note(entry, id) } }
        let task = Task {
            // A later agent must know what this one has asked for.
            if isNew { await keep(id) }
            let result: Result<Abandonment.Outcome, any Error>
            do { result = .success(try await work.perform()) } catch { result = .failure(error) }
            continuation.finish()
            await log.value
            // This task may be cancelled, which the store would obey.
            await Task { await ended(id, result) }.value
        }
        endings[id] = Ending(work: work, task: task)
        try? await update(id, isKept: false) { $0.cancellation = Cancellation() }
    }

    func refreshEnding(_ id: Identifier) async {
        guard let work = endings[id]?.work else { return }
        try? await update(id, isKept: false) { $0.waitingFor = work.waitingFor }
    }

    /// Also where the task is cancelled, which the store would obey.
    private func keep(_ id: Identifier) async {
        guard let live = try? migration(id) else { return }
        try? await Task { try await save(live) }.value
    }

    private func ended(_ id: Identifier, _ result: Result<Abandonment.Outcome, any Error>) async {
        endings[id] = nil
        try? await update(id) { live in
            if case .failure = result, isStopping {
                (live.cancellation, live.waitingFor) = (nil, [])
            } else {
                live.take(cancellation: result, at: Clock.now)
            }
        }
    }
}
