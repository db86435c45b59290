import Terminal
import Testing

@Suite struct ListTests {
    /// Rows and a cursor, as a page has them.
    private struct List {
        var list = ListView()
        var rows = Rows((0..<50).map { "row \($0)" })
        var cursor: Int? = 1

        mutating func press(_ keys: Key...) {
            for key in keys { _ = list.handle(key, rows, cursor: &cursor, page: 5) }
        }

        mutating func type(_ text: String) {
            for character in text { press(.character(character)) }
        }

        func canvas(_ columns: Int, _ count: Int) -> Canvas {
            var canvas = Canvas(Size(columns, count + 1))
            let (foot, above) = canvas.bounds.bottom(1)
            list.draw(rows, cursor: cursor, in: above, foot: foot, on: &canvas)
            return canvas
        }

        func lines(_ columns: Int, _ count: Int) -> [String] { canvas(columns, count).lines }
    }

    /// The first one is a headline.
    private struct Rows: ListRows {
        var texts: [String]

        init(_ texts: [String]) { self.texts = texts }

        var count: Int { texts.count }
        func isItem(_ index: Int) -> Bool { index > 0 }
        func text(_ index: Int) -> String { texts[index] }
        func runs(_ index: Int, columns: Int, _ glyphs: Glyphs) -> [Run] {
            [Run(" " + texts[index])]
        }
        func identity(_ index: Int) -> String? { nil }
    }

    @Test func theRowOfTheCursorIsAlwaysSeen() {
        var list = List()
        for key in [Key.pageDown, .down, .pageDown, .up, .end, .pageUp, .home, .character("j")] {
            list.press(key)
            for rows in [3, 5] {
                #expect(list.lines(20, rows).contains("▶row \(list.cursor ?? -1)"), "\(key)")
            }
        }
        #expect(list.cursor == 2)
        list.press(.home, .up)
        #expect(list.cursor == 1)
    }

    @Test func aSearchLeadsToTheNextMatchAndMarksAll() {
        var list = List()
        list.press(.character("/"))
        #expect(list.list.search.isTyping)
        list.type("ROW 4")
        #expect(list.cursor == 4)
        #expect(list.lines(60, 4).last?.hasPrefix(" /ROW 4  1 of 11") == true)
        list.press(.enter, .character("n"))
        #expect(list.cursor == 40)
        #expect(list.canvas(60, 4)[Point(2, 3)].style.role == .match)
        list.press(.character("N"), .character("N"))
        #expect(list.cursor == 49)
        list.press(.escape)
        #expect(!list.list.search.isActive)
        #expect(list.cursor == 49)
    }

    @Test func whatIsFoundNowhereIsSaid() {
        var list = List()
        list.press(.character("/"))
        list.type("row 9")
        let before = list.cursor
        list.type("9")
        #expect(list.cursor == before)
        #expect(list.lines(60, 4).last?.hasPrefix(" /row 99  no match") == true)
        list.press(.control("u"))
        #expect(list.list.search.text.isEmpty)
        list.press(.escape)
        #expect(list.lines(60, 4).last?.contains("/") == false)
    }

    @Test func aListThatIsEmptyHasNoCursor() {
        var list = List(rows: Rows([]), cursor: nil)
        list.press(.down, .end, .character("/"), .character("x"), .enter, .character("n"))
        #expect(list.cursor == nil)
    }

