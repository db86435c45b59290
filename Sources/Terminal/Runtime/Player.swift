internal import CTerminal
internal import Foundation

/// A recording on the terminal of this process, at its own pace.
package struct Player: Sendable {
    /// How it ended.
    package enum Ending: Sendable, Equatable {
        /// With the recording.
        case played
        /// By a key; seconds of how many had been shown.
        case left(at: Int, of: Int)
        /// By a signal, or as the terminal has gone.
        case terminated
        /// The terminal has become too small; its size now.
        case tooSmall(Size)
    }

    private let frames: [(time: Double, content: String)]
    private let size: Size
    private let longestPause: Double

    /// `frames`: each with its time in seconds from the beginning. `size`: what the terminal has to have. `longestPause`:
    /// seconds.
    package init(_ frames: [(time: Double, content: String)], size: Size, longestPause: Double) {
        (self.frames, self.size, self.longestPause) = (frames, size, longestPause)
    }

    /// Shows it to its end, or until q, Esc, Ctrl-C or a signal, then leaves the terminal as it was found. Nothing of the
    /// cooperative pool is blocked. While it runs the signals are its own, as with `TerminalRuntime`. Throws a
    /// `TerminalError` where there is no terminal.
    package func play() async throws -> Ending {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                cterminal_name_thread("terminal")
                continuation.resume(
                    with: Result {
                        let playback = Playback(frames, longestPause: longestPause)
                        let line = try TerminalLine(opening: "/dev/tty")
                        try line.enter()
                        defer { line.close() }
                        return PlayerLoop(playback, line, size).run()
                    })
            }
            thread.start()
        }
    }
}

/// Belongs to the thread that runs it.
private final class PlayerLoop {
    private var playback: Playback
    private let line: TerminalLine
    private let size: Size
    private var decoder = KeyDecoder()
    private var begun = ContinuousClock.now
    private var ending: Player.Ending?

    init(_ playback: Playback, _ line: TerminalLine, _ size: Size) {
        (self.playback, self.line, self.size) = (playback, line, size)
    }

    func run() -> Player.Ending {
        while true {
            if line.unsent.isEmpty { line.send(playback.take(at: uptime)) }
            if uptime >= playback.end, line.unsent.isEmpty { ending = ending ?? .played }
            if let ending {
                giveBack()
                return ending
            }
            wait()
        }
    }

    /// Without the time that the process was stopped.
    private var uptime: Duration { ContinuousClock.now - begun }

    private func wait() {
        let isWaitingToSend = !line.unsent.isEmpty
        let next = [decoder.deadline, isWaitingToSend ? nil : playback.deadline]
            .compactMap { $0 }.min()
        let seen = line.wait(
            -1, forOutput: isWaitingToSend, timeout: next.map { max(.zero, $0 - uptime) })
        if seen.output, !line.flush() { ending = .terminated }
        for signal in line.readSignals() { handle(signal) }
        if seen.input || seen.gone {
            guard let bytes = line.read(), !(bytes.isEmpty && seen.gone) else {
                return ending = .terminated
            }
            handle(decoder.keys(bytes, at: uptime))
        } else {
            handle(decoder.keys(at: uptime))
        }
    }

    private func handle(_ keys: [Key]) {
        for key in keys where ending == nil {
            switch key {
            case .character("q"), .escape, .control("c"): leave()
            case .control("z"): suspend()
            default: break
            }
        }
    }

    private func handle(_ signal: Int32) {
        switch signal {
        case SIGINT: leave()
        case SIGTERM, SIGHUP: ending = ending ?? .terminated
        case SIGTSTP: suspend()
        case SIGWINCH: showAgain()
        // Others had the terminal while the process was stopped.
        case SIGCONT:
            cterminal_raw()
            showAgain()
        default: break
        }
    }

    private func leave() {
        let seconds = min(uptime, playback.end).components.seconds
        ending = ending ?? .left(at: Int(seconds), of: Int(playback.end.components.seconds))
    }

    /// Gives the terminal back and stops the process; what was shown is there again when it goes on.
    private func suspend() {
        guard ending == nil else { return }
        let stopped = ContinuousClock.now
        giveBack()
        line.suspend()
        // The signal that woke the process up has been dealt with here.
        for signal in line.readSignals() where signal != SIGCONT && signal != SIGWINCH {
            handle(signal)
        }
        decoder.reset()
        begun += ContinuousClock.now - stopped
        showAgain(afterOthers: true)
    }

    /// At once, where the terminal is still large enough. Lines on the screen that was found are still there, unless others
    /// wrote to it.
    private func showAgain(afterOthers: Bool = false) {
        if let found = TerminalDevice.size(line.output),
            found.columns < size.columns || found.rows < size.rows
        {
            ending = ending ?? .tooSmall(found)
        } else if afterOthers || playback.screen != nil {
            line.send(playback.shown)
        }
    }

    /// For as long as the terminal takes what is still to be sent, but not for ever.
    private func giveBack() {
        line.send(playback.leaving)
        let end = ContinuousClock.now + Tuning.lastAnswer
        while !line.unsent.isEmpty, case let now = ContinuousClock.now, now < end {
            let seen = line.wait(-1, forInput: false, forOutput: true, timeout: end - now)
            if seen.gone || seen.output && !line.flush() { return }
            // It is leaving already.
            _ = line.readSignals()
        }
    }
}
