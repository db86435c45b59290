/// How many columns characters take, by a table of our own, so that every machine and every test agrees.
package enum Width {
    /// 0 for what is drawn onto the character before and for what is not drawn, 2 for wide ones, else 1; also 1 for
    /// control characters, which are replaced.
    package static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return value == 0xad ? 0 : 1 }
        if WidthTable.contains(WidthTable.combining, value) { return 0 }
        if WidthTable.contains(WidthTable.format, value) { return 0 }
        return WidthTable.contains(WidthTable.wide, value) ? 2 : 1
    }

    /// Of the text as a canvas draws it.
    package static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return Glyph.all(of: text).reduce(0) { $0 + $1.width }
    }
}

/// What fills one or two columns: a spacing character with what is drawn onto it, free of anything that a terminal
/// would act on.
struct Glyph: Sendable, Hashable {
    var text: String
    var width: Int

    private static let replacement: Unicode.Scalar = "\u{fffd}"
    private static let joiner: UInt32 = 0x200d

    /// Control characters become U+FFFD, but tab and newline become a space; joiners, directions and variation
    /// selectors are dropped, and with a joiner the wide character that it joins; likewise skin tones.
    static func all(of text: String) -> [Glyph] {
        var glyphs: [Glyph] = []
        glyphs.reserveCapacity(text.utf8.count)
        var isJoining = false
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value >= 0x20 && value < 0x7f {
                isJoining = false
                glyphs.append(Glyph(text: String(scalar), width: 1))
                continue
            }
            if value == 0x09 || value == 0x0a || value == 0x0d {
                glyphs.append(Glyph(text: " ", width: 1))
                continue
            }
            if value < 0xa0 {
                glyphs.append(Glyph(text: String(replacement), width: 1))
                continue
            }
            if value == joiner {
                isJoining = true
                continue
            }
            let width = Width.of(scalar)
            if width == 2, isJoining || (0x1f3fb...0x1f3ff).contains(value), !glyphs.isEmpty {
                isJoining = false
                continue
            }
            if width > 0 {
                isJoining = false
                glyphs.append(Glyph(text: String(scalar), width: width))
            } else if isMark(value), let last = glyphs.indices.last,
                glyphs[last].text.unicodeScalars.count < Tuning.scalarsPerCell
            {
                glyphs[last].text.unicodeScalars.append(scalar)
            }
        }
        return glyphs
    }

    private static func isMark(_ value: UInt32) -> Bool {
        !(0xfe00...0xfe0f).contains(value) && !(0xe0100...0xe01ef).contains(value)
            && WidthTable.contains(WidthTable.combining, value)
    }
}