    @Test func theColumnsOfATableShareTheRoom() {
        let table = Table([.init("Name"), .init("Size", width: 6, alignment: .right)])
        let lines =
            [table.head(.label, columns: 20, .unicode)]
            + [["shop.orders", "41 GB"], ["shop.items.of.everything", "1 GB"]].map {
                table.row($0, columns: 20, .unicode)
            }
        #expect(
            lines.map { $0.map(\.text).joined() } == [
                "Name            Size", "shop.orders    41 GB", "shop.items.o…   1 GB",
            ])
    }

    /// Lines with a number and a text.
    private struct Log: LogLines {
        var first = 0
        var end: Int
        var hasUnread = false

        var count: Int { end - first }
        func number(_ index: Int) -> Int { first + index }
        func text(_ index: Int) -> String { "line \(first + index)" }
        func rows(_ index: Int) -> [[Run]] { [[Run(text(index))]] }
        var older: String? { hasUnread ? "older" : nil }
    }

    private func lines(_ pane: LogPane, _ log: Log, _ rows: Int) -> [String] {
        canvas(pane, log, rows).lines
    }

    private func canvas(_ pane: LogPane, _ log: Log, _ rows: Int) -> Canvas {
        var canvas = Canvas(Size(40, rows + 1))
        let (foot, above) = canvas.bounds.bottom(1)
        pane.draw(log, in: above, foot: foot, on: &canvas)
        return canvas
    }

    @Test func aLogFollowsUntilItIsScrolled() {
        var log = Log(end: 10)
        var pane = LogPane()
        #expect(lines(pane, log, 2).prefix(2) == ["line 8", "line 9"])
        _ = pane.scroll(.up, log, page: 5)
        #expect(!pane.isFollowing)
        let before = lines(pane, log, 3)
        log.end = 11
        #expect(lines(pane, log, 3).prefix(2) == before.prefix(2))
        #expect(lines(pane, log, 3)[2].hasSuffix("2 more ↓ End"))
        _ = pane.scroll(.end, log, page: 5)
        #expect(lines(pane, log, 1)[0] == "line 10")
    }

    @Test func everyKeyScrollsALogAtItsBeginningToo() {
        var log = Log(end: 100)
        var pane = LogPane()
        func press(_ key: Key) -> [String] {
            _ = pane.scroll(key, log, page: 4, rows: 5)
            return lines(pane, log, 5)
        }
        #expect(press(.home).first == "line 0")
        #expect(press(.down).first == "line 1")
        for _ in 1...5 { _ = press(.up) }
        #expect(press(.up).first == "line 0")
        #expect(press(.pageDown).first == "line 4")
        // All of it is shown: there is nowhere to go, and it is followed.
        log = Log(end: 3)
        for key in [Key.home, .up, .pageUp] {
            _ = press(key)
            #expect(pane.isFollowing)
        }
    }

    @Test func aSearchInALogGoesBackAndRound() {
        let log = Log(end: 10_000)
        var pane = LogPane()
        for character in "/line 9999" { _ = pane.handle(.character(character), log, page: 5) }
        #expect(pane.found(in: log) == 9_999)
        _ = pane.handle(.backspace, log, page: 5)
        for key in [Key.enter, .character("n")] { _ = pane.handle(key, log, page: 5) }
        #expect(pane.found(in: log) == 9_998)
        for _ in 1...9 { _ = pane.handle(.character("n"), log, page: 5) }
        #expect(pane.found(in: log) == 999)
        let canvas = canvas(pane, log, 5)
        #expect(canvas.lines.contains("line 999"))
        #expect(canvas.lines.last == " /line 999")
        let row = canvas.lines.firstIndex(of: "line 999") ?? 0
        #expect(canvas[Point(0, row)].style.role == .selection)
        _ = pane.handle(.character("n"), log, page: 5)
        #expect(pane.found(in: log) == 9_999)
        _ = pane.handle(.character("N"), log, page: 5)
        #expect(pane.found(in: log) == 999)
        _ = pane.handle(.escape, log, page: 5)
        #expect(!pane.search.isActive && pane.found(in: log) == nil)
    }

    @Test func aSearchWaitsForLinesThatAreNotHereYet() {
        var log = Log(first: 500, end: 1_000, hasUnread: true)
        var pane = LogPane()
        for character in "/line 77" { _ = pane.handle(.character(character), log, page: 5) }
        #expect(pane.found(in: log) == 279)
        for character in "x" { _ = pane.handle(.character(character), log, page: 5) }
        #expect(pane.isLooking)
        #expect(lines(pane, log, 3).last == " /line 77x  looking in older lines")
        log = Log(end: 1_000)
        pane.lookOn(log, page: 5)
        #expect(lines(pane, log, 3).last == " /line 77x  no match")
        log = Log(first: 500, end: 1_000, hasUnread: true)
        pane = LogPane()
        for character in "/line 42" { _ = pane.handle(.character(character), log, page: 5) }
        #expect(pane.isLooking)
        log = Log(end: 1_000)
        pane.lookOn(log, page: 5)
        #expect(pane.found(in: log) == 429)
        #expect(lines(pane, log, 3).contains("line 429"))
    }

    @Test func aBarIsFullOnlyWhenAllIsDone() {
        #expect(ProgressBar(0.68).lines(15, 1) == ["██████░░░░ 68 %"])
        #expect(ProgressBar(0.999).lines(15, 1) == ["█████████░ 99 %"])
        #expect(ProgressBar(1).lines(15, 1) == ["██████████100 %"])
        #expect(ProgressBar(nil).lines(15, 1) == ["░░░░░░░░░░    -"])
        #expect(ProgressBar(.nan).lines(15, 1, glyphs: .ascii) == ["..........  0 %"])
    }

    @Test func aSparklineShowsTheLastValues() {
        let line = Sparkline([9, 0, nil, 4, 8], threshold: 8)
        #expect(line.lines(4, 1) == ["▁ ▅█"])
        #expect(line.lines(6, 1) == [" █▁ ▄▇"])
        #expect(line.drawn(4, 1)[Point(3, 0)].style == .warning)
    }

    @Test func aCountdownReadsAsDaysAndClock() {
        #expect(Countdown.text(.seconds(4 * 86_400 + 86_291)) == "4 d 23:58:11")
        #expect(Countdown.text(.seconds(7)) == "00:00:07")
        #expect(Countdown.text(.seconds(-7)) == "00:00:00")
        #expect(Countdown(nil).text == "-")
        let countdown = Countdown(.seconds(60), warning: .seconds(3_600), error: .seconds(60))
        #expect(countdown.style == .error)
    }

    @Test func aStepperFallsBackToTheStepThatIsCurrent() {
        let stepper = Stepper([
            .init("Set up", .done), .init("Validate", .current), .init("Cutover", .waiting),
        ])
        #expect(stepper.lines(40, 1) == ["✔ Set up ▶ Validate ○ Cutover"])
        #expect(stepper.lines(20, 1) == ["Step 2/3 ▶ Validate"])
        #expect(stepper.lines(40, 1, glyphs: .ascii) == ["+ Set up > Validate o Cutover"])
    }
}
