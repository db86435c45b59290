extension Page {
    /// The page with what was chosen on one of its kind before that was left, as far as it still fits.
    package func takingUp(_ left: Page) -> Page {
        if case .setUp(let page) = self, case .setUp(let left) = left {
            return .setUp(page.takingUp(left))
        }
        return left
    }
}
