/// What the pages before a migration say.
extension Flow {
    struct GetStarted: Sendable, Hashable, Codable {
        /// Something that has to be so before a migration begins.
        struct Prerequisite: Sendable, Hashable, Codable {
            var title: String
            /// What exactly, in one or two sentences. `{hours}`: of the timer.
            var detail: String
        }

        /// What is going to happen.
        var introduction: String
        var organization: String
        var aboutOrganization: String
        var checklist: String
        var prerequisites: [Prerequisite]
        var next: String
        var aboutNext: String
    }

    struct SetUp: Sendable, Hashable, Codable {
        struct Field: Sendable, Hashable, Codable {
            var part: SetUpMigration.Part
            var label: String
        }

        /// Over the fields of a cluster; the short one where there is less room.
        struct Heading: Sendable, Hashable, Codable {
            var long: String
            var short: String
        }

        /// Of the page, where it has room for it.
        var heading: String
        var source: Heading
        var destination: Heading
        /// Of the destination: it is that of *Get Started*.
        var organization: String
        var settings: String
        /// In the order of the keys. Project and cluster of both sides are always among them. Without an organization,
        /// the source is one of the destination's; a setting that is not asked for is as lagzero proposes it.
        var fields: [Field]
        var next: String
        /// In the place of `next` meanwhile.
        var validating: String

        func label(_ part: SetUpMigration.Part) -> String? {
            fields.first { $0.part == part }?.label
        }
    }

    struct Validate: Sendable, Hashable, Codable {
        var again: String
        /// Where another page comes before the migration.
        var next: String
        /// In the place of `next` meanwhile.
        var validating: String
    }

    struct Review: Sendable, Hashable, Codable {
        var source: String
        var destination: String
        var verify: String
        var verified: String
        var unverified: String
        var clear: String
        /// `{contents}` of the destination.
        var cleared: String
        var kept: String
        var loadLevel: String
        var validation: String
    }

    /// The button that starts a migration, and the dialog that it opens.
    struct Start: Sendable, Hashable, Codable {
        var button: String
        /// On the button meanwhile.
        var starting: String
        /// `{source}` and `{destination}`.
        var question: String
        /// Instead of it, where an earlier migration is gone on with.
        var resumeQuestion: String
        /// Instead of both, where the cutover of that one is not finished.
        var undoQuestion: String
        /// Instead of all, where that one's `{destination}` accepts writes already.
        var finishQuestion: String
        /// `{destination}` and its `{contents}`.
        var clearing: String
        var advice: String
    }
}
