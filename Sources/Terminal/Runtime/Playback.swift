/// What of a recording is to be shown when. A pure value: times go in.
struct Playback {
    /// What a recording may show its pages on beside the screen that it finds.
    private static let modes = ["?1049", "?1047", "?47"]

    private let frames: [(due: Duration, content: [UInt8])]
    /// How many have been shown.
    private var count = 0
    /// When it is over.
    let end: Duration
    /// The other screen that is shown now; nil for the one that was found.
    private(set) var screen: String?

    /// `frames`: each with its time in seconds from the beginning. `longestPause`: seconds as well; where nothing happens
    /// for longer that is cut short.
    init(_ frames: [(time: Double, content: String)], longestPause: Double) {
        let isText = !frames.contains { $0.content.contains("\u{1b}") }
        var (last, due) = (0.0, 0.0)
        self.frames = frames.map { time, content in
            due += min(max(0, time - last), longestPause)
            last = time
            // Lines for a pipe: a terminal that is taken does not go to their beginning by itself.
            let shown =
                isText
                ? content.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n") : content
            return (.seconds(due), Array(shown.utf8))
        }
        end = .seconds(due + longestPause)
    }

    /// When there is something to do.
    var deadline: Duration { count < frames.count ? frames[count].due : end }

    /// What is due at this time and was not shown; empty where nothing is.
    mutating func take(at time: Duration) -> [UInt8] {
        var bytes: [UInt8] = []
        while count < frames.count, frames[count].due <= time {
            bytes += frames[count].content
            count += 1
        }
        note(bytes)
        return bytes
    }

    /// All that was shown, from the beginning.
    var shown: [UInt8] { frames[..<count].flatMap(\.content) }

    /// Its colours, its cursor, and its screen where one is shown.
    var leaving: [UInt8] {
        Array("\u{1b}[m\u{1b}[?25h\(screen.map { "\u{1b}[\($0)l" } ?? "")".utf8)
    }

    private mutating func note(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let switches = Self.modes.flatMap { mode in
            ["h", "l"].compactMap { end in
                text.ranges(of: "\u{1b}[\(mode)\(end)").last.map {
                    (at: $0.lowerBound, mode: end == "h" ? mode : nil)
                }
            }
        }
        if let last = switches.max(by: { $0.at < $1.at }) { screen = last.mode }
    }
}
