package import Terminal

/// As much of an xterm as ncurses uses; what is on its screen is compared with the canvas.
package struct Emulator {
    private struct Cell {
        /// Empty for the second half of a wide character.
        var text = " "
        var rendition = Rendition()
    }

    package private(set) var size: Size
    package private(set) var isCursorVisible = true
    package private(set) var cursor = Point(0, 0)
    /// Sequences that it does not know; a test expects none.
    package private(set) var unknown: [String] = []
    /// Of the window; `shell` until a program sets it.
    package private(set) var title = "shell"
    private var titles: [String] = []
    /// What was sent to the clipboard last, in base 64.
    package private(set) var clipboard: String?
    package private(set) var bells = 0
    /// Modes that are on and that a shell does not expect, as they are called in their sequences.
    private var modes: Set<String> = []
    /// What the first screen showed, and where its cursor was, while the second one is shown.
    private var firstScreen: (cells: [[Cell]], cursor: Point)?
    private var cells: [[Cell]]
    private var rendition = Rendition()
    private var region: Range<Int>
    private var wraps = true
    private var willWrap = false
    private var last: Unicode.Scalar?

    package init(_ size: Size) {
        self.size = size
        cells = Array(repeating: Array(repeating: Cell(), count: size.columns), count: size.rows)
        region = 0..<size.rows
    }

    /// Whether a shell finds everything but the text on the screen as it left it.
    package var isAsFound: Bool {
        modes.isEmpty && firstScreen == nil && isCursorVisible && wraps && rendition == Rendition()
            && region == 0..<size.rows && title == "shell" && titles.isEmpty
    }

    /// Another size, with nothing on the screen.
    package mutating func resize(_ size: Size) {
        var other = Emulator(size)
        swap(&cells, &other.cells)
        self.size = size
        region = other.region
        move(0, 0)
    }

    package var lines: [String] {
        cells.map { row in
            var line = row.map(\.text).joined()
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// How each cell is shown, row by row.
    package var renditions: [[Rendition]] { cells.map { $0.map(\.rendition) } }

    /// What is erased takes the background over, as terminals with `bce` do.
    private var blank: Cell {
        Cell(rendition: Rendition(background: rendition.background))
    }

    package mutating func feed(_ bytes: [UInt8]) {
        var scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar.value {
            case 0x1b: escape(&scalars)
            case 0x0d: move(0, cursor.row)
            case 0x0a: lineFeed()
            case 0x08: move(cursor.column - 1, cursor.row)
            case 0x07: bells += 1
            case 0x00, 0x0e, 0x0f: break
            case 0x09: move((cursor.column / 8 + 1) * 8, cursor.row)
            default: put(scalar)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let width = Width.of(scalar)
        if width == 0 {
            let column = willWrap ? cursor.column : cursor.column - 1
            let base = cells[cursor.row][column].text.isEmpty ? column - 1 : column
            cells[cursor.row][base].text.unicodeScalars.append(scalar)
            return
        }
        if willWrap || cursor.column + width > size.columns {
            guard wraps else { return }
            cursor.column = 0
            lineFeed()
        }
        let (column, row) = (cursor.column, cursor.row)
        if cells[row][column].text.isEmpty, column > 0 { cells[row][column - 1].text = " " }
        if column + width < size.columns, cells[row][column + width].text.isEmpty {
            cells[row][column + width].text = " "
        }
        cells[row][column] = Cell(text: String(scalar), rendition: rendition)
        if width == 2 { cells[row][column + 1] = Cell(text: "", rendition: rendition) }
        last = scalar
        willWrap = column + width == size.columns
        cursor.column = min(size.columns - 1, column + width)
    }

    private mutating func move(_ column: Int, _ row: Int) {
        willWrap = false
        cursor = Point(
            max(0, min(column, size.columns - 1)), max(0, min(row, size.rows - 1)))
    }

    private mutating func lineFeed() {
        willWrap = false
        if cursor.row == region.upperBound - 1 {
            scroll(from: region.lowerBound, by: 1)
        } else {
            cursor.row = min(cursor.row + 1, size.rows - 1)
        }
    }

    /// Up when positive; inside the region, from a row on.
    private mutating func scroll(from row: Int, by count: Int) {
        let line = Array(repeating: blank, count: size.columns)
        let height = region.upperBound - row
        let moved = min(abs(count), height)
        if count > 0 {
            cells.removeSubrange(row..<(row + moved))
            cells.insert(
                contentsOf: Array(repeating: line, count: moved), at: region.upperBound - moved)
        } else {
            cells.removeSubrange((region.upperBound - moved)..<region.upperBound)
            cells.insert(contentsOf: Array(repeating: line, count: moved), at: row)
        }
    }

    private mutating func escape(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        guard let kind = scalars.popFirst() else { return }
        switch kind {
        case "[":
            var parameters = ""
            while let scalar = scalars.popFirst() {
                if (0x40...0x7e).contains(scalar.value) {
                    return control(parameters, scalar)
                }
                parameters.unicodeScalars.append(scalar)
            }
        case "(", ")": scalars = scalars.dropFirst()
        case "M":
            if cursor.row == region.lowerBound {
                scroll(from: region.lowerBound, by: -1)
            } else {
                move(cursor.column, cursor.row - 1)
            }
        case "]": command(&scalars)
        case "=", ">", "7", "8": break
        default: unknown.append("ESC \(kind)")
        }
    }

    /// Up to BEL or ST.
    private mutating func command(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        let end = scalars.firstIndex { $0.value == 7 || $0.value == 0x1b } ?? scalars.endIndex
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[..<end])
        scalars = scalars[end...].dropFirst(
            end < scalars.endIndex && scalars[end].value == 7 ? 1 : 2)
        let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        switch parts.first {
        case "0", "2": title = parts.count > 1 ? String(parts[1]) : ""
        case "52": clipboard = text.split(separator: ";").last.map(String.init)
        default: unknown.append("OSC \(text)")
        }
    }

    private mutating func control(_ text: String, _ final: Unicode.Scalar) {
        let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        func number(_ index: Int) -> Int {
            numbers.indices.contains(index) ? numbers[index] ?? 1 : 1
        }
        let count = max(1, number(0))
        switch final {
        case "H", "f": move(number(1) - 1, number(0) - 1)
        case "A": move(cursor.column, cursor.row - count)
        case "B": move(cursor.column, cursor.row + count)
        case "C": move(cursor.column + count, cursor.row)
        case "D": move(cursor.column - count, cursor.row)
        case "G": move(count - 1, cursor.row)
        case "d": move(cursor.column, count - 1)
        case "J": eraseScreen(Int(text) ?? 0)
        case "K": eraseLine(Int(text) ?? 0)
        case "X": erase(cursor.column..<min(size.columns, cursor.column + count))
        case "@": shift(count)
        case "P": shift(-count)
        case "L": if region.contains(cursor.row) { scroll(from: cursor.row, by: -count) }
        case "M": if region.contains(cursor.row) { scroll(from: cursor.row, by: count) }
        case "S": scroll(from: region.lowerBound, by: count)
        case "T": scroll(from: region.lowerBound, by: -count)
        case "b": if let last { for _ in 0..<count { put(last) } }
        case "r":
            let end = numbers.count > 1 ? number(1) : size.rows
            region =
                (1..<end).contains(number(0)) && end <= size.rows
                ? (number(0) - 1)..<end : 0..<size.rows
            move(0, 0)
        case "h", "l": setMode(text, final == "h")
        case "m": if !rendition.change(numbers.map { $0 ?? 0 }) { unknown.append("SGR \(text)") }
        case "t" where number(0) == 22: titles.append(title)
        case "t" where number(0) == 23: title = titles.popLast() ?? title
        case "t", "c": break
        // A question, which is not for the screen.
        case "n" where text == "5": break
        default: unknown.append("CSI \(text) \(final)")
        }
    }

    private mutating func setMode(_ text: String, _ isOn: Bool) {
        switch text {
        case "?7": wraps = isOn
        case "?25": isCursorVisible = isOn
        case "?1049", "?47": showSecondScreen(isOn)
        case "?2004", "?1", "4", "?1000", "?1006":
            if isOn { modes.insert(text) } else { modes.remove(text) }
        case "?12", "34": break
        default: unknown.append("mode \(text)")
        }
    }

    private mutating func showSecondScreen(_ isShown: Bool) {
        if isShown {
            firstScreen = firstScreen ?? (cells, cursor)
            cells = Emulator(size).cells
        } else if let (cells, cursor) = firstScreen {
            firstScreen = nil
            if cells.count == size.rows, cells.first?.count == size.columns { self.cells = cells }
            move(cursor.column, cursor.row)
        }
    }

    private mutating func eraseScreen(_ kind: Int) {
        eraseLine(kind)
        let rows =
            kind == 0 ? (cursor.row + 1)..<size.rows : kind == 1 ? 0..<cursor.row : 0..<size.rows
        for row in rows { cells[row] = Array(repeating: blank, count: size.columns) }
    }

    private mutating func eraseLine(_ kind: Int) {
        erase(
            kind == 0
                ? cursor.column..<size.columns
                : kind == 1 ? 0..<(cursor.column + 1) : 0..<size.columns)
    }

    private mutating func erase(_ columns: Range<Int>) {
        willWrap = false
        for column in columns { cells[cursor.row][column] = blank }
        for row in cells.indices {
            for column in 1..<size.columns
            where cells[row][column].text.isEmpty && cells[row][column - 1].text == " " {
                cells[row][column].text = " "
            }
        }
    }

    /// Makes room at the cursor, or takes it away.
    private mutating func shift(_ count: Int) {
        willWrap = false
        var row = cells[cursor.row]
        let blanks = Array(repeating: blank, count: min(abs(count), size.columns - cursor.column))
        if count > 0 {
            row.insert(contentsOf: blanks, at: cursor.column)
            row.removeLast(blanks.count)
        } else {
            row.removeSubrange(cursor.column..<(cursor.column + blanks.count))
            row += blanks
        }
        cells[cursor.row] = row
    }
}
