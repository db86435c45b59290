internal import ControlAPI
internal import Terminal

/// Another wizard has asked for the wheel that this one has.
struct WheelRequest: Sendable, Equatable, Codable {
    /// By the agent's clock; tells requests apart.
    var askedAt: Int64?
    /// When it was seen here, or the first of those that were not noticed.
    var seenAt: Duration
    /// Whether a key was pressed here since.
    var isNoticed = false
    /// Whether it was refused here.
    var isRefused = false
}

extension World {
    /// Takes in who asks for the wheel.
    mutating func noteRequests(_ event: Event) {
        switch event.change {
        case .migration(let live): noteRequest(live)
        case .snapshot(let snapshot): for live in snapshot.migrations { noteRequest(live) }
        default: break
        }
    }

    private mutating func noteRequest(_ live: LiveMigration) {
        let known = requests[live.id]
        guard let driver = live.driver, driver.wizard == me.wizard else {
            requests[live.id] = nil
            return
        }
        guard driver.wantedBy != nil else {
            // Where nobody has noticed it nobody is here, also when it is not meant any more.
            if known?.isNoticed == true { requests[live.id] = nil }
            return
        }
        if known?.isNoticed == false {
            requests[live.id]?.askedAt = driver.wantedAt
        } else if known == nil || known?.askedAt != driver.wantedAt {
            requests[live.id] = WheelRequest(askedAt: driver.wantedAt, seenAt: moment.uptime)
        }
    }

    /// A key was pressed: somebody is here.
    mutating func noteKey() {
        for id in requests.keys { requests[id]?.isNoticed = true }
    }

    /// Whether the wheel was asked for and nobody is here to answer: it is not held any longer then.
    func isUnattended(_ migration: Identifier) -> Bool {
        guard let request = requests[migration], !request.isNoticed else { return false }
        return !moment.isWithin(Tuning.attention, of: request.seenAt)
    }
}
