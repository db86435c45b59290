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

    /// Ends with the recording, with q, Esc or Ctrl-C, or with a signal, and leaves the terminal as it was. Throws a
    /// `UsageError` where the terminal has no screen, or is or becomes too small.
    func show(in surroundings: Surroundings) async throws -> ExitStatus {
        var found = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &found) == 0 else {
            throw UsageError("--replay needs a terminal")
        }
        let term = getenv("TERM").map { String(cString: $0) } ?? ""
        guard !term.isEmpty, term != "dumb" else {
            throw UsageError(
                "--replay needs a terminal with a screen, and TERM says that this one has none; "
                    + "if it has one, set TERM to its name, such as TERM=xterm")
        }
        guard found.ws_col >= size.columns, found.ws_row >= size.rows else {
            throw tooSmall(Size(Int(found.ws_col), Int(found.ws_row)))
        }
        await surroundings.signals.handOver()
        let player = Player(frames, size: size, longestPause: Tuning.longestPause)
        switch try await player.play() {
        case .played, .terminated: break
        case .left(let seconds, let all):
            surroundings.console.say(
                "The recording was left at \(Self.time(seconds)) of \(Self.time(all)).")
        case .tooSmall(let size): throw tooSmall(size)
        }
        return .done
    }

    private func tooSmall(_ found: Size) -> UsageError {
        UsageError(
            "--replay needs \(size.columns)x\(size.rows), this terminal is \(found.columns)x\(found.rows)"
        )
    }

    /// `1:05`
    private static func time(_ seconds: Int) -> String {
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
