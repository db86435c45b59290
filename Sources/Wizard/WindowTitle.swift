internal import ControlAPI
internal import Terminal

/// What the title of the terminal's window was set to, and when.
struct WindowTitle: Sendable, Equatable, Codable {
    private var text = ""
    private var head = ""
    private var setAt = Duration.zero

    /// The title to set now; nil where it is well as it is. Newer figures wait for a while, a newer phase does not.
    /// `isSilent`: nothing is heard of the agent, so that nothing is known of now.
    mutating func next(
        _ migration: LiveMigration?, isSilent: Bool, at uptime: Duration
    ) -> String? {
        let new = Self.text(migration, isSilent)
        guard new.text != text, new.head != head || uptime - setAt >= Tuning.titleInterval else {
            return nil
        }
        (text, head, setAt) = (new.text, new.head, uptime)
        return text
    }

    private static func text(
        _ migration: LiveMigration?, _ isSilent: Bool
    ) -> (head: String, text: String) {
        guard let migration else { return ("lagzero", "lagzero") }
        let clusters = "lagzero \(migration.sourceName) -> \(migration.destinationName): "
        guard !isSilent || migration.phase.isFinal else {
            return (clusters, clusters + "no news from the agent")
        }
        let head = clusters + migration.phase.words
        var parts = [head]
        if migration.phase == .copying, let fraction = migration.copiedFraction {
            parts.append(Figure.percent(fraction))
        }
        if let lag = migration.figures.lagSeconds { parts.append("lag \(Times.clock(lag))") }
        return (head, parts.joined(separator: "  "))
    }
}

extension Wizard.Model {
    /// The migration of the page, or else the newest one that goes on.
    mutating func titleEffects() -> [Wizard.Effect] {
        let shown = subject.flatMap(world.migration)
        let migration = shown ?? world.snapshot?.migrations.last { !$0.phase.isFinal }
        return windowTitle.next(
            migration, isSilent: world.silence != nil, at: world.moment.uptime
        )
        .map { [.terminal(.title($0))] } ?? []
    }
}

extension LiveMigration {
    /// Of the copy, 0...1; nil while the whole is not known.
    var copiedFraction: Double? {
        guard let copied = figures.bytesCopied, let total = figures.bytesTotal, total > 0 else {
            return nil
        }
        return min(1, Double(copied) / Double(total))
    }
}
