import Terminal
import Testing

@Suite struct CanvasTests {
    @Test func textOutsideIsCutOff() {
        var canvas = Canvas(Size(5, 2))
        #expect(canvas.put("abcdefg", at: Point(-2, 0)) == 5)
        canvas.put("xyz", at: Point(3, 1))
        canvas.put("no", at: Point(0, 2))
        canvas.put("no", at: Point(0, -1))
        #expect(canvas.lines == ["cdefg", "   xy"])
    }

    @Test func aWideCharacterTakesTwoColumns() {
        var canvas = Canvas(Size(6, 1))
        #expect(canvas.put("漢字x", at: Point(0, 0)) == 5)
        #expect(canvas.lines == ["漢字x"])
        #expect(canvas[Point(1, 0)].width == 0)
    }

    @Test func halfAWideCharacterIsNeverSeen() {
        var canvas = Canvas(Size(3, 1))
        canvas.put("a漢字", at: Point(0, 0))
        #expect(canvas.lines == ["a漢"])
        canvas.put("b", at: Point(2, 0))
        #expect(canvas.lines == ["a b"])
        canvas.put("漢", at: Point(0, 0))
        #expect(canvas.lines == ["漢b"])
        canvas.put("c", at: Point(0, 0))
        #expect(canvas.lines == ["c b"])
        canvas.put("漢", at: Point(-1, 0))
        #expect(canvas.lines == ["c b"])
    }

    @Test func controlCharactersNeverReachIt() {
        var canvas = Canvas(Size(20, 1))
        canvas.put("a\u{1b}[31m\u{7}\u{9b}b\tc\nd\u{202e}e\u{200b}", at: Point(0, 0))
        #expect(canvas.lines == ["a\u{fffd}[31m\u{fffd}\u{fffd}b c de"])
        let isClean = canvas.lines[0].unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x9b
        }
        #expect(isClean)
    }

    @Test func whatIsDrawnInAClipStaysInside() {
        var canvas = Canvas(Size(8, 2))
        canvas.clipped(to: Rect(2, 0, 3, 1)) { canvas in
            canvas.fill(canvas.bounds, with: "#")
            canvas.showCursor(at: Point(0, 0))
        }
        #expect(canvas.lines == ["  ###", ""])
        #expect(canvas.cursor == nil)
    }

    @Test func aBoxIsDrawnInTheGlyphsOfTheTerminal() {
        var unicode = Canvas(Size(4, 3))
        unicode.box(unicode.bounds)
        #expect(unicode.lines == ["┌──┐", "│  │", "└──┘"])
        var ascii = Canvas(Size(4, 3), glyphs: .ascii)
        ascii.box(ascii.bounds)
        #expect(ascii.lines == ["+--+", "|  |", "+--+"])
    }

    @Test func everyGlyphHasOneColumn() {
        for glyphs in [Glyphs.unicode, .ascii] {
            let all = Mirror(reflecting: glyphs).children.flatMap { child in
                (child.value as? String).map { [$0] } ?? child.value as? [String] ?? []
            }
            #expect(all.count > 25)
            for glyph in all { #expect(Width.of(glyph) == 1, "\(glyph)") }
            #expect(glyphs.isUnicode || all.allSatisfy { $0.allSatisfy(\.isASCII) })
        }
    }

    @Test func aRectangleIsDividedWithoutLosingRows() {
        let rect = Rect(1, 2, 10, 6)
        let (top, rest) = rect.top(2)
        #expect(top == Rect(1, 2, 10, 2))
        #expect(rest == Rect(1, 4, 10, 4))
        #expect(rect.bottom(1).0 == Rect(1, 7, 10, 1))
        #expect(rect.top(9).0 == rect)
        #expect(rect.line(6).isEmpty)
        #expect(rect.inset(columns: 6, rows: 0).columns == 0)
    }
}
