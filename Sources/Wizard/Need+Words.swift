internal import ControlAPI
internal import Terminal

extension Frame {
    /// What the bell rang for last, in words; nil where it never did.
    var alert: String? {
        guard let first = model.rung.first, let live = model.world.migration(first.migration) else {
            return nil
        }
        let others = model.rung.count - 1
        let more = others > 0 ? "; and \(others) more" : ""
        let words = first.kind.words(model.world.flow(of: live))
        return "\(live.sourceName) to \(live.destinationName): \(words)\(more)"
    }
}

extension World {
    /// The most pressing first; of the same kind that of the newest migration.
    func inOrder(_ needs: [Need]) -> [Need] {
        let migrations = snapshot?.migrations ?? []
        func place(_ need: Need) -> Int {
            migrations.lastIndex { $0.id == need.migration } ?? -1
        }
        return needs.sorted {
            ($0.kind.rank, -place($0)) < ($1.kind.rank, -place($1))
        }
    }
}

extension Need.Kind {
    /// Lower where more is lost by waiting.
    fileprivate var rank: Int {
        switch self {
        case .failed: 0
        case .notCancelled: 1
        case .expired: 2
        case .longCutover: 3
        case .paused: 4
        case .lostAgent: 5
        case .headroom: 6
        case .little: 7
        case .cutover: 8
        case .wheel: 9
        }
    }

    func words(_ flow: Flow) -> String {
        switch self {
        case .cutover: flow.migrating.isReady
        case .paused: "paused by an error"
        case .failed: "failed"
        case .notCancelled: "failed, and could not be cancelled"
        case .expired: "the time to cut over has run out"
        case .longCutover: "the cutover takes too long"
        case .headroom(let hours): "less than \(hours) h of oplog headroom left"
        case .little(let time): "less than \(Countdown.text(time)) \(flow.timer.left)"
        case .wheel: "another wizard asks for the wheel"
        case .lostAgent: "no news from the agent"
        }
    }
}
