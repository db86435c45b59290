import Testing

@testable import Terminal

/// A log that is read line by line.
@Suite struct PlainLogTests {
    /// Each line takes as many rows as its number says, modulo 4, and one more.
    private struct Log: LogLines {
        var count: Int
        var hasUnread = false

        func number(_ index: Int) -> Int { index }
        func text(_ index: Int) -> String {
            let rest = (0..<index % 4).map { _ in String(repeating: "x", count: 30) }
            return (["line \(index)."] + rest).joined(separator: " ")
        }
        func rows(_ index: Int) -> [[Run]] { [[Run(text(index))]] }
        var older: String? { hasUnread ? "older" : nil }
    }

    private let size = Size(30, 12)

    private func lines(_ pane: LogPane, _ log: Log, rows: Int = 12) -> [String] {
        var canvas = Canvas.plain(Size(30, rows))
        pane.draw(log, in: canvas.bounds, on: &canvas)
        return canvas.lines.filter { !$0.isEmpty }
    }

    private func numbers(_ lines: [String]) -> [Int] {
        lines.compactMap { $0.wholeMatch(of: /line (\d+)\./).flatMap { Int($0.1) } }
    }

    @Test func aLongLineIsReadWhole() {
        let read = lines(LogPane(), Log(count: 4))
        #expect(read.count == 10)
        #expect(read.joined(separator: " ").contains(Log(count: 4).text(3)))
        // No line is cut at its beginning for one behind it.
        #expect(lines(LogPane(), Log(count: 4), rows: 5).first == "line 3.")
    }

    @Test(arguments: [true, false]) func aPageKeyPassesNoLineThatWasNotRead(hasUnread: Bool) {
        let log = Log(count: 50, hasUnread: hasUnread)
        var pane = LogPane()
        var seen = Set(numbers(lines(pane, log)))
        for _ in 0..<50 {
            let page = pane.spokenPage(.pageUp, log, in: size)
            _ = pane.scroll(.pageUp, log, page: page)
            seen.formUnion(numbers(lines(pane, log)))
        }
        #expect(seen == Set(0..<50))
        #expect(lines(pane, log).contains("older") == hasUnread)
        seen = Set(numbers(lines(pane, log)))
        for _ in 0..<50 {
            let page = pane.spokenPage(.pageDown, log, in: size)
            _ = pane.scroll(.pageDown, log, page: page)
            seen.formUnion(numbers(lines(pane, log)))
        }
        #expect(seen == Set(0..<50))
        #expect(pane.isFollowing)
    }

    @Test func howManyLinesAreBehindIsReadOnARowOfItsOwn() {
        let log = Log(count: 50)
        var pane = LogPane()
        _ = pane.scroll(.up, log, page: 5)
        #expect(lines(pane, log).last?.hasPrefix("1 more") == true)
        #expect(numbers(lines(pane, log)).last == 48)
    }
}
