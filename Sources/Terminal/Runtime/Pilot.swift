/// Runs a program without a terminal, under a clock that stands still until it is told to go. Every call returns when
/// the program is idle: nothing queued, and nothing due at this time.
package struct Pilot<P: Program> {
    /// What the world outside answers to an effect: a message, after some time.
    package struct Reply: Sendable {
        package var delay: Duration
        package var message: P.Message

        package init(_ message: P.Message, after delay: Duration = .zero) {
            self.delay = delay
            self.message = message
        }
    }

    package private(set) var model: P.Model
    package private(set) var size: Size
    package private(set) var moment: Moment
    /// The effects performed outside so far, and what was asked of the terminal.
    package private(set) var effects: [P.Effect] = []
    package private(set) var requests: [TerminalRequest] = []
    package private(set) var hasExited = false
    private let glyphs: Glyphs
    private let perform: (P.Effect, Moment) -> [Reply]
    private var queue: [P.Message] = []
    private var unhandled = KeyBatch()
    private var due: [(time: Duration, message: P.Message)] = []

    /// Starts the program. `wall` is what its clocks show at first; `perform` answers its effects.
    package init(
        _ type: P.Type = P.self, model: P.Model, size: Size = Size(80, 24),
        glyphs: Glyphs = .unicode, wall: Int64 = 0,
        perform: @escaping (P.Effect, Moment) -> [Reply] = { _, _ in [] }
    ) {
        self.model = model
        self.size = size
        self.glyphs = glyphs
        self.perform = perform
        moment = Moment(uptime: .zero, wall: wall)
        happen(.start(size))
    }

    package mutating func press(_ keys: Key...) { for key in keys { happen(.key(key)) } }

    package mutating func type(_ text: String) {
        for character in text { happen(.key(.character(character))) }
    }

    /// Bytes that come in one read.
    package mutating func read(_ bytes: String) {
        var decoder = KeyDecoder()
        unhandled = KeyBatch(decoder.keys(bytes.utf8, at: .zero))
        let shown = canvas
        var isDirty = false
        while let key = unhandled.next(toType: P.textToType(model)) {
            if case .mouse(let mouse) = key {
                if mouse.act != .click || !isDirty { unhandled.putBack(shown.keys(for: mouse)) }
            } else {
                isDirty = true
                happen(.key(key))
            }
        }
    }

    /// Clicks on the first place that shows the text; false when none does.
    package mutating func click(_ text: String) -> Bool {
        for (row, line) in lines.enumerated() {
            guard let found = line.firstRange(of: text) else { continue }
            let column = Width.of(String(line[..<found.lowerBound]))
            read("\u{1b}[<0;\(column + 1);\(row + 1)M\u{1b}[<0;\(column + 1);\(row + 1)m")
            return true
        }
        return false
    }

    package mutating func paste(_ text: String) { happen(.key(.paste(text))) }

    package mutating func resize(_ size: Size) {
        self.size = size
        happen(.resize(size))
    }

    package mutating func happen(_ event: TerminalEvent) {
        guard !hasExited else { return }
        if let message = P.message(for: event, at: moment) { queue.append(message) }
        settle()
    }

    package mutating func send(_ message: P.Message) {
        guard !hasExited else { return }
        queue.append(message)
        settle()
    }

    /// Lets time pass; ticks and replies come at their own times, in order.
    package mutating func advance(by duration: Duration) {
        let end = moment.uptime + duration
        while !hasExited, let time = nextTime, time <= end {
            set(max(time, moment.uptime))
            settle()
        }
        set(end)
    }

    /// When something will happen by itself; nil when nothing will.
    package var nextTime: Duration? {
        ([P.nextTick(model)] + due.map { $0.time }).compactMap { $0 }.min()
    }

    /// Replies that have not come yet.
    package var pendingReplies: Int { due.count }

    package var canvas: Canvas {
        var canvas = Canvas(size, glyphs: glyphs)
        P.view(model, on: &canvas)
        return canvas
    }

    package var lines: [String] { canvas.lines }

    /// The screen as text, a line per row.
    package var screen: String { lines.joined(separator: "\n") }

    private mutating func set(_ uptime: Duration) {
        let passed = (uptime - moment.uptime).components
        moment.wall += passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000
        moment.uptime = uptime
    }

    private mutating func settle() {
        for _ in 0..<Tuning.pilotSteps {
            if hasExited { return }
            if !queue.isEmpty {
                reduce(queue.removeFirst())
            } else if let index = due.firstIndex(where: { $0.time <= moment.uptime }) {
                reduce(due.remove(at: index).message)
            } else if let tick = P.nextTick(model), tick <= moment.uptime,
                let message = P.message(for: .tick, at: moment)
            {
                reduce(message)
            } else {
                return
            }
        }
        fatalError("The program never comes to rest")
    }

    private mutating func reduce(_ message: P.Message) {
        for effect in P.reduce(&model, message) {
            if let request = P.request(for: effect) {
                requests.append(request)
                if request == .exit { hasExited = true }
                if request == .discardTypeAhead { unhandled.discard() }
            } else {
                effects.append(effect)
                for reply in perform(effect, moment) {
                    let time = moment.uptime + reply.delay
                    // Behind those of the same time.
                    let index = due.firstIndex { $0.time > time } ?? due.count
                    due.insert((time, reply.message), at: index)
                }
            }
        }
    }
}
