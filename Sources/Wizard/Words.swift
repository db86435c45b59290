internal import ControlAPI
internal import Terminal

/// Texts that several pages share.
enum Words {
    static let goOnWithIt = "Go on with it"
    static let unknownMigration = "This migration is not known to the agent."

    static let sourceWritesAgain =
        "The source accepts writes again. Restart your application there."
    static let beingCancelled = "The migration is being cancelled."
    static let onlyForward = "from here there is only forward"
    static let escape = "Esc does nothing on this page: Back is a button."

    static let loadLevels = [
        "gentle: the servers hardly notice", "moderate", "the usual", "all that the servers bear",
    ]

    /// `3 of 4, the usual`.
    static func loadLevel(_ level: Int) -> String {
        let name = loadLevels.indices.contains(level - 1) ? ", \(loadLevels[level - 1])" : ""
        return "\(level) of \(loadLevels.count)\(name)"
    }

    /// What a migration is at, where that is why something cannot be done.
    static func phase(_ migration: LiveMigration) -> String {
        switch migration.phase {
        case .preparing: "The migration is being prepared."
        case .copying: "The copy is not done yet."
        case .indexing: "The indexes are not built yet."
        case .catchingUp: "The destination is catching up."
        case .inSync: "The clusters are in sync."
        case .finalizing: "The cutover is under way."
        case .complete: "The migration is complete."
        case .paused: "The migration is paused."
        case .failed: "The migration has failed."
        case .cancelled: "The migration was cancelled."
        case .expired: "The time to cut over has run out."
        }
    }

    /// Why the cutover cannot begin now; nil where it can.
    static func notReady(_ migration: LiveMigration) -> String? {
        guard migration.phase == .inSync else { return phase(migration) }
        if migration.cutover.isReady { return nil }
        let missing = migration.cutover.missing
        return missing.isEmpty ? "Not in sync at this moment." : sentence(missing)
    }

    /// What was listed, as a sentence. Names keep their first letter as it is.
    static func sentence(_ parts: [String]) -> String {
        let text = parts.joined(separator: "; ")
        let word = text.prefix { !" ;:,".contains($0) }
        let isName = word == "lagzero" || word.contains { !$0.isLowercase && $0 != "'" }
        let start = isName ? String(text.prefix(1)) : text.prefix(1).uppercased()
        return start + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }

    /// What happened, and what to do about it.
    static func error(_ error: ControlError) -> String {
        [error.message, error.remedy].compactMap(\.self).filter { !$0.isEmpty }
            .map { sentence([$0]) }.joined(separator: " ")
    }

    static func step(_ name: CutoverState.StepName) -> String {
        switch name {
        case .checkTransactions: "Look for open transactions"
        case .checkUniqueIndexes: "Check the unique indexes"
        case .stopWrites: "Stop writes on the source"
        case .applyLastChanges: "Apply the last changes"
        case .compareCatalogs: "Compare the catalogs"
        case .verify: "Verify what changed"
        case .prepareUniqueIndexes: "Prepare the unique indexes"
        case .checkForStrayWrites: "Look for stray writes"
        case .openDestination: "Let the destination accept writes"
        case .finishIndexes: "Finish the indexes"
        }
    }
}

extension LiveMigration {
    /// `shop-rs0 ─▶ shop-atlas`: a line goes before the arrow, as an arrow alone is a cursor.
    func way(_ glyphs: Glyphs) -> String {
        "\(sourceName) \(glyphs.horizontal)\(glyphs.arrowRight) \(destinationName)"
    }
}
