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
        let parts = migration.standing(isSilent: isSilent)
        return (clusters + parts[0], clusters + parts.joined(separator: "  "))
    }
}

extension Wizard.Model {
    /// The migration of the page, or else the newest one that goes on.
    var foremost: LiveMigration? {
        subject.flatMap(world.migration) ?? world.snapshot?.migrations.last { !$0.phase.isFinal }
    }

    mutating func titleEffects() -> [Wizard.Effect] {
        windowTitle.next(foremost, isSilent: world.silence != nil, at: world.moment.uptime)
            .map { [.terminal(.title($0))] } ?? []
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
