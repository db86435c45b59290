import Testing

@testable import lagzero

@Suite struct ConsoleTests {
    @Test func aLineIsCutToItsColumns() {
        #expect(fitted("abcdef", to: 4) == "abcd")
        #expect(fitted("abc", to: 4) == "abc")
        // A wide character takes two.
        #expect(fitted("a漢字", to: 4) == "a漢")
        #expect(fitted("abc", to: 0) == "")
    }

    @Test func controlCharactersDoNotReachATerminal() {
        #expect(printable("a\u{1B}[2Jb\n\u{9B}c\u{7F}é") == "a?[2Jb??c?é")
    }
}
