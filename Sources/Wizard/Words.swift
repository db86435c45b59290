internal import ControlAPI
internal import Terminal

/// Texts that several pages share.
enum Words {
    static let goOnWithIt = "Go on with it"
    static let unknownMigration = "This migration is not known to the agent."

    static let sourceWritesAgain =
        "The source accepts writes again. Restart your application there."
    static let cutoverInDoubt =
        "A cutover was under way, and whether it is undone or finished is not known yet: please wait, and start no application."
    static let beingCancelled = "The migration is being cancelled."
    static let onlyForward = "from here there is only forward"
    /// In the footer, where the link is slow.
    static let slowLink = "slow link, every \(Terminal.Tuning.slowFrame.components.seconds) s"
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

    /// Why a cutover would be undone at once, as far as that is known; nil where nothing is.
    static func violations(_ migration: LiveMigration) -> String? {
        guard let violations = migration.cutover.uniqueViolations, let first = violations.first
        else { return nil }
        let others = violations.count > 1 ? ", and \(violations.count - 1) more" : ""
        return "Not unique: \(first)\(others). The cutover would be refused."
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

    /// What came of a command, for those who see its page no more; nil where nobody waits for it.
    static func outcome(of command: Command, _ answer: Answer, _ world: World) -> Notice? {
        switch answer {
        case .refused(let error): return Notice(.error, Words.error(error))
        case .deadline(let time):
            guard case .extendSync(let id) = command else { return nil }
            return Notice(.ok, extended(to: time, world.migration(id)))
        case .cluster(let cluster): return reached(cluster, "\(cluster.name) answers.")
        case .lines: return nil
        case .made, .done: return done(command, world).map { Notice(.ok, $0) }
        }
    }

    /// What the work of a migration waits for.
    static func waiting(_ live: LiveMigration) -> String {
        "Waiting for \(live.waitingFor.joined(separator: "; "))"
    }

    static func extended(to time: Int64, _ live: LiveMigration?) -> String {
        "Extended: \(Times.deadline(time, of: live)) is the new end."
    }

    /// Whether a cluster is reached; `good` where it is.
    static func reached(_ cluster: Cluster, _ good: String) -> Notice {
        guard let trouble = cluster.trouble else { return Notice(.ok, good) }
        return Notice(.warning, "\(cluster.name) is not reached. \(error(trouble))")
    }

    private static func done(_ command: Command, _ world: World) -> String? {
        switch command {
        case .add, .testCluster, .editCluster, .removeCluster, .claim, .yield, .readLog: nil
        case .validate: "The validation is under way."
        case .start: "The migration has begun; it is on the Migration Hub."
        case .pause: "The migration is being paused."
        case .resume: "The migration goes on."
        case .setLoadLevel(_, let level): "Load level \(loadLevel(level))."
        case .beginCutover: "The cutover was asked for: the Migration Hub shows when it begins."
        case .backOut: "No cutover is under way any more."
        case .cancel: beingCancelled
        case .extendSync: "Extended."
        case .retry: "The migration is taken up again."
        case .releaseSource(let id):
            "\(world.migration(id)?.sourceName ?? "The source") accepts writes again."
        case .acknowledgeMismatches: "The mismatches are noted."
        }
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
