internal import ControlAPI

/// How somebody gets to a migration.
struct Directions: Hashable, Sendable {
    /// Where the agent runs.
    var host: String
    /// Named in commands; nil where it is the usual one.
    var folder: String?

    /// `lagzero --migration 6a…`, as it is typed into a shell.
    func command(_ id: Identifier) -> String {
        let place = folder.map { " --state '\($0.replacing("'", with: #"'\''"#))'" } ?? ""
        return "lagzero --migration \(id)\(place)"
    }
}

/// The texts.
extension Occasion {
    /// What happened, without the names: for the event log.
    func headline(_ live: LiveMigration) -> String {
        switch kind {
        case .countdown(let hours):
            "less than \(Self.hours(hours)) left to cut over, until \(live.cutover.end(about))"
        case .inSync:
            "in sync, and waiting for the cutover"
                + (live.cutover.deadlineAt.map { " until \(live.cutover.end($0))" } ?? "")
        case .paused: "paused by an error"
        case .failed: "failed"
        case .expired: "expired: the time to cut over is over"
        case .longCutover:
            "the cutover has been under way for \(Attention.longCutover / 3_600) hours"
                + (live.cutover.pace.map { " (\($0))" } ?? "")
        case .headroom(let hours): "less than \(Self.hours(hours)) of oplog headroom left"
        }
    }

    func letter(_ live: LiveMigration, _ directions: Directions) -> Letter {
        let names = "\(live.sourceName) -> \(live.destinationName)"
        let parts =
            paragraphs(live) + [
                "On \(directions.host), this opens it:\n\n    \(directions.command(live.id))",
                "Migration \(names), \(live.phase.words), begun \(UTC.minute(live.startedAt)).",
            ]
        return Letter(
            subject: "\(names): \(headline(live))", text: parts.joined(separator: "\n\n") + "\n")
    }

    private func paragraphs(_ live: LiveMigration) -> [String] {
        let (source, destination) = (live.sourceName, live.destinationName)
        switch kind {
        case .countdown(let hours):
            return [
                "The migration from \(source) to \(destination) has less than \(Self.hours(hours)) left: its cutover must begin until \(live.cutover.end(about)).",
                "If it does not, the migration expires. \(destination) is no longer kept in step then, and the work may have to be done again from the beginning.",
                "Open it and cut over, or choose \"Extend Sync\" for 24 hours more, also where it is not ready. It can be extended again.",
            ]
        case .inSync:
            let end = live.cutover.deadlineAt.map {
                " It waits until \(live.cutover.end($0)), or longer if you extend that."
            }
            return [
                "\(destination) has caught up with \(source), and is kept in step with it. The cutover can begin whenever it suits you.\(end ?? "")",
                "Until then your application goes on with \(source); nothing is down.",
            ]
        case .paused:
            return [
                "The migration from \(source) to \(destination) has paused, as something was refused that must not be skipped:",
                Self.reason(live),
                "Nothing is lost: changes of \(source) are still read, but not applied. Mend the cause, then open the migration and resume it with p. The time to cut over and the oplog of \(source) run on meanwhile.",
            ]
        case .failed:
            return [
                "The migration from \(source) to \(destination) has failed:", Self.reason(live),
            ]
                + Self.afterFailure(live)
        case .expired:
            return [
                "The time to cut over from \(source) to \(destination) has run out, so lagzero has stopped following \(source).",
                "Your application is not affected: it goes on with \(source). What was copied stays on \(destination) and falls behind.",
                "Open the migration and retry it soon: it goes on from where it stopped, as long as the oplog of \(source) reaches back to that. After that it begins anew.",
            ]
        case .longCutover:
            let state =
                live.isPastPointOfNoReturn
                ? "\(destination) accepts writes and is the cluster to use; what is left is only finishing."
                : "\(source) may be refusing writes all that time, and \(destination) does not accept any yet."
            return [
                "The cutover from \(source) to \(destination) began \(UTC.minute(about)) and has not ended. It should take seconds. \(state)",
                "Please check on it: open it and see which step it is at, and the log with l. For those who help you, \"lagzero support\" collects what they need in one file.",
            ]
        case .headroom:
            let left = (live.figures.oplogHeadroomSeconds ?? 0) / 60
            return [
                "The oldest entry in the oplog of \(source) is only \(left / 60) h \(left % 60) m older than what this migration would read next after an interruption.",
                "If \(source) drops what was not read yet, the migration fails and must begin anew.",
                "Make the oplog larger (replSetResizeOplog on each member), let the application write less, or raise the load level if the migration is behind. Keep interruptions of this host short.",
            ]
        }
    }

    private static func afterFailure(_ live: LiveMigration) -> [String] {
        let (source, destination) = (live.sourceName, live.destinationName)
        if live.isPastPointOfNoReturn {
            return [
                "\(destination) accepts writes and is the cluster to use. Open the migration and retry it: that finishes the rest."
            ]
        }
        if live.isCutoverInDoubt {
            return [
                "A cutover was under way, and whether it is undone or finished is not known: your application may be down. Open the migration now, and retry it: that finds out, and undoes or finishes it. Start no application before."
            ]
        }
        if live.cutover.isSourceBlocked == true {
            return [
                "It was in the middle of a cutover, and \(source) still refuses writes: your application is down. Open the migration now; retrying or cancelling it lifts that."
            ]
        }
        return [
            "Your application is not affected: it goes on with \(source)."
                + (live.isRetryPossible
                    ? " Open the migration to see what led to it, and to retry or cancel it."
                    : " It cannot be taken up again; open it to see what led to it.")
        ]
    }

    private static func reason(_ live: LiveMigration) -> String {
        "    \(live.error.map { "\($0)" } ?? "The reason is not known; see the log.")"
    }

    private static func hours(_ count: Int) -> String { count == 1 ? "1 hour" : "\(count) hours" }
}

extension CutoverState {
    /// A deadline. That of a demo is told to the second, and with how fast its time passes.
    fileprivate func end(_ time: Int64) -> String {
        pace.map { "\(UTC.second(time)) (\($0))" } ?? UTC.minute(time)
    }
}
