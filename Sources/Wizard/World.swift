package import ControlAPI
package import Terminal

/// What every screen can see: what the agent knows, and the time.
package struct World: Sendable, Equatable, Codable {
    /// Nil before the agent has answered for the first time.
    package var snapshot: Snapshot?
    package var moment = Moment(uptime: .zero, wall: 0)
    /// When the agent was heard last.
    package var heardAt: Duration?
    package var size = Size(80, 24)
    /// Number of the line that is being typed, where it is read and typed line by line; nil on a screen.
    var line: Int?
    /// Whether it is read line by line.
    var isPlain: Bool { line != nil }
    /// What changes by itself is shown every few seconds.
    var isLinkSlow = false
    /// What is left of it for the page.
    package var body = Size(80, 18)
    /// By migration.
    package var logs: [Identifier: EventLog] = [:]
    /// How often news of the agent was missed, and the logs forgotten for that.
    package var missed = 0
    /// Who this wizard is to the agent.
    package var me: Asker
    /// Nil where the program around the wizard adds nothing to it.
    package var host: Host?
    /// Opened to watch: nothing is asked of the agent but what it knows.
    package var isReadOnly = false
    var preferences = Preferences()
    /// Since when the agent's events are so old that its clock may have been set back; uptime.
    private var behindSince: Duration?
    /// For the wheels that this wizard has, by migration.
    var requests: [Identifier: WheelRequest] = [:]
    /// The ways to migrate, as the hub offers them; never empty.
    var flows = Flow.all

    package init(me: Asker) { self.me = me }

    func log(of id: Identifier) -> EventLog { logs[id] ?? EventLog() }

    package func migration(_ id: Identifier) -> LiveMigration? {
        snapshot?.migrations.last { $0.id == id }
    }

    package func cluster(_ id: Identifier?) -> Cluster? {
        snapshot?.clusters.first { $0.id == id }
    }

    package func validation(_ id: Identifier?) -> ValidationRun? {
        snapshot?.validations.last { $0.id == id }
    }

    /// What can be begun here, in the order of the hub.
    var offers: [Flow] { isReadOnly ? [] : flows }

    /// Always in sight, under the first line; nil where there is nothing to say.
    var band: String? { isReadOnly ? "WATCHING   nothing can be changed from here" : host?.band }

    /// How long nothing was heard from the agent; nil while that is usual.
    package var silence: Duration? {
        guard let heardAt else { return nil }
        let silence = moment.uptime - heardAt
        return silence >= Tuning.silence ? silence : nil
    }
}

extension World {
    /// What the agent says: it is alive, whatever it is.
    mutating func take(_ event: Event) {
        let clock = agentNow
        heardAt = moment.uptime
        if snapshot == nil {
            guard case .snapshot(let first) = event.change else { return }
            snapshot = first
        } else {
            snapshot?.apply(event)
            // What was not heard meanwhile is read; the agent may be another one, with other lines.
            if case .snapshot = event.change {
                logs = [:]
                missed += 1
            }
            if let clock, !isSetBack(clock, to: event.time) {
                snapshot?.time = max(clock, event.time)
            }
        }
        noteRequests(event)
        if case .log(let id, let line) = event.change { logs[id, default: EventLog()].add(line) }
    }

    /// Whether the agent's clock was set back. Events that have waited to be read say so, too, all at once: the clocks on
    /// the screen do not go back for that.
    private mutating func isSetBack(_ clock: Int64, to time: Int64) -> Bool {
        guard clock - time > Tuning.silence.milliseconds else {
            behindSince = nil
            return false
        }
        guard let since = behindSince, !moment.isWithin(Tuning.lateEvents, of: since) else {
            behindSince = behindSince ?? moment.uptime
            return false
        }
        behindSince = nil
        return true
    }
}
