internal import Terminal

/// A dialog that is there to be read, and to be copied from. Tab goes from one of its values to the next; `y` copies
/// the one that is marked, and where none is the whole text with its title.
struct DetailsDialog: Sendable, Equatable, Codable {
    struct Piece: Sendable, Equatable, Codable {
        var run: Run
        /// Nil for what is only read.
        var copied: Copied?

        init(_ run: Run, _ copied: Copied? = nil) {
            self.run = run
            self.copied = copied
        }
    }

    private(set) var modal: Modal
    private var pieces: [Piece]
    /// Index of the piece that is marked.
    private var marked: Int?

    /// `marks` the first value of that name.
    init(_ title: String, _ pieces: [Piece], marks name: String? = nil) {
        modal = Modal(title, [], buttons: [Button("Close")], escape: 0)
        self.pieces = pieces
        marked = name.flatMap { name in pieces.firstIndex { $0.copied?.name == name } }
        mark()
    }

    /// The same dialog with newer text; the mark stays on its value.
    mutating func update(_ title: String, _ pieces: [Piece]) {
        let value = copiedValue
        self.pieces = pieces
        marked =
            pieces.firstIndex { $0.copied != nil && $0.copied == value }
            ?? pieces.firstIndex { $0.copied != nil && $0.copied?.name == value?.name }
        modal.title = title
        mark()
    }

    var isClosed: Bool { modal.choice != nil }

    private var copiedValue: Copied? { marked.flatMap { pieces[$0].copied } }

    var copied: Copied {
        copiedValue
            ?? Copied("whole text", lines: modal.title + "\n" + pieces.map(\.run.text).joined())
    }

    private var values: [Int] { pieces.indices.filter { pieces[$0].copied != nil } }

    func keys(in size: Size) -> KeyMap {
        let next = KeyMap.Binding(.tab, label: "Next value", isForScreens: true)
        return modal.keys(in: size) + KeyMap([copied.binding] + (values.isEmpty ? [] : [next]))
    }

    mutating func handle(_ key: Key, in size: Size) -> [Action] {
        switch key {
        case .character("y"): return copied.actions
        case .tab: move(by: 1, in: size)
        case .backTab: move(by: -1, in: size)
        default: modal.handle(key, in: size)
        }
        return []
    }

    /// Round and round, the whole text included.
    private mutating func move(by step: Int, in size: Size) {
        let stops = [nil] + values.map(Optional.some)
        let now = stops.firstIndex { $0 == marked } ?? 0
        marked = stops[(now + step + stops.count) % stops.count]
        mark()
        modal.show(run: marked ?? 0, in: size)
    }

    private mutating func mark() {
        modal.body.runs = pieces.indices.map { index in
            let run = pieces[index].run
            return index == marked ? Run(run.text, .selection) : run
        }
    }

    func draw(in rect: Rect, on canvas: inout Canvas) { modal.draw(in: rect, on: &canvas) }
}
