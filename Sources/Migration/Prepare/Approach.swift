internal import BSON
internal import Mongo

/// How a migration comes to its clusters, and what it asks of them once more before it begins.
struct Approach: Sendable {
    let source: ConnectionString
    let destination: ConnectionString
    let options: MigrationOptions
    let log: EventLog

    /// Waits for both to answer, but for the source only where more is left to be done than to finish a cutover.
    func connect(_ retry: Retry) async throws -> (source: Side, destination: Side) {
        func reach(_ role: Side.Role, _ uri: ConnectionString) async throws -> Side {
            try await retry("connecting to the \(role)") { try await Side(role, uri) }
        }
        let destination = try await reach(.destination, self.destination)
        if options.resume {
            let state = try await retry("reading the migration's state") {
                try await StateStore.peek("state", "migration", destination.lane())
            }
            if let state, StoredMigration(state).isPastPointOfNoReturn {
                return (try await formerSource(state), destination)
            }
        }
        return (try await reach(.source, source), destination)
    }

    /// The source of a migration whose cutover is to be finished, asked once: it may be gone, or another set may have its
    /// hosts.
    private func formerSource(_ state: Document) async throws -> Side {
        do {
            let source = try await Side(.source, self.source)
            let subject = try await Subject(source.lane())
            let begun = state["subject"]?.document.flatMap(Subject.init)
            if begun.map(subject.hasSameSource) ?? false { return source }
            await source.close()
            log.note("goes on without the source: it is another one now, \(subject.source)")
        } catch let error as MongoError {
            log.note("goes on without the source: \(error)")
        }
        return try Side(unreached: .source)
    }

    /// See `MigrationOptions.validatesAgain`. Waits where a cluster cannot be asked for now; throws `validationFailed`
    /// where the answer is no.
    func validateAgain(_ retry: Retry) async throws {
        guard options.validatesAgain else { return }
        let activity = "validating again"
        while true {
            let report = await validateAgain()
            let blocking = report.checks.filter(\.isBlocking)
            if let check = blocking.first(where: { !$0.mayPass }) {
                retry.status.goOn(activity)
                throw MigrationError(
                    .validationFailed,
                    "it was validated again and cannot begin; no data was touched. \(check.sentences)"
                )
            }
            guard let check = blocking.first else { return retry.status.goOn(activity) }
            retry.status.wait(activity, for: "\(activity): \(check.sentences)")
            try await Task.sleep(for: Tuning.lastRetryDelay)
        }
    }

    private func validateAgain() async -> ValidationReport {
        var options = options
        // Nothing was found to go on with.
        options.resume = false
        return await Validation(source: source, destination: destination, options: options)
            .run(isBrief: true)
    }
}
