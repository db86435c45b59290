import Foundation
import Terminal
import TerminalEmulator
import Testing

@testable import lagzero

/// The recording of a whole cutover that the README names. `LAGZERO_SCREENSHOTS=1` writes it; otherwise it is played and
/// compared with one that was just made: what is stale fails.
struct StoredRecording {
    /// A page of the way, known by a text that no page before it has.
    struct Mark {
        var text: String
        /// Whether all of the page is to be the same, but for figures; of others only its title and the steps above it are.
        var isStill = false
    }

    private static let file = URL(filePath: #filePath)
        .appending(components: "..", "..", "..", "screenshots-text", "cutover.cast").standardized
    private static let isWriting = ProcessInfo.processInfo.environment["LAGZERO_SCREENSHOTS"] == "1"

    /// `new`: the path of the recording that was just made.
    static func expect(_ new: String, _ marks: [Mark]) throws {
        let stored = file.path(percentEncoded: false)
        if isWriting {
            let bytes = try Data(contentsOf: URL(filePath: new))
            #expect(bytes.count < 300_000)
            return try bytes.write(to: file)
        }
        guard FileManager.default.fileExists(atPath: stored) else {
            Issue.record("cutover.cast is missing: make screenshots")
            return
        }
        let before = try Screens(of: stored).pages(marks)
        let now = try Screens(of: new).pages(marks)
        for (index, mark) in marks.enumerated() {
            // What the flow itself waits for is in a recording of it.
            let page = try #require(now[index], "\(mark.text)")
            #expect(
                before[index] == page, "cutover.cast is stale at \(mark.text): make screenshots")
        }
    }

    /// A recording as it is seen, frame by frame.
    private struct Screens {
        private var frames: [[String]] = []

        init(of path: String) throws {
            let replay = try Replay(path: path)
            var emulator = Emulator(replay.size)
            for frame in replay.frames {
                emulator.feed(Array(frame.content.utf8))
                frames.append(emulator.lines)
            }
        }

        /// Of each mark the page as it was last before the next one; nil for what is not shown after what is before it.
        func pages(_ marks: [Mark]) -> [[String]?] {
            var first = 0
            let starts = marks.map { mark -> Int? in
                let found = frames[first...].firstIndex { lines in
                    lines.contains { $0.contains(mark.text) }
                }
                first = found ?? first
                return found
            }
            return marks.indices.map { index in
                guard let start = starts[index] else { return nil }
                let next = starts[(index + 1)...].lazy.compactMap(\.self).first
                let last = next.map { max(start, $0 - 1) } ?? start
                return Self.lasting(frames[last], marks[index].isStill)
            }
        }

        /// Without clocks and figures, what was said, and the keys, which follow the focus.
        private static func lasting(_ lines: [String], _ isStill: Bool) -> [String] {
            let title = String(lines[0].prefix(40))
            let rest = isStill ? lines.dropFirst().dropLast(2) : lines[1..<2]
            return ([title] + rest).map { line in
                line.replacing(/[0-9]+([.,:][0-9]+)*/, with: "0")
                    .replacing(/0 (B|kB|MB|GB|s|m|h)\b/, with: "0")
                    .replacing(/0(\ 0)+/, with: "0").replacing(/\ {2,}/, with: "  ")
            }
        }
    }
}
