internal import ControlAPI
internal import Migration

extension EarlierMigration {
    /// The row of the validation that tells of it.
    static let check = "earlierMigration"

    /// Of a destination past the point of no return.
    fileprivate static let cutOver =
        "it accepts writes already; the end of its cutover is left to be done"
    /// Of one before it. Whether somebody is at it is not known here.
    fileprivate static let inCutover = "it holds a migration whose cutover is not finished"

    /// What was found on a destination, in the words of the wire; `here` is this process.
    init(_ found: FoundMigration, here: Lease.Owner) {
        self.init(startedAt: found.startedAt)
        include = found.include
        exclude = found.exclude
        isPastPointOfNoReturn = found.isPastPointOfNoReturn
        isInCutover = found.isInCutover
        holder = found.holder.map { "process \($0.process) on \($0.host)" }
        refusal = found.obstacle.map { ControlError($0, here: here) }
    }
}

extension ControlError {
    /// Why a migration that was found cannot go on.
    init(_ obstacle: FoundMigration.Obstacle, here: Lease.Owner) {
        let anew = "clear the destination to begin anew"
        switch obstacle {
        case .complete:
            self.init(
                .wrongPhase, "the migration that it holds is complete",
                remedy: "point your application at it, or \(anew)")
        case .cancelled:
            self.init(.wrongPhase, "the migration that it holds was cancelled", remedy: anew)
        case .unknownSource:
            self.init(
                .conflict, "the migration that it holds does not say what its source is",
                remedy: anew)
        case .otherSource(let source):
            self.init(
                .conflict, "the migration that it holds is from another source, \(source)",
                remedy: "choose that source, or \(anew)")
        case .silentSource:
            self.init(
                .conflict, "\(EarlierMigration.cutOver), and the source does not answer",
                remedy: "finish it without the source, with lagzero migrate --resume")
        case .running(here.process):
            self.init(
                .conflict, "this agent runs the migration that it holds",
                remedy: "open it on the Migration Hub")
        case .running(let process):
            self.init(
                .conflict, "process \(process) on this host runs the migration that it holds",
                remedy: "follow it there, or stop that process first")
        }
    }
}

extension ValidationRow {
    /// The answer about an earlier migration, in the words of somebody who has no command line before him.
    func about(_ earlier: EarlierMigration?, in setup: MigrationSetup) -> ValidationRow {
        var row = self
        if setup.clear { return row }
        if let refusal = earlier?.refusal {
            row.state = .failure
            row.isBlocking = true
            (row.seen, row.remedy) = (refusal.message, refusal.remedy.map(Self.sentence))
        } else if let earlier,
            earlier.isInCutover == true || earlier.isPastPointOfNoReturn == true
        {
            let isPast = earlier.isPastPointOfNoReturn == true
            row.seen = isPast ? EarlierMigration.cutOver : EarlierMigration.inCutover
            row.remedy = setup.resumes ? nil : "Go on with the migration that it holds."
            if setup.resumes, earlier.isInCutover == true {
                row.state = .warning
                row.seen += "; nothing else was checked"
            }
        } else if earlier != nil, setup.resumes {
            row.seen = "it goes on where it stopped"
        } else if earlier != nil {
            row.seen = "a migration from this source that is not finished"
            row.remedy = "Go on with it, or go back and clear the destination to begin anew."
        } else if setup.resumes, state == .failure {
            row.seen = "it holds no migration"
            row.remedy = "Validate again to begin a new one."
        }
        return row
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}
