internal import BSON
internal import Mongo

/// What a logged-in user can ask one cluster about itself.
extension Validation.Party {
    /// Versions, engine, privileges and write blocking: a handful of quick commands.
    mutating func checkServer(_ options: MigrationOptions) async {
        guard let login, let version else { return }
        checks.append(Validation.Versions.rapid(version, side))
        await checkCompatibility(login, version)
        checkPrivileges(login, options, version)
        let status = await Validation.answer { () throws(MongoError) in
            try await login.link.run([
                "serverStatus": 1, "wiredTiger": 0, "metrics": 0, "locks": 0, "tcmalloc": 0,
                "mirroredReads": 0,
            ])
        }
        checkEngine(status)
        checkBlocking(login, version, status, isResumed: options.resume)
    }

    private mutating func checkCompatibility(_ login: Validation.Login, _ version: ServerVersion)
        async
    {
        let answer = await Validation.answer { () throws(MongoError) in
            try await login.link.run(["getParameter": 1, "featureCompatibilityVersion": 1])
        }
        switch answer {
        case .success(let parameter):
            checks.append(
                Validation.Versions.compatibility(
                    parameter["featureCompatibilityVersion"]?.document ?? [:], version: version,
                    side))
        case .failure(let error):
            add(
                .compatibilityVersion, .unknown, seen: words.of(error),
                remedy: "Role \(role("clusterMonitor")) lets the user read it.")
        }
    }

    private mutating func checkEngine(_ status: Result<Document, MongoError>) {
        switch status {
        case .success(let status):
            guard let name = status["storageEngine"]?.document?["name"]?.string else { fallthrough }
            add(
                .storageEngine, name == "wiredTiger" ? .pass : .failure,
                message: name == "wiredTiger" ? nil : "Storage engine \(name) is not supported",
                seen: name,
                remedy: name == "wiredTiger" ? nil : "Use servers with WiredTiger.")
        case .failure:
            add(
                .storageEngine, .unknown, seen: "serverStatus does not tell it",
                remedy: "Role \(role("clusterMonitor")) lets the user read it.")
        }
    }

    private mutating func checkPrivileges(
        _ login: Validation.Login, _ options: MigrationOptions, _ version: ServerVersion
    ) {
        if side == .source {
            let canBlock =
                version.blocksWrites
                && login.privileges.missing(Validation.Needs.sourceBlocking).isEmpty
            let needs =
                Validation.Needs.source + (version >= .v6 ? Validation.Needs.sourceBuckets : [])
                + (canBlock ? [] : Validation.Needs.sourceTransactions)
            report(login.privileges.missing(needs), of: .sourcePrivileges, login)
        } else {
            report(
                login.privileges.missing(Validation.Needs.destination(options)),
                of: .destinationPrivileges, login)
        }
    }

    private mutating func report(
        _ missing: [Validation.Need], of rule: ValidationRule, _ login: Validation.Login
    ) {
        guard let user = login.user else {
            add(rule, .pass, seen: "the server asks for no login: everything is allowed")
            return
        }
        guard !missing.isEmpty else {
            add(rule, .pass, seen: "everything the migration does is allowed")
            return
        }
        add(
            rule, .failure, seen: "missing: \(missing.words)",
            remedy: "Grant user \(user) \(missing.roles.count == 1 ? "the role" : "the roles") "
                + missing.roles.joined(separator: ", ")
                + " on admin, or a role of your own with these actions.")
    }

    /// Whether applications can be kept from writing: on the source at the cutover, on the destination all the time.
    private mutating func checkBlocking(
        _ login: Validation.Login, _ version: ServerVersion,
        _ status: Result<Document, MongoError>, isResumed: Bool
    ) {
        let refusal =
            "User does not have the required permissions for blocking writes during cutover"
        let consequence =
            side == .source
            ? "whoever cuts over must stop every application, and lagzero waits until no write is seen"
            : "writes of others to the destination would not be prevented"
        guard version.blocksWrites else {
            add(
                .writeBlocking, .warning, message: "MongoDB \(version.release) cannot block writes",
                seen: consequence,
                remedy: "Stop every application before the cutover.")
            return
        }
        let isSource = side == .source
        let missing = login.privileges.missing(
            isSource ? Validation.Needs.sourceBlocking : Validation.Needs.destinationBlocking)
        let repl = (try? status.get())?["repl"]?.document
        // Source: `serverStatus`, 2 while user writes are blocked.
        let isBlocked = repl?["userWriteBlockMode"]?.integer == 2
        if isBlocked, !isSource,
            login.user == nil || missing.contains(where: { $0.action == "bypassWriteBlockingMode" })
        {
            add(
                .writeBlocking, .failure, message: "Writes are blocked on the destination",
                seen: "somebody has blocked user writes there, and this user cannot bypass it",
                remedy:
                    "Unblock them: \(WriteBlock.liftByHand), or grant role restore."
            )
        } else if !missing.isEmpty {
            add(
                .writeBlocking, .warning, message: refusal,
                seen: "missing: \(missing.words); \(consequence)",
                remedy: "Grant the role \(missing.roles.joined(separator: ", ")) on admin.")
        } else if login.user == nil {
            // Seen on 6.0: the command works there, blocks everyone, this program too, and everyone may lift it.
            add(
                .writeBlocking, .warning,
                message: "Writes are not blocked without authentication",
                seen:
                    "the \(side.rawValue) asks for no login, so a block would bind nobody; \(consequence)",
                remedy: isSource
                    ? "Stop every application before the cutover."
                    : "Let nobody else write to the destination until the migration is complete.")
        } else if isBlocked, isResumed {
            // Most likely by this migration.
            add(.writeBlocking, .pass, seen: "blocked already; lagzero lifts only its own block")
        } else if isBlocked {
            add(
                .writeBlocking, .warning,
                message: "Writes are already blocked on the \(side.rawValue)",
                seen: "somebody has blocked user writes there",
                remedy: "See who did; lagzero lifts only its own block.")
        } else {
            add(.writeBlocking, .pass, seen: "possible")
        }
    }

    private func role(_ other: String) -> String { side == .source ? "backup" : other }
}

extension Validation {
    /// The answer or the error, as a value.
    static func answer<Answer: Sendable>(
        _ question: () async throws(MongoError) -> Answer
    ) async -> Result<Answer, MongoError> {
        do throws(MongoError) { return .success(try await question()) } catch {
            return .failure(error)
        }
    }

    /// The same for a question that blocks its thread.
    static func outcome<Answer>(
        _ question: () throws(MongoError) -> Answer
    ) -> Result<Answer, MongoError> {
        do throws(MongoError) { return .success(try question()) } catch { return .failure(error) }
    }
}
