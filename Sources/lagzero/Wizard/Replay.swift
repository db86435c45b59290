import Foundation
import Glibc
import Terminal

/// Shows a recording on the terminal, at its own pace; where nothing happened for long, that is cut short.
struct Replay {
    struct Head: Decodable {
        var version: Int
        var width: Int
        var height: Int
    }

    /// What was shown when, in seconds since the beginning.
    let frames: [(time: Double, content: String)]
    /// As wide as the widest of them, and as high as the highest.
    let size: Size

    /// Throws a `UsageError` where it is no recording. One that breaks off is shown as far as it goes.
    init(path: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw UsageError("--replay \(path): \(error.localizedDescription)")
        }
        let lines = text.split(separator: "\n")
        guard let head = lines.first.flatMap({ try? Self.decode(Head.self, $0) }),
            head.version == 2
        else { throw UsageError("--replay \(path): it is no recording (asciicast 2)") }
        let events = lines.dropFirst().compactMap { try? Self.decode(Event.self, $0) }
        frames = events.filter { $0.kind == "o" }.map { ($0.time, $0.content) }
        let sizes = [Size(head.width, head.height)] + events.compactMap(\.size)
        size = Size(sizes.map(\.columns).max() ?? 0, sizes.map(\.rows).max() ?? 0)
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ line: Substring
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(line.utf8))
    }

    /// `[1.5, "o", "text"]`
    private struct Event: Decodable {
        var time: Double
        var kind: String
        var content: String

        /// `[1.5, "r", "100x30"]`
        var size: Size? {
            guard kind == "r", let parts = content.wholeMatch(of: /(\d+)x(\d+)/),
                let columns = Int(parts.1), let rows = Int(parts.2)
            else { return nil }
            return Size(columns, rows)
        }

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            time = try values.decode(Double.self)
            kind = try values.decode(String.self)
            content = try values.decode(String.self)
        }
    }

    /// Ends with the recording or with a signal, and leaves the terminal as it was. Throws a `UsageError` where the
    /// terminal is too small.
    func show(_ signals: Signals) async throws -> ExitStatus {
        var found = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &found) == 0 else {
            throw UsageError("--replay needs a terminal")
        }
        guard found.ws_col >= size.columns, found.ws_row >= size.rows else {
            throw UsageError(
                "--replay needs \(size.columns)x\(size.rows), this terminal is \(found.ws_col)x\(found.ws_row)"
            )
        }
        let playing = Task {
            var last = 0.0
            for frame in frames {
                let pause = min(max(0, frame.time - last), Tuning.longestPause)
                try await Task.sleep(for: .seconds(pause))
                last = frame.time
                writeAll(frame.content, to: STDOUT_FILENO)
            }
            try await Task.sleep(for: .seconds(Tuning.longestPause))
        }
        signals.handle { number in if Signals.stopping.contains(number) { playing.cancel() } }
        let echo = hideKeys()
        _ = try? await playing.value
        // Its own screen, its colours, its cursor.
        writeAll("\u{1b}[?1049l\u{1b}[m\u{1b}[?25h", to: STDOUT_FILENO)
        if var echo { tcsetattr(STDIN_FILENO, TCSAFLUSH, &echo) }
        return playing.isCancelled ? .interrupted : .done
    }

    /// Keys are not shown; returns what the terminal was set to.
    private func hideKeys() -> termios? {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let found = settings
        settings.c_lflag &= ~UInt32(ECHO | ICANON)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        return found
    }
}
