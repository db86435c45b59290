/// What a user does with the mouse.
package struct Mouse: Sendable, Hashable {
    package enum Act: Sendable, Hashable { case click, wheelUp, wheelDown }

    package var act: Act
    package var point: Point

    package init(_ act: Act, at point: Point) {
        self.act = act
        self.point = point
    }
}

extension Mouse.Act {
    /// From the number of a button as xterm reports it; nil for all but the left one and the wheel.
    init?(_ button: Int) {
        switch button {
        case 0: self = .click
        case 64: self = .wheelUp
        case 65: self = .wheelDown
        default: return nil
        }
    }
}

/// A part of the canvas that answers the mouse, in keys.
struct Offer: Sendable, Equatable {
    enum Answer: Sendable, Equatable {
        /// A click types these.
        case keys([Key])
        /// The wheel types Up and Down.
        case scrolling
    }

    var rect: Rect
    var answer: Answer
    /// Which thing it is, where the words that are drawn there change; nil where they say it.
    var identity: String?
}

extension Canvas {
    /// A click there types these keys; what is offered last is on top. `identity`: what it is, where the words there
    /// change.
    package mutating func offer(_ keys: [Key], in rect: Rect, as identity: String? = nil) {
        add(Offer(rect: rect, answer: .keys(keys), identity: identity))
    }

    /// A click there leads to a part of the page, and types one key more.
    package mutating func offer<ID>(
        _ focus: FocusRing<ID>, _ part: ID, then key: Key? = nil, in rect: Rect,
        as identity: String? = nil
    ) {
        guard let keys = focus.keys(to: part) else { return }
        offer(keys + (key.map { [$0] } ?? []), in: rect, as: identity)
    }

    /// The wheel scrolls there.
    package mutating func offerScrolling(in rect: Rect) {
        add(Offer(rect: rect, answer: .scrolling))
    }

    /// What a report of the mouse types.
    package func keys(for mouse: Mouse) -> [Key] {
        let here = offers.reversed().filter { $0.rect.contains(mouse.point) }.map(\.answer)
        switch mouse.act {
        case .click:
            for case .keys(let keys) in here { return keys }
            return []
        case .wheelUp: return here.contains(.scrolling) ? [.up] : []
        case .wheelDown: return here.contains(.scrolling) ? [.down] : []
        }
    }
}
