/// A page in lines: its text, and what can be done or filled in. Made of what is drawn.
struct PlainPage: Equatable {
    struct Item: Equatable {
        enum Act: Equatable {
            case press
            /// A line is asked for and typed into it.
            case fillIn(isSecret: Bool)
        }

        /// Whether it is the same thing, also when its words or its place have changed.
        var identity: String
        var name: String
        /// Name and value.
        var text: String
        /// What is typed to do it, or to get there.
        var keys: [Key]
        var act: Act
    }

    enum Line: Equatable {
        case text(String)
        case item(Item)
    }

    /// What this page is, whatever is written on it.
    let heading: String
    private(set) var lines: [Line] = []
    /// What was said beside the page.
    let messages: [String]
    /// What Esc does here; nil where it does nothing.
    let back: String?
    /// What does nothing now, and why.
    private(set) var notNow: [String] = []

    init(_ view: PlainView) {
        heading = Self.heading(view)
        messages = view.messages.map { Self.words($0.map(\.text).joined()) }
        back = view.keys.bindings.first { $0.keys.contains(.escape) && $0.reason == nil }?.label
        let places = Self.places(view.body)
        let cover = view.body.cover.map(Self.words)
        for row in 0..<view.body.size.rows {
            add(places.filter { $0.rect.row == row }, row, view.body)
        }
        // It is in the heading.
        if let cover, lines.first == .text(cover) { lines.removeFirst() }
        for binding in view.keys.bindings { add(binding) }
        numberTwins()
    }

    var items: [Item] {
        lines.compactMap { if case .item(let item) = $0 { item } else { nil } }
    }

    private static func heading(_ view: PlainView) -> String {
        var parts = [view.title]
        if let steps = view.steps, steps.steps.indices.contains(steps.current) {
            let step = steps.steps[steps.current]
            parts.append("Step \(steps.current + 1) of \(steps.steps.count), \(step.title)")
        }
        if let cover = view.body.cover, cover != view.title { parts.append(cover) }
        return words(parts.joined(separator: ". "))
    }

    // MARK: Parts that can be done

    private struct Place {
        var rect: Rect
        var kind: Part.Kind?
        var keys: [Key]
        var identity: String?

        /// `key` does it, where the keys that lead there do not yet.
        func item(
            _ name: String, value: String? = nil, note: String = "", _ act: Item.Act,
            _ key: Key? = nil
        ) -> Line {
            let name = PlainPage.words(name)
            let isDone = keys.last == .enter || keys.last == .space
            return .item(
                Item(
                    identity: identity ?? name, name: name,
                    text: (value.map { "\(name): \(PlainPage.words($0))" } ?? name) + note,
                    keys: keys + (isDone ? [] : [key].compactMap(\.self)), act: act))
        }
    }

    /// Whatever the mouse would find, with what is drawn there. What is offered over many rows is no part.
    private static func places(_ canvas: Canvas) -> [Place] {
        let offers = canvas.offers.filter { $0.rect.rows == 1 && !$0.rect.isEmpty }
        let places = offers.compactMap { offer -> Place? in
            guard case .keys(let keys) = offer.answer else { return nil }
            let part = canvas.parts.last { offer.rect.contains($0.rect.origin) }
            guard part != nil || !keys.isEmpty else { return nil }
            return Place(
                rect: part?.rect ?? offer.rect, kind: part?.kind, keys: keys,
                identity: offer.identity)
        }
        return places.sorted { $0.rect.column < $1.rect.column }
    }

    // MARK: Lines

