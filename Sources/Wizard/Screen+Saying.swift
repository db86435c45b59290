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
