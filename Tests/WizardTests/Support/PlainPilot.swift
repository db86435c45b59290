import Terminal
import Testing

@testable import Wizard

/// Reads the whole wizard line by line and answers it, as somebody does who sees no screen.
struct PlainPilot {
    private(set) var wizard: WizardPilot
    private var talk = PlainTalk(hasScreen: true)
    private var rung = 0
    /// All that was read out, and what was typed behind the questions.
    private(set) var session: [String] = []
    /// What was read since the last line that was typed, or `listen`.
    private(set) var heard: [String] = []

    init(_ wizard: WizardPilot) {
        self.wizard = wizard
        self.wizard.resize(Terminal.Tuning.plainSize.columns, Terminal.Tuning.plainSize.rows)
        self.wizard.happen(.line)
        watch()
    }

    var view: PlainView { Frame(wizard.pilot.model).plain }
    var text: String { session.joined(separator: "\n") }

    /// The number that was read last before what begins so, on this page rather than on others; nil where none was.
    func number(of text: String) -> Int? {
        let page = session.lastIndex(of: "") ?? 0
        return [session[page...], session[...]].lazy.flatMap { lines in
            [true, false].lazy.compactMap { isWhole in
                lines.reversed().lazy.compactMap { Self.number(text, in: $0, isWhole) }.first
            }
        }.first
    }

    private static func number(_ text: String, in line: String, _ isWhole: Bool) -> Int? {
        guard let dot = line.firstIndex(of: "."), let number = Int(line[..<dot]) else { return nil }
        var words = line[dot...].dropFirst(2)
        if words.hasPrefix("current: ") { words = words.dropFirst(9) }
        return (isWhole ? words == text : words.hasPrefix(text)) ? number : nil
    }

    /// Types a line; says what the program wishes that the terminal does.
    @discardableResult
    mutating func type(_ line: String) -> PlainTalk.Wish {
        session.append(talk.prompt + (talk.isSecret ? "" : line))
        heard = []
        wizard.happen(.line)
        let (said, wish) = talk.take(line, view)
        read(said)
        switch wish {
        case .press(let keys):
            for key in keys { wizard.press(key) }
            read(talk.answer(view, at: wizard.pilot.moment.uptime))
        case .leave:
            wizard.happen(.leave)
            if !wizard.pilot.hasExited {
                read(talk.answer(view, at: wizard.pilot.moment.uptime))
            }
        case .nothing, .screen: break
        }
        return wish
    }

    /// Types the number of what begins so.
    mutating func choose(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let number = number(of: text) else {
            Issue.record("no number for \(text):\n\(self.text)", sourceLocation: sourceLocation)
            return
        }
        type("\(number)")
    }

    mutating func fillIn(_ field: String, _ value: String) {
        choose(field)
        type(value)
    }

    mutating func advance(by seconds: Int) {
        for _ in 0..<seconds {
            wizard.advance(by: 1)
            watch()
        }
    }

    mutating func listen() { heard = [] }

    /// Something happens outside.
    mutating func outside(_ body: (inout WizardPilot) -> Void) {
        body(&wizard)
        watch()
    }

    private mutating func watch() {
        let bells = wizard.requests.count { $0 == .bell }
        if bells > rung { read(talk.alert(view, at: wizard.pilot.moment.uptime)) }
        rung = bells
        read(talk.watch(view, at: wizard.pilot.moment.uptime))
    }

    private mutating func read(_ lines: [String]) {
        session += lines
        heard += lines
    }
}

/// A failure shows what was read.
extension PlainPilot: CustomTestStringConvertible {
    var testDescription: String { text }
}
