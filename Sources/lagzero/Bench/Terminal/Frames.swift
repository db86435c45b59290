import TerminalEmulator

extension Sequence<PseudoTerminal.Arrival> {
    /// Bytes of each frame: what comes within some milliseconds is of one.
    var frames: [Double] {
        var frames: [Double] = []
        var last: ContinuousClock.Instant?
        for arrival in self {
            if let last, arrival.time - last < Tuning.benchFrameGap {
                frames[frames.count - 1] += Double(arrival.bytes)
            } else {
                frames.append(Double(arrival.bytes))
            }
            last = arrival.time
        }
        return frames
    }
}

extension PseudoTerminal {
    /// Reads until just after the program has shown something by itself, or does not for a while.
    func listenForTick() {
        let before = arrivals.count
        let deadline = ContinuousClock.now + Tuning.benchTick
        while arrivals.count == before, ContinuousClock.now < deadline {
            listen(for: .milliseconds(1))
        }
    }
}
