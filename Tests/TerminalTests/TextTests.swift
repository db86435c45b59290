import Terminal
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("Grüße", 5), ("漢字", 4), ("e\u{301}", 1), ("✔▶○✘", 4),
        ("a\u{200b}b", 2),
        ("👨‍👩‍👧", 2), ("👍🏽", 2), ("한국", 4), ("\u{1112}\u{1161}\u{11ab}", 2), ("नि", 2), ("\u{feff}x", 1),
    ])
    func textHasTheWidthThatTerminalsGiveIt(text: String, width: Int) {
        #expect(Width.of(text) == width)
    }

    @Test func longTextEndsInAnEllipsis() {
        #expect(Text.truncated("shop.orders", to: 11) == "shop.orders")
        #expect(Text.truncated("shop.orders", to: 6) == "shop.…")
        #expect(Text.truncated("漢字漢字", to: 4) == "漢…")
        #expect(Text.truncated("abc", to: 1) == "…")
        #expect(Text.truncated("abc", to: 0) == "")
        #expect(Text.truncated("abcdef", to: 3, ellipsis: "~") == "ab~")
    }

    @Test func truncatedRunsKeepTheirStyles() {
        let runs = Text.truncated([Run("abc", .ok), Run("def", .error)], to: 5)
        #expect(runs == [Run("abc", .ok), Run("d…", .error)])
    }

    @Test func linesBreakBetweenWords() {
        #expect(Text.wrapped("stop the writes now", to: 9) == ["stop the", "writes", "now"])
        #expect(Text.wrapped("stop the", to: 8) == ["stop the"])
        #expect(Text.wrapped("stop the x", to: 8) == ["stop the", "x"])
        #expect(Text.wrapped("", to: 8) == [""])
    }

    @Test func aWordLongerThanALineIsBroken() {
        #expect(Text.wrapped("ab abcdefghij", to: 4) == ["ab", "abcd", "efgh", "ij"])
        #expect(Text.wrapped("漢字漢字", to: 3) == ["漢", "字", "漢", "字"])
    }

    @Test func newlinesBreakLines() {
        #expect(Text.wrapped("a\n\nb\n", to: 8) == ["a", "", "b", ""])
    }

    @Test func noWrappedLineIsTooLongAndNoWordIsLost() {
        let text = "The source accepts writes again. Restart your application there, 漢字漢字 please."
        for columns in 1...40 {
            let lines = Text.wrapped(text, to: columns)
            #expect(lines.allSatisfy { Width.of($0) <= max(columns, 2) })
            #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        }
    }

    @Test func paddingFillsExactly() {
        #expect(Text.padded("ab", to: 4) == "ab  ")
        #expect(Text.padded("ab", to: 4, alignment: .right) == "  ab")
        #expect(Text.padded("漢", to: 5, alignment: .centre) == " 漢  ")
        #expect(Text.padded("abcdef", to: 4) == "abc…")
    }
}
