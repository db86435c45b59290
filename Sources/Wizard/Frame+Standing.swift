internal import ControlAPI
internal import Terminal

extension Frame {
    /// Where the foremost migration stands, in a line; nil where none goes on. It is of weight when its phase changes,
    /// and when the copy, the lag or the time that is left pass a mark.
    var standing: PlainView.Standing? {
        guard let live = model.foremost, !live.phase.isFinal else { return nil }
        let world = model.world
        let parts = live.standing(isSilent: world.silence != nil)
        let timer = world.flow(of: live).timer
        let left = world.timeLeft(live)
        let text =
            [Times.time(world.moment.wall) + "Z", "\(live.sourceName) to \(live.destinationName):"]
            + parts + [left.map { "\(Countdown.text($0)) \(timer.left)" }].compactMap(\.self)
        let lag = live.figures.lagSeconds
        let marks = [
            live.copiedFraction.map { Int($0 * 10) },
            lag.map { lag in Tuning.lagMarks.count { Double($0) <= lag } },
            left.map { left in timer.marks.count { left <= $0 } },
        ]
        return .init(
            text.joined(separator: "  "),
            mark: parts[0] + marks.map { $0.map { " \($0)" } ?? " -" }.joined())
    }
}
