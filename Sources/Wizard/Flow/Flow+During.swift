internal import ControlAPI
internal import Terminal

/// What the pages of a migration say.
extension Flow {
    struct Migrating: Sendable, Hashable, Codable {
        var title: String
        /// The rows, in their order on the page.
        var applying: String
        var copying: String
        var finalizing: String
        var verifying: String
        var lag: String
        var inSync: String
        /// In the hub.
        var isReady: String
        var cutover: String
    }

    /// How long a migration stays in sync, and what is said of it. The engine, which lets it expire, has the same hours of
    /// its own: all documents give these.
    struct Timer: Sendable, Hashable, Codable {
        var hours: Int
        /// What an extension adds.
        var extensionHours: Int
        /// With less left it is shown as a warning, or as an error; with the least, extending is offered first.
        var warningHours: Int
        var errorHours: Int
        var offerMinutes: Int
        /// Behind the time that is left; the short one where there is less room.
        var left: String
        var leftShort: String
        /// `{time}` that is left.
        var expires: String
        /// `{source}` and `{destination}`.
        var expired: String
        var extend: String
        /// `{hours}` that are added.
        var extending: String

        var warning: Duration { .seconds(warningHours * 3_600) }
        var error: Duration { .seconds(errorHours * 3_600) }
        var offer: Duration { .seconds(offerMinutes * 60) }
        /// Each is rung for: those of this timer, and those of which mail tells, too.
        var marks: [Duration] {
            [warning, error, offer] + Attention.countdownHours.map { .seconds($0 * 3_600) }
        }

        func countdown(_ left: Duration?) -> Countdown {
            Countdown(left, warning: warning, error: error)
        }
    }

    /// The notice on who verifies the data, in its two wordings and their short forms.
    struct Verification: Sendable, Hashable, Codable {
        var yourself: String
        var yourselfShort: String
        var yourselfTiny: String
        /// How, during the cutover.
        var hint: String
        /// At the end: what to do where it was off, and what was done where it was not.
        var off: String
        var counts: String
        var full: String

        /// At the end.
        func notice(_ mode: MigrationSetup.Verify) -> String {
            switch mode {
            case .off: off
            case .counts: counts
            case .full: full
            }
        }
    }

    struct InSync: Sendable, Hashable, Codable {
        var title: String
        /// `{destination}`.
        var explanation: String
        var ready: String
    }

    struct Proceed: Sendable, Hashable, Codable {
        var title: String
        var heading: String
        var source: String
        var destination: String
        /// Behind the destination's name.
        var takesOver: String
        var proceed: String
    }

    struct Cutover: Sendable, Hashable, Codable {
        var title: String
        /// The three steps, on the line of their own.
        var stopWrites: String
        var finalizing: String
        var connect: String
        /// Step 1: what to do, the box that confirms it, and the button that ends the step.
        var stopNow: String
        var stopped: String
        var finalize: String
        /// Before the downtime that is counted.
        var downtime: String
    }

    /// Step 3 of the cutover.
    struct Success: Sendable, Hashable, Codable {
        var title: String
        var heading: String
        var changes: String
        var downtime: String
        /// From when to when it was.
        var aboutDowntime: String
        var duration: String
        var copied: String
        var verification: String
        var source: String
        /// Over the connection string; the short one where there is less room.
        var point: String
        var pointShort: String
        var connect: String
        /// Of the dialog that `connect` opens.
        var methods: String
    }
}
