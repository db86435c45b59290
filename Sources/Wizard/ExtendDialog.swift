internal import ControlAPI
internal import Terminal

/// *Extend Sync*: more time to cut over, wherever that time is shown.
enum ExtendDialog {
    /// Of a migration whose time runs; the focus is on the way on, which stops nothing.
    static func modal(_ live: LiveMigration, _ timer: Flow.Timer) -> Modal {
        Modal(
            timer.extend, newEnd(live, timer), buttons: [Button("Back"), Button(timer.extend)],
            focused: 1, escape: 0)
    }

    /// The end that there is, and the one that there would be.
    static func newEnd(_ live: LiveMigration, _ timer: Flow.Timer) -> [Run] {
        let end = live.cutover.deadlineAt
        let new = end.map { $0 + Int64(timer.extensionHours) * 3_600_000 / live.cutover.speed }
        func text(_ end: Int64?) -> String {
            end.map { Times.deadline($0, of: live) } ?? Figure.unknown
        }
        return [
            Run(Flow.fill(timer.extending, ["hours": "\(timer.extensionHours)"]) + "\n\n"),
            Run("Ends now   ", .label), Run(text(end) + "\n"),
            Run("New end    ", .label), Run(text(new), .accent),
        ]
    }

    /// Why there is nothing to extend; nil where there is, also while the cutover itself is not possible.
    static func obstacle(_ live: LiveMigration) -> String? {
        switch live.phase {
        case .preparing, .finalizing, .complete, .failed, .cancelled, .expired:
            return Words.phase(live)
        case .copying, .indexing, .catchingUp, .inSync, .paused:
            return live.cutover.deadlineAt == nil ? "It was not in sync yet." : nil
        }
    }
}
