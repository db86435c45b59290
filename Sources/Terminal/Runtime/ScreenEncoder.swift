internal import CTerminal

/// Canvases into the bytes that change the terminal from one to the next. Belongs to one thread; at most one exists.
package final class ScreenEncoder {
    private let screen: OpaquePointer
    private let colours: Int
    private var shown: Canvas?
    private var theme: Theme
    private var paints: [Style: Paint] = [:]

    /// Takes the first description that exists.
    package init(terms: [String], size: Size, hasColours: Bool, theme: Theme) throws {
        guard let term = terms.first(where: { cterminal_is_known($0) }),
            let screen = cterminal_open(
                term, Int32(size.columns), Int32(size.rows), hasColours)
        else { throw TerminalError("No terminal like \(terms[0]) is known on this machine.") }
        self.screen = screen
        self.theme = theme
        colours = Int(cterminal_colours(screen))
    }

    deinit { cterminal_close(screen) }

    /// The bytes of a capability, without the pauses that descriptions of old terminals ask for; empty when the terminal
    /// has none.
    func capability(_ name: String) -> [UInt8] {
        let text = cterminal_capability(screen, name).map { String(cString: $0) } ?? ""
        return Array(text.replacing(/\$<[^>]*>/, with: "").utf8)
    }

    func use(_ theme: Theme) {
        self.theme = theme
        paints = [:]
        shown = nil
    }

    func resize(_ size: Size) {
        cterminal_resize(screen, Int32(size.columns), Int32(size.rows))
        shown = nil
    }

    /// The next frame is complete, whatever is on the terminal.
    func repaint() {
        cterminal_repaint(screen)
        shown = nil
    }

    /// Empty when nothing changed. The canvas is of the size last given.
    package func frame(_ canvas: Canvas) -> [UInt8] {
        if canvas == shown { return [] }
        for row in 0..<canvas.size.rows where shown.map({ $0.row(row) != canvas.row(row) }) ?? true
        {
            let cells = canvas.row(row).filter { $0.width > 0 }.map(encoded)
            cterminal_put_row(screen, Int32(row), cells, Int32(cells.count))
        }
        let cursor = canvas.cursor ?? Point(0, 0)
        cterminal_put_cursor(
            screen, Int32(cursor.column), Int32(cursor.row), canvas.cursor != nil)
        shown = canvas
        var bytes: UnsafePointer<UInt8>?
        let count = cterminal_encode(screen, &bytes)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    private func encoded(_ cell: Cell) -> cterminal_cell_t {
        let paint = paint(cell.style)
        var encoded = cterminal_cell_t()
        encoded.width = UInt8(cell.width)
        encoded.attributes = paint.attributes.rawValue
        encoded.foreground = Int16(paint.foreground)
        encoded.background = Int16(paint.background)
        var scalars = cell.text.unicodeScalars.makeIterator()
        encoded.scalars.0 = scalars.next()?.value ?? 0x20
        encoded.scalars.1 = scalars.next()?.value ?? 0
        encoded.scalars.2 = scalars.next()?.value ?? 0
        encoded.scalars.3 = scalars.next()?.value ?? 0
        encoded.scalars.4 = scalars.next()?.value ?? 0
        return encoded
    }

    private func paint(_ style: Style) -> Paint {
        if let paint = paints[style] { return paint }
        let paint = theme.paint(style, colours: colours)
        paints[style] = paint
        return paint
    }
}
