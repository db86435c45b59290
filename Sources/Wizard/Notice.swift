internal import Terminal

/// Something that has to be said on a page: a mark, words and a colour.
struct Notice: Sendable, Equatable {
    var role: Role
    var text: String

    init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }

    /// The lines of all, each of at most so many columns.
    static func lines(_ notices: [Notice], columns: Int, _ glyphs: Glyphs) -> [[Run]] {
        notices.flatMap { notice in
            let lines = Text.wrapped([Run(notice.text)], to: max(1, columns - 3))
            return lines.enumerated().map { index, line in
                let mark = index == 0 ? glyphs.mark(notice.role) ?? glyphs.bullet : " "
                return [Run(" \(mark) ", Style(notice.role))] + line
            }
        }
    }

    /// Draws them from the top; returns what is left of the rectangle.
    static func draw(_ notices: [Notice], in rect: Rect, on canvas: inout Canvas) -> Rect {
        let lines = lines(notices, columns: rect.columns, canvas.glyphs)
        let (place, rest) = rect.top(lines.count)
        for (row, line) in lines.prefix(place.rows).enumerated() {
            canvas.put(line, in: place.line(row))
        }
        return rest
    }
}
