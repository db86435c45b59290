internal import ControlAPI
internal import Terminal

/// How far a migration has come, whatever happens to it now.
enum Stage: Int, Sendable, Comparable {
    case preparing, copying, indexing, catchingUp, inSync, finalizing, complete

    static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }

    /// Of one that has ended, as far as its figures tell.
    init(_ migration: LiveMigration) {
        switch migration.pausedFrom ?? migration.phase {
        case .preparing: self = .preparing
        case .copying: self = .copying
        case .indexing: self = .indexing
        case .catchingUp: self = .catchingUp
        case .inSync: self = .inSync
        case .finalizing: self = .finalizing
        case .complete: self = .complete
        case .paused, .failed, .cancelled, .expired: self = Stage(ended: migration)
        }
    }

    private init(ended migration: LiveMigration) {
        let figures = migration.figures
        if migration.isPastPointOfNoReturn || migration.cutover.begunAt != nil {
            self = .finalizing
        } else if migration.cutover.deadlineAt != nil {
            self = .inSync
        } else if let copied = figures.bytesCopied {
            let areIndexesLeft = (figures.indexesBuilt ?? 0) < figures.indexesTotal ?? 0
            self =
                copied < figures.bytesTotal ?? .max
                ? .copying : areIndexesLeft ? .indexing : .catchingUp
        } else {
            self = .preparing
        }
    }
}

/// A row of the page: a piece of work, and how it stands.
struct StageRow: Sendable, Equatable {
    var title: String
    var state: Stepper.State
    var text: String

    /// In the order of the page.
    static func all(_ migration: LiveMigration, _ flow: Flow, isNarrow: Bool) -> [StageRow] {
        let stage = Stage(migration)
        let now: Stepper.State =
            switch migration.phase {
            case .failed, .expired, .cancelled: .failed
            case .paused: .warning
            default: .current
            }
        func state(from first: Stage, through last: Stage) -> Stepper.State {
            stage < first ? .waiting : stage > last ? .done : now
        }
        return [
            StageRow(
                title: flow.migrating.applying, state: state(from: .copying, through: .finalizing),
                text: stage < .copying ? "" : writes(migration, stage, isNarrow)),
            StageRow(
                title: flow.migrating.copying, state: state(from: .copying, through: .indexing),
                text: copied(migration, isNarrow)),
            StageRow(
                title: flow.migrating.finalizing,
                state: state(from: .finalizing, through: .finalizing), text: ""),
            verification(migration, flow, stage, now, isNarrow),
        ]
    }

    private static func writes(
        _ migration: LiveMigration, _ stage: Stage, _ isNarrow: Bool
    ) -> String {
        let figures = migration.figures
        let isOver = migration.phase.isFinal
        let seen = isOver ? nil : figures.writesPerSecond.map { Figure.perSecond($0) + " seen" }
        let waiting = figures.backlog.map { backlog in
            if isNarrow {
                return "\(Figure.shortCount(backlog)) \(isOver ? "not applied" : "waiting")"
            }
            let what = Figure.counted(backlog, "document")
            if isOver { return "\(what) not applied" }
            return stage <= .copying
                ? "\(what) wait for the copy" : "\(what) to apply"
        }
        let known = [seen, waiting].compactMap(\.self)
        return known.isEmpty ? Figure.unknown : known.joined(separator: ", ")
    }

    /// Once the copy is done; before, the bar says more.
    private static func copied(_ migration: LiveMigration, _ isNarrow: Bool) -> String {
        let figures = migration.figures
        let parts = [
            Figure.bytes(figures.bytesCopied),
            figures.collectionsCopied.map { Figure.counted($0, "collection") },
            isNarrow ? nil : figures.documentsCopied.map { Figure.counted($0, "document") },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    private static func verification(
        _ migration: LiveMigration, _ flow: Flow, _ stage: Stage, _ now: Stepper.State,
        _ isNarrow: Bool
    ) -> StageRow {
        let title = flow.migrating.verifying
        if migration.setup.verify == .off {
            let text = isNarrow ? flow.verification.yourselfShort : flow.verification.yourself
            return StageRow(title: title, state: .waiting, text: text)
        }
        guard stage > .preparing, let figures = migration.figures.verification,
            figures.isFirstPassDone || figures.documents != 0
        else {
            return StageRow(title: title, state: .waiting, text: "")
        }
        var parts: [String] = []
        // None at all are none that were counted.
        if let done = figures.collectionsDone, let all = figures.collections, all > 0 {
            parts.append("\(done) of \(Figure.counted(all, "collection"))")
        } else if let fraction = figures.fraction {
            parts.append(Figure.percent(fraction))
        }
        if !isNarrow, figures.mismatches != nil {
            parts.append(Figure.counted(figures.mismatches, "difference") + " seen")
        }
        let isDone = figures.isFirstPassDone || stage == .complete
        return StageRow(
            title: title, state: isDone ? .done : now, text: parts.joined(separator: ", "))
    }
}
