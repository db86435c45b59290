internal import Terminal

/// Leads a trainee through a migration: says what to do next, and notices by what the wizard knows that it was done.
package struct Guide: Sendable, Equatable, Codable {
    package enum State: Sendable, Equatable, Codable {
        case open
        /// Milliseconds since 1970.
        case done(at: Int64)
        /// What comes after it was done without it.
        case leftOut
    }

    /// Something to be done.
    struct Step: Sendable {
        /// `{source}`, `{destination}` and `{organization}` stand for the names. It fits a line of the narrowest screen.
        var text: String
        /// The same where it is read and typed line by line; nil where the words are.
        var spoken: String?
        /// Whether it leaves behind what stands before it and was not done.
        var isMilestone = true
        var isDone: @Sendable (Wizard.Model) -> Bool
    }

    /// Of the clusters, and of the organization that the destination is in.
    private let source: String
    private let destination: String
    private let organization: String
    /// Of each step, in their order.
    private var states = Array(repeating: State.open, count: Guide.steps.count)

    package init(source: String, destination: String, organization: String) {
        self.source = source
        self.destination = destination
        self.organization = organization
    }

    /// Every step in words, and what has become of it.
    package var steps: [(text: String, state: State)] {
        zip(Self.steps, states).map { (named($0.text), $1) }
    }

    /// The next thing to do, with its number.
    var line: String { line(end: Self.end) { $0.text } }

    /// The same for who reads and types line by line.
    var spokenLine: String { line(end: Self.spokenEnd) { $0.spoken ?? $0.text } }

    private func line(end: String, _ words: (Step) -> String) -> String {
        guard let next = states.firstIndex(of: .open) else { return end }
        return "\(next + 1)/\(states.count)  \(named(words(Self.steps[next])))"
    }

    /// To be called whenever something has changed.
    mutating func look(at model: Wizard.Model) {
        for (index, step) in Self.steps.enumerated()
        where states[index] == .open && step.isDone(model) {
            states[index] = .done(at: model.world.moment.wall)
            guard step.isMilestone else { continue }
            for before in 0..<index where states[before] == .open { states[before] = .leftOut }
        }
    }

    private func named(_ text: String) -> String {
        text.replacing("{source}", with: source).replacing("{destination}", with: destination)
            .replacing("{organization}", with: organization)
    }
}
