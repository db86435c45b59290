internal import ControlAPI

/// One way of migrating, as data: what it is called, the order of its steps, what its pages say and ask, how its timer
/// runs. Another way is another value.
///
/// Words that every way has (keys, errors, dialogs of lagzero's own) are not here. A text may have gaps, such as
/// `{destination}`, for what is only known of one migration.
package struct Flow: Sendable, Hashable, Codable {
    /// What the pages of a way have in common; a step may have several pages.
    package enum Stage: String, Sendable, Codable, CaseIterable {
        case getStarted, setUp, validate, review, migrating, cutover
    }

    /// All stages have a step but `review`, which a way may leave out: its migrations are started on *Validate*.
    struct Step: Sendable, Hashable, Codable {
        var stage: Stage
        /// On the line of the steps.
        var label: String
        /// The whole name of its page, where it stands there alone; nil where that is the label.
        var name: String?
    }

    /// On the hub.
    struct Card: Sendable, Hashable, Codable {
        var title: String
        var text: String
    }

    /// By this it is named in migrations and in what the wizard keeps: it never changes.
    var id: String
    var card: Card
    /// On the first line of the pages before a migration.
    var title: String
    var steps: [Step]

    var getStarted: GetStarted
    var setUp: SetUp
    var validate: Validate
    var review: Review
    var start: Start
    var migrating: Migrating
    var timer: Timer
    var verification: Verification
    var inSync: InSync
    var proceed: Proceed
    var cutover: Cutover
    var success: Success
}

extension Flow {
    /// The ways that the hub offers.
    package static let all = [fromAtlas]

    func has(_ stage: Stage) -> Bool { steps.contains { $0.stage == stage } }

    /// A text with its gaps filled: `["destination": "shop-atlas"]`.
    static func fill(_ text: String, _ values: [String: String]) -> String {
        values.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}

extension LiveMigration {
    /// A text with the names of the clusters in it.
    func fill(_ text: String) -> String {
        Flow.fill(text, ["source": sourceName, "destination": destinationName])
    }
}

extension World {
    /// The way of that name. What was kept before there were names has none, and what a newer wizard has begun may have
    /// one that is not known here: those are shown as the first one.
    func flow(_ id: String?) -> Flow { flows.first { $0.id == id } ?? flows[0] }

    func flow(of migration: LiveMigration) -> Flow { flow(migration.setup.flow) }
}
