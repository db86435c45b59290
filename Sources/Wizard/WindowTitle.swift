internal import ControlAPI
internal import Terminal

/// What the title of the terminal's window was set to, and when.
struct WindowTitle: Sendable, Equatable, Codable {
    private var text = ""
    private var head = ""
    private var setAt = Duration.zero

    /// The title to set now; nil where it is well as it is. Newer figures wait for a while, a new head does not.
    mutating func next(
        _ new: (head: String, figures: [String]), at uptime: Duration
    ) -> String? {
        let newText = ([new.head] + new.figures).joined(separator: "  ")
        guard newText != text, new.head != head || uptime - setAt >= Tuning.titleInterval else {
            return nil
        }
        (text, head, setAt) = (newText, new.head, uptime)
        return text
    }
}

extension Wizard.Model {
    /// The migration of the page, or else the newest one that goes on.
    var foremost: LiveMigration? {
        subject.flatMap(world.migration) ?? world.snapshot?.migrations.last { !$0.phase.isFinal }
    }

    mutating func titleEffects() -> [Wizard.Effect] {
        windowTitle.next(title, at: world.moment.uptime).map { [.terminal(.title($0))] } ?? []
    }

    /// What the bell rings for, until a key is pressed; or else how the foremost migration stands.
    private var title: (head: String, figures: [String]) {
        func head(_ live: LiveMigration, _ words: String) -> String {
            "lagzero \(live.sourceName) -> \(live.destinationName): \(words)"
        }
        if let need = rung.first(where: bell.isUnanswered),
            let live = world.migration(need.migration)
        {
            return ("! " + head(live, need.kind.words(world.flow(of: live))), [])
        }
        guard let foremost else { return ("lagzero", []) }
        let parts = foremost.standing(isSilent: world.silence != nil)
        return (head(foremost, parts[0]), Array(parts.dropFirst()))
    }
}

extension LiveMigration {
    /// Its phase, and what is known of it now. `isSilent`: nothing is heard of the agent.
    func standing(isSilent: Bool) -> [String] {
        guard !isSilent || phase.isFinal else { return ["no news from the agent"] }
        var parts = [phase.words]
        if phase == .copying, let fraction = copiedFraction {
            parts.append(Figure.percent(fraction))
        }
        if let lag = figures.lagSeconds { parts.append("lag \(Times.clock(lag))") }
        return parts
    }

    /// Of the copy, 0...1; nil while the whole is not known.
    var copiedFraction: Double? {
        guard let copied = figures.bytesCopied, let total = figures.bytesTotal, total > 0 else {
            return nil
        }
        return min(1, Double(copied) / Double(total))
    }
}
