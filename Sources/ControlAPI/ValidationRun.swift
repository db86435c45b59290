/// The validation of one setup: under way, or done.
package struct ValidationRun: Codable, Sendable, Hashable, Identifiable {
    package var id: Identifier
    package var setup: MigrationSetup
    /// In the order in which they are shown; a row that is still being looked at says `checking`.
    package var rows: [ValidationRow] = []
    /// Milliseconds since 1970.
    package var startedAt: Int64
    /// Nil while it runs.
    package var endedAt: Int64?
    /// Whether a migration may start with these answers; nil while it runs.
    package var isPassed: Bool?
    /// What the destination holds of a migration; nil where it holds none, or while that is not known.
    package var earlier: EarlierMigration?

    package init(id: Identifier, setup: MigrationSetup, startedAt: Int64) {
        self.id = id
        self.setup = setup
        self.startedAt = startedAt
    }
}

extension ValidationRun {
    /// How long its answers count, in milliseconds: what was looked at may be another by then.
    package static let lifetime: Int64 = 15 * 60_000

    /// Whether a migration may still begin with its answers.
    package func isFresh(at now: Int64) -> Bool {
        now - (endedAt ?? startedAt) < ValidationRun.lifetime
    }
}

/// One check and its answer.
package struct ValidationRow: Codable, Sendable, Hashable {
    package enum State: String, Codable, CaseIterable, Sendable {
        case checking, pass, warning, failure
        /// Not known, and nothing starts without it: mostly since something else has failed before.
        case unknown
    }

    package enum Side: String, Codable, CaseIterable, Sendable {
        case source, destination, both
    }

    /// The check's stable name, for programs.
    package var check: String
    package var side: Side
    /// What is checked; once that is known what came out, in the documents' words where they have some.
    package var title: String
    package var state: State
    /// Whether the migration may not start with this answer.
    package var isBlocking = false
    /// What was seen, in a few words; empty while it is looked at.
    package var seen: String
    /// What to do about it; nil where there is nothing to do.
    package var remedy: String?

    package init(
        check: String, side: Side, title: String, state: State, seen: String = "",
        remedy: String? = nil
    ) {
        self.check = check
        self.side = side
        self.title = title
        self.state = state
        self.seen = seen
        self.remedy = remedy
    }
}
