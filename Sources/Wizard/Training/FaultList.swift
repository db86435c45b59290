internal import Terminal

/// The faults that can be set and ended, open over the page.
struct FaultList: Sendable, Equatable, Codable {
    private(set) var isClosed = false
    /// What the last key has set or ended.
    private(set) var taken: Fault.Kind?
    private var scroll = Scroll()

    mutating func handle(_ key: Key, _ faults: [Fault]) {
        switch key {
        case .escape, .character("F"), .character("q"): isClosed = true
        case .enter, .space: take(scroll.selected, faults)
        case .character(let digit) where digit.isNumber:
            take((digit.wholeNumberValue ?? 0) - 1, faults)
        default: _ = scroll.handle(key, count: faults.count)
        }
    }

    /// One that nothing can be done about now stays where it is, with the reason beside it.
    private mutating func take(_ index: Int, _ faults: [Fault]) {
        guard faults.indices.contains(index) else { return }
        scroll.selected = index
        guard faults[index].isTakeable else { return }
        taken = faults[index].kind
        isClosed = true
    }

    func draw(in rect: Rect, _ faults: [Fault], on canvas: inout Canvas) {
        canvas.hideCursor()
        canvas.cover(by: "Faults")
        canvas.fill(rect)
        let (head, rest) = rect.top(2)
        let about = "   what is set stays until it is taken back here"
        canvas.put([Run(" Faults", .title), Run(about, .dim)], in: head.line(0))
        for (index, fault) in faults.prefix(rest.rows).enumerated() {
            let line = rest.line(index)
            let what = fault.isSet ? fault.ending ?? fault.setting : fault.setting
            // Where it is read line by line it has a number already.
            let text = canvas.isPlain ? what : " \(index + 1)  \(what)"
            let note = fault.isSet ? fault.state : fault.obstacle.map { "not now: \($0)" }
            canvas.put(text, in: line, fault.isTakeable ? .text : .dim)
            if let note {
                let place = line.inset(columns: 1, rows: 0)
                canvas.put(note, in: place, fault.isSet ? .warning : .dim, alignment: .right)
            }
            if !canvas.isPlain, index == scroll.selected { canvas.restyle(line, Style(.selection)) }
            canvas.offer(
                [.character(Character("\(index + 1)"))], in: line, as: "fault \(fault.kind)")
        }
    }

    static let keys = KeyMap([
        .init(.enter, label: "Take"), .init(.up, .down, label: "Move"),
        .init(.escape, label: "Close"),
    ])
}

extension Fault {
    /// Whether it can be set now, or ended.
    fileprivate var isTakeable: Bool { isSet ? ending != nil : obstacle == nil }
}