    private mutating func add(_ places: [Place], _ row: Int, _ canvas: Canvas) {
        var column = 0
        for place in places {
            let before = Self.words(canvas, row, column..<max(column, place.rect.column))
            column = place.rect.endColumn
            switch place.kind {
            case .field(let value, let placeholder, let isSecret):
                let empty = placeholder.isEmpty ? "empty" : "empty, \(placeholder)"
                lines.append(
                    place.item(
                        label(before), value: value.isEmpty ? empty : value,
                        .fillIn(isSecret: isSecret)))
            case .list(let value):
                lines.append(place.item(label(before), value: value, .press, .enter))
            case .button(let button):
                add(before)
                lines.append(place.item(button.title, note: button.whyNot, .press, .enter))
            case .checkBox(let label, let isOn):
                add(before)
                lines.append(
                    place.item(label, value: isOn ? "checked" : "not checked", .press, .space))
            case nil:
                add(before)
                let text = Self.words(canvas, row, place.rect.column..<place.rect.endColumn)
                if !text.isEmpty { lines.append(place.item(text, .press, .enter)) }
            }
        }
        let behind = Self.words(canvas, row, column..<canvas.size.columns)
        guard case .field = places.last?.kind, !behind.isEmpty, case .item(var item) = lines.last
        else { return add(behind) }
        // It is about what was filled in.
        item.text += " (\(Self.withoutColon(behind)))"
        lines[lines.count - 1] = .item(item)
    }

    private mutating func add(_ text: String) { if !text.isEmpty { lines.append(.text(text)) } }

    /// What stands before a field names it, or the line above.
    private mutating func label(_ before: String) -> String {
        guard before.isEmpty, case .text(let above) = lines.last else {
            return Self.withoutColon(before)
        }
        lines.removeLast()
        return Self.withoutColon(above)
    }

    private static func withoutColon(_ text: String) -> String {
        text.hasSuffix(":") ? String(text.dropLast()) : text
    }

    /// Keys that no part of the page stands for: letters, and where there are no parts Enter.
    private mutating func add(_ binding: KeyMap.Binding) {
        guard !binding.isForScreens else { return }
        let letter = binding.keys.first { key in
            switch key {
            case .character(let character): character != " "
            case .function: true
            default: false
            }
        }
        let enter = items.isEmpty && binding.keys.contains(.enter) ? Key.enter : nil
        guard let key = letter ?? enter, !items.contains(where: { $0.name == binding.label }),
            !Self.moving.contains(where: binding.keys.contains)
        else { return }
        let isOwn = PlainTalk.ownLetters.contains { letter == .character($0) }
        let name = isOwn ? nil : letter?.name
        let text = Self.words(binding.label) + (name.map { " (\($0))" } ?? "")
        if let reason = binding.reason { return notNow.append("\(text): \(Self.words(reason))") }
        lines.append(
            .item(
                Item(
                    identity: "key \(key.name)", name: binding.label, text: text, keys: [key],
                    act: .press)))
    }

    /// They go through what is read as a whole.
    private static let moving: [Key] = [.up, .down]

    /// Of several of the same name the first keeps it.
    private mutating func numberTwins() {
        var seen: [String: Int] = [:]
        for index in lines.indices {
            guard case .item(var item) = lines[index] else { continue }
            let count = seen[item.identity, default: 0] + 1
            seen[item.identity] = count
            if count > 1 { item.identity += " \(count)" }
            lines[index] = .item(item)
        }
    }

    // MARK: Words

    private static func words(_ canvas: Canvas, _ row: Int, _ columns: Range<Int>) -> String {
        words(columns.map { canvas[Point($0, row)].text }.joined())
    }

    /// Pictures as words; of many spaces two are left.
    static func words(_ text: String) -> String {
        let harmless = Glyph.all(of: text).map { Glyphs.words[$0.text] ?? $0.text }.joined()
        let parts = harmless.split(separator: "  ").map { part in
            part.drop { $0 == " " }
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ").trimmed
            .replacing(" , ", with: ", ")
    }
}

extension Button {
    /// Behind its title, where it cannot be pressed.
    fileprivate var whyNot: String {
        guard case .grey(let reason) = state else { return "" }
        return reason.isEmpty ? " (not now)" : " (not now: \(PlainPage.words(reason)))"
    }
}

extension String {
    /// Without spaces at its ends.
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        return String(text)
    }
}
