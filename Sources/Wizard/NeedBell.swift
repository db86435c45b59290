internal import ControlAPI
internal import Terminal

/// Something that waits for somebody's decision.
struct Need: Sendable, Hashable, Codable {
    enum Kind: Sendable, Hashable, Codable {
        /// It can be cut over.
        case cutover
        /// By an error, not by somebody.
        case paused
        case failed
        /// It has failed, and so has its ending.
        case notCancelled
        case expired
        /// A cutover that takes too long.
        case longCutover
        /// Less than so many hours of oplog headroom are left.
        case headroom(Int)
        /// Less than so much is left to cut over.
        case little(Duration)
        /// Another wizard asks for the wheel.
        case wheel
        /// Nothing is heard of the agent that runs it.
        case lostAgent
    }

    var migration: Identifier
    var kind: Kind
}

extension World {
    /// Everything that waits for a decision, of all migrations, and whether that can be taken here and now: what cannot for
    /// a moment is the same decision afterwards.
    var needs: [Need: Bool] {
        var needs: [Need: Bool] = [:]
        for live in snapshot?.migrations ?? [] {
            let isOthers = live.driver.map { $0.wizard != me.wizard && !$0.isSilent }
            if !live.phase.isFinal, let silence {
                // Whoever had the wheel knows no more than anybody else.
                needs[Need(migration: live.id, kind: .lostAgent)] = silence >= Tuning.lostAgent
            }
            for (kind, isDue) in kinds(live) {
                needs[Need(migration: live.id, kind: kind)] = isDue && isOthers != true
            }
        }
        return needs
    }

    private func kinds(_ live: LiveMigration) -> [(Need.Kind, isDue: Bool)] {
        switch live.phase {
        case .failed where live.cancellation?.error != nil:
            return [(.failed, true), (.notCancelled, true)]
        case .failed: return [(.failed, true)]
        case .expired: return [(.expired, true)]
        case .complete, .cancelled: return []
        default: break
        }
        var kinds: [(Need.Kind, isDue: Bool)] = []
        if live.phase == .inSync { kinds.append((.cutover, live.cutover.isReady)) }
        if live.phase == .paused, live.error != nil { kinds.append((.paused, true)) }
        if let now = agentNow, live.isCutoverLong(at: now) { kinds.append((.longCutover, true)) }
        // Until it is well above, it is the same that was rung for.
        for hours in Attention.headroomHours where live.isHeadroomBelow(hours: 2 * hours) {
            kinds.append((.headroom(hours), live.isHeadroomBelow(hours: hours)))
        }
        if requests[live.id]?.isNoticed == false { kinds.append((.wheel, true)) }
        // A cutover that has begun does not expire.
        if live.phase != .finalizing, !live.isPastPointOfNoReturn, let left = timeLeft(live) {
            for mark in flow(of: live).timer.marks where left <= mark + Tuning.markWidth {
                kinds.append((.little(mark), left <= mark && !live.isCutoverInDoubt))
            }
        }
        return kinds
    }
}

/// Rings once for each new need, and for a cutover again every hour, until a key is pressed.
struct NeedBell: Sendable, Equatable, Codable {
    private enum State: Sendable, Equatable, Codable {
        case waiting, answered
        case rung(at: Duration)
    }

    private var states: [Need: State] = [:]

    /// What it rings for now, the most pressing first. `isOpening`: whoever opens the wizard sees what there is, and is
    /// not rung for.
    mutating func update(_ world: World, isOpening: Bool) -> [Need] {
        let needs = world.needs
        states = states.filter { needs[$0.key] != nil }
        var rung: [Need] = []
        for (need, isDue) in needs {
            switch states[need] ?? .waiting {
            case .answered: continue
            case .rung(let at):
                let speed = world.migration(need.migration)?.cutover.speed ?? 1
                guard isDue, need.kind == .cutover,
                    !world.moment.isWithin(Tuning.bellInterval / speed, of: at)
                else { continue }
            case .waiting:
                guard isDue, !isOpening else {
                    states[need] = isDue ? .answered : .waiting
                    continue
                }
            }
            states[need] = .rung(at: world.moment.uptime)
            rung.append(need)
        }
        return world.inOrder(rung)
    }

    /// Whether it has rung for it and no key was pressed since.
    func isUnanswered(_ need: Need) -> Bool {
        if case .rung = states[need] { true } else { false }
    }

    /// A key was pressed.
    mutating func answer() {
        for (need, state) in states { if case .rung = state { states[need] = .answered } }
    }
}
