import BSON
import Migration

/// Decides what is said about a migration, moment by moment. Pure: whoever drives it asks at most
/// once a second.
struct Narrator: Sendable {
    enum Style: Sendable {
        /// One line that is rewritten.
        case terminal
        /// A line only when something has changed.
        case plain
        case json
    }

    enum Line: Hashable, Sendable {
        /// Replaces the one before it.
        case status(String)
        /// Stays.
        case lasting(String)
    }

    /// How the operator can answer.
    struct Prompts: Sendable {
        /// Asks for the cutover; nil when it needs no asking.
        var cutover: String?
        var resume: String
    }

    /// What a plain line is for: while this stays the same, nothing has changed.
    fileprivate struct Content: Hashable {
        var phase: Phase
        var figures: [Int]
        var lag: String?
        var writes: [SeenWrites.Write]?
        var message: String
    }

    private let style: Style
    private let prompts: Prompts
    private var text = ProgressText()
    private var shown: Content?
    private var lastPrompt: String?

    init(style: Style, prompts: Prompts) {
        self.style = style
        self.prompts = prompts
    }

    /// `seconds` on a monotonic clock, `time` in milliseconds since 1970.
    /// `log`: what has happened since the last time.
    mutating func narrate(
        _ progress: MigrationProgress, log: [LogEntry] = [], at seconds: Double, time: Int64
    ) -> [Line] {
        let line = text.line(progress, at: seconds)
        let prompt = prompt(for: progress)
        let isNews = prompt != nil && prompt != lastPrompt
        lastPrompt = prompt
        switch style {
        case .terminal:
            return Narrator.lines(log).map(Line.lasting) + (isNews ? [.lasting(prompt ?? "")] : [])
                + [.status(line)]
        case .plain:
            // One line each time, and what happened is worth more than a figure.
            let news = log.map(\.text) + (isNews ? [prompt ?? ""] : [])
            if !news.isEmpty {
                return [.lasting("\(Units.time(time)) \(printable(news.joined(separator: "; ")))")]
            }
            let content = Content(progress)
            defer { shown = content }
            return content == shown ? [] : [.lasting("\(Units.time(time)) \(printable(line))")]
        case .json:
            var told = progress
            if let prompt { told.message = prompt }
            return [.lasting(told.document(at: time).json)]
        }
    }

    private func pause(_ reason: String) -> String {
        guard !reason.isEmpty else { return "Paused. \(prompts.resume)" }
        return "Paused: \(printable(reason))\(reason.hasSuffix(".") ? "" : ".") \(prompts.resume)"
    }

    /// What happened, a line each.
    static func lines(_ log: [LogEntry]) -> [String] {
        log.map { "\(Units.time($0.time)) \(printable($0.text))" }
    }

    private func prompt(for progress: MigrationProgress) -> String? {
        switch progress.phase {
        case .inSync where progress.isReady: prompts.cutover
        case .paused: pause(progress.message)
        default: nil
        }
    }
}

extension Narrator.Content {
    init(_ progress: MigrationProgress) {
        phase = progress.phase
        figures = [
            progress.bytesCopied, progress.documentsCopied, progress.eventsApplied,
            progress.backlog,
        ]
        lag = progress.lagSeconds.map { Units.duration($0) }
        writes = progress.phase == .inSync ? progress.recentWrites : nil
        message = progress.message
    }
}
