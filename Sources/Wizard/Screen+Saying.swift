extension Screen {
    /// Answers a key with what `forget` takes away gone: what was said about the key before. A key that does nothing
    /// leaves that, too, so that it is seen to be none of the page's.
    mutating func answering(
        _ act: (inout Self) -> [Action], forgetting forget: (inout Self) -> Void
    ) -> [Action] {
        let before = self
        var silent = before
        forget(&silent)
        self = silent
        let actions = act(&self)
        if actions.isEmpty, self == silent { self = before }
        return actions
    }
}

/// A page that says why something was not done, until another key is pressed or that has changed.
protocol RefusingScreen: Screen {
    associatedtype Grounds: Sendable, Equatable, Codable
    /// What the refusal was said for; nil where there is none.
    var refusedFor: Grounds? { get set }
    var isRefusing: Bool { get }
    /// What a refusal rests on.
    func grounds(_ world: World) -> Grounds
    mutating func forgetRefusal()
}

extension RefusingScreen {
    /// To be called when something may have been refused.
    mutating func noteRefusal(_ world: World) { refusedFor = isRefusing ? grounds(world) : nil }

    /// To be called when the world has changed.
    mutating func dropStaleRefusal(_ world: World) {
        guard let refusedFor, refusedFor != grounds(world) else { return }
        forgetRefusal()
        self.refusedFor = nil
    }

    /// Answers a key without what was refused before.
    mutating func refusing(_ world: World, _ act: (inout Self) -> [Action]) -> [Action] {
        answering(
            { page in
                let actions = act(&page)
                page.noteRefusal(world)
                return actions
            },
            forgetting: { page in
                page.forgetRefusal()
                page.refusedFor = nil
            })
    }
}
