/// One place of the canvas.
package struct Cell: Sendable, Hashable {
    /// A spacing character with its marks; empty in the right half of a wide one.
    package var text: String
    /// 1 or 2; 0 in the right half of a wide one.
    package var width: Int
    package var style: Style

    static let blank = Cell(text: " ", width: 1, style: .text)
}

/// A grid of cells that a view draws into, in full, for every frame. All drawing is clipped, to the canvas and to the
/// current clip; nothing that is drawn can make a terminal do anything.
package struct Canvas: Sendable, Equatable {
    package let size: Size
    /// Lines, marks and arrows for this terminal. Drawing widgets is what it is for.
    package let glyphs: Glyphs
    /// Where the terminal's cursor is shown; nowhere when nil.
    package private(set) var cursor: Point?
    private var cells: [Cell]
    private var clip: Rect
    /// What the mouse finds; the last one is on top.
    private(set) var offers: [Offer] = []
    /// To be read and not seen: what is covered is not there, and parts are noted.
    package let isPlain: Bool
    /// What lies over the page and takes every key; nil where nothing does. Of a plain canvas only.
    private(set) var cover: String?
    private(set) var parts: [Part] = []

    package init(_ size: Size, glyphs: Glyphs = .unicode) {
        self.init(size, glyphs, isPlain: false)
    }

    /// One that is read and not seen.
    static func plain(_ size: Size) -> Canvas { Canvas(size, .spoken, isPlain: true) }

    private init(_ size: Size, _ glyphs: Glyphs, isPlain: Bool) {
        self.size = Size(max(0, size.columns), max(0, size.rows))
        self.glyphs = glyphs
        self.isPlain = isPlain
        clip = Rect(self.size)
        cells = Array(repeating: .blank, count: self.size.columns * self.size.rows)
    }

    package var bounds: Rect { Rect(size) }

    package subscript(_ point: Point) -> Cell {
        bounds.contains(point) ? cells[point.row * size.columns + point.column] : .blank
    }

    /// Draws on one row; returns the column behind the text, as if nothing had been clipped. A wide character of which
    /// only half would be seen is left out.
    @discardableResult
    package mutating func put(_ text: String, at point: Point, _ style: Style = .text) -> Int {
        var column = point.column
        for glyph in Glyph.all(of: text) {
            set(glyph, Point(column, point.row), style)
            column += glyph.width
        }
        return column
    }

    /// Draws runs one behind the other.
    @discardableResult
    package mutating func put(_ runs: [Run], at point: Point) -> Int {
        runs.reduce(point.column) { put($1.text, at: Point($0, point.row), $1.style) }
    }

    /// Draws on the rectangle's first row, shortened with an ellipsis to fit.
    package mutating func put(
        _ text: String, in rect: Rect, _ style: Style = .text, alignment: Alignment = .left
    ) {
        guard !rect.isEmpty else { return }
        let text = Text.truncated(text, to: rect.columns, ellipsis: glyphs.ellipsis)
        let free = rect.columns - Width.of(text)
        let indent = alignment == .left ? 0 : alignment == .right ? free : free / 2
        put(text, at: Point(rect.column + indent, rect.row), style)
    }

    /// Draws runs on the rectangle's first row, shortened with an ellipsis to fit.
    package mutating func put(_ runs: [Run], in rect: Rect) {
        guard !rect.isEmpty else { return }
        put(
            Text.truncated(runs, to: rect.columns, ellipsis: glyphs.ellipsis), at: rect.origin)
    }

    package mutating func fill(_ rect: Rect, _ style: Style = .text, with text: String = " ") {
        guard let glyph = Glyph.all(of: text).first, glyph.width == 1 else { return }
        let rect = rect.intersection(clip)
        for row in rect.row..<rect.endRow {
            for column in rect.column..<rect.endColumn { set(glyph, Point(column, row), style) }
        }
    }

    /// Gives what is already drawn another style.
    package mutating func restyle(_ rect: Rect, _ style: Style) {
        let rect = rect.intersection(clip)
        for row in rect.row..<rect.endRow {
            for column in rect.column..<rect.endColumn {
                cells[row * size.columns + column].style = style
            }
        }
    }

    /// Lines around the rectangle's edge.
    package mutating func box(_ rect: Rect, _ style: Style = .border) {
        guard rect.columns >= 2, rect.rows >= 2 else { return }
        let (last, bottom) = (rect.endColumn - 1, rect.endRow - 1)
        let inner = rect.columns - 2
        fill(Rect(rect.column + 1, rect.row, inner, 1), style, with: glyphs.horizontal)
        fill(Rect(rect.column + 1, bottom, inner, 1), style, with: glyphs.horizontal)
        fill(Rect(rect.column, rect.row + 1, 1, rect.rows - 2), style, with: glyphs.vertical)
        fill(Rect(last, rect.row + 1, 1, rect.rows - 2), style, with: glyphs.vertical)
        put(glyphs.topLeft, at: rect.origin, style)
        put(glyphs.topRight, at: Point(last, rect.row), style)
        put(glyphs.bottomLeft, at: Point(rect.column, bottom), style)
        put(glyphs.bottomRight, at: Point(last, bottom), style)
    }

    /// A line across the rectangle's first row.
    package mutating func rule(_ rect: Rect, _ style: Style = .border) {
        fill(rect.line(0), style, with: glyphs.horizontal)
    }

    package mutating func showCursor(at point: Point) {
        cursor = clip.contains(point) ? point : nil
    }

    package mutating func hideCursor() { cursor = nil }

    mutating func add(_ offer: Offer) {
        var offer = offer
        offer.rect = offer.rect.intersection(clip)
        offers.append(offer)
    }

    /// What is drawn from now on takes every key, and what was offered is out of the mouse's reach. `name`: how it is
    /// announced where it is read.
    package mutating func cover(by name: String) {
        offers = []
        guard isPlain else { return }
        cover = name
        parts = []
        cells = Array(repeating: .blank, count: cells.count)
    }

    /// Says what a part is that is drawn there; nothing comes of it where it is seen.
    package mutating func note(_ part: Part.Kind, in rect: Rect) {
        let rect = rect.intersection(clip)
        guard isPlain, !rect.isEmpty else { return }
        parts.append(Part(rect: rect, kind: part))
    }

    /// Draws with everything outside the rectangle out of reach.
    package mutating func clipped(to rect: Rect, _ draw: (inout Canvas) -> Void) {
        let outer = clip
        clip = clip.intersection(rect)
        draw(&self)
        clip = outer
    }

    /// The text of each row, without spaces at its end.
    package var lines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for column in 0..<size.columns { line += self[Point(column, row)].text }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// The cells of a row; `row` is one of the canvas.
    func row(_ row: Int) -> ArraySlice<Cell> {
        cells[(row * size.columns)..<((row + 1) * size.columns)]
    }

    private mutating func set(_ glyph: Glyph, _ point: Point, _ style: Style) {
        guard clip.contains(point), clip.contains(Point(point.column + glyph.width - 1, point.row))
        else { return }
        let index = point.row * size.columns + point.column
        // No half of a wide character stays behind.
        if cells[index].width == 0 { cells[index - 1] = blank(like: cells[index - 1]) }
        let end = index + glyph.width
        if point.column + glyph.width < size.columns, cells[end].width == 0 {
            cells[end] = blank(like: cells[end])
        }
        cells[index] = Cell(text: glyph.text, width: glyph.width, style: style)
        if glyph.width == 2 { cells[index + 1] = Cell(text: "", width: 0, style: style) }
    }

    private func blank(like cell: Cell) -> Cell { Cell(text: " ", width: 1, style: cell.style) }
}

package enum Alignment: Sendable, Hashable, Codable { case left, right, centre }
