import Glibc
import TerminalEmulator
import Testing

@testable import Terminal

/// There is one curses screen at a time, so one test after another.
@Suite(.serialized) struct ScreenEncoderTests {
    private let size = Size(40, 12)

    init() { setenv("LC_ALL", "C.UTF-8", 1) }

    private func encoder(_ term: String, hasColours: Bool = true) throws -> ScreenEncoder {
        try ScreenEncoder(terms: [term], size: size, hasColours: hasColours, theme: .standard)
    }

    private func canvas(_ random: inout Xorshift) -> Canvas {
        let words = [
            "shop.orders", "漢字", "Grüße", "e\u{301}", "✔ done", "한국", "██████", "👍", "  ",
            "────────",
            "\u{1b}[2J", "\u{200b}", "नि", "a\u{302}\u{323}b",
        ]
        var canvas = Canvas(size)
        for _ in 0..<random.next(40) {
            let place = Point(random.next(size.columns + 4) - 2, random.next(size.rows))
            let style = Style(Role.allCases[random.next(Role.allCases.count)])
            if random.next(4) == 0 {
                canvas.fill(Rect(place.column, place.row, random.next(20), random.next(4)), style)
            } else {
                canvas.put(words[random.next(words.count)], at: place, style)
            }
        }
        if random.next(2) == 0 {
            canvas.showCursor(at: Point(random.next(size.columns), random.next(size.rows)))
        }
        return canvas
    }

    @Test(arguments: ["xterm-256color", "xterm", "tmux-256color", "screen", "linux", "vt100"])
    func theTerminalShowsWhatIsOnTheCanvas(term: String) throws {
        let encoder = try encoder(term)
        var emulator = Emulator(size)
        var random = Xorshift(state: 0x2545_f491_4f6c_dd1d)
        for step in 0..<300 {
            let canvas = canvas(&random)
            if step % 50 == 49 { encoder.repaint() }
            emulator.feed(encoder.frame(canvas))
            try #require(emulator.lines == canvas.lines, "\(step)")
            if let cursor = canvas.cursor { try #require(emulator.cursor == cursor) }
        }
        #expect(emulator.unknown.isEmpty)
    }

    @Test func aStyleEndsWithoutTheEndOfLineDrawing() throws {
        let encoder = try encoder("xterm-256color")
        var canvas = Canvas(size)
        let charset = Array("\u{1b}(B".utf8)
        // Others may have left the terminal anyhow.
        #expect(encoder.frame(canvas).contains(charset))
        canvas.put("warning", at: Point(0, 0), .warning)
        #expect(!encoder.frame(canvas).contains(charset))
        encoder.repaint()
        #expect(encoder.frame(canvas).contains(charset))
    }

    @Test func anUnchangedCanvasIsNoBytes() throws {
        let encoder = try encoder("xterm-256color")
        var random = Xorshift(state: 7)
        let canvas = canvas(&random)
        #expect(!encoder.frame(canvas).isEmpty)
        #expect(encoder.frame(canvas).isEmpty)
        encoder.repaint()
        #expect(!encoder.frame(canvas).isEmpty)
    }

    private struct Log: LogLines {
        var texts: [String]

        var count: Int { texts.count }
        func number(_ index: Int) -> Int { index }
        func text(_ index: Int) -> String { texts[index] }
        func rows(_ index: Int) -> [[Run]] { [[Run(texts[index])]] }
        var hasUnread: Bool { false }
        var older: String? { nil }
    }

    @Test func aLineOfAFullWidthLogCostsLittleMoreThanItself() throws {
        let encoder = try encoder("xterm-256color")
        var log = Log(texts: (0..<40).map { "02:13:58 copied shop.items \($0)" })
        func frame() -> [UInt8] {
            var canvas = Canvas(size)
            LogPane().draw(log, in: canvas.bounds, on: &canvas)
            return encoder.frame(canvas)
        }
        _ = frame()
        log.texts.append("02:14:02 copying shop.events")
        #expect(frame().count <= 130)
    }

    @Test(arguments: ["xterm-256color", "linux", "vt100", "screen"])
    func withoutColoursThereIsNotOneByteOfColour(term: String) throws {
        let encoder = try encoder(term, hasColours: false)
        var random = Xorshift(state: 99)
        for _ in 0..<50 {
            let text = String(decoding: encoder.frame(canvas(&random)), as: UTF8.self)
            #expect(!text.contains(/\x1b\[[0-9;]*(?:[34][0-9]|9[0-7]|10[0-7])[0-9;]*m/))
        }
    }

    @Test func anUnknownTerminalIsRefused() {
        #expect(throws: TerminalError.self) { try self.encoder("unheard-of") }
        #expect(throws: TerminalError.self) { try self.encoder("dumb") }
    }

    @Test func aTerminalWithoutADescriptionIsTakenForItsFamily() {
        #expect(
            TerminalOptions.ladder("xterm-kitty") == [
                "xterm-kitty", "xterm-256color", "xterm", "vt100",
            ])
        #expect(TerminalOptions.ladder("tmux-direct").prefix(2) == ["tmux-direct", "tmux"])
    }
}

private struct Xorshift {
    var state: UInt64

    /// Less than the bound.
    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}
