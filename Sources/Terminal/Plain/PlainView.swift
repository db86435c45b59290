/// What a program shows, for those who read it line by line: the page as it is drawn, without a frame around it.
package struct PlainView: Sendable {
    /// Where a migration, or whatever goes on by itself, stands.
    package struct Standing: Sendable, Equatable {
        package var text: String
        /// While this is the same, nothing of weight has changed.
        package var mark: String

        package init(_ text: String, mark: String) {
            self.text = text
            self.mark = mark
        }
    }

    package var title: String
    package var steps: Stepper?
    /// Beside the page: what was said last, and what holds for every page.
    package var messages: [[Run]]
    /// Nil where nothing goes on.
    package var standing: Standing?
    /// What somebody is called to, when it is called; nil where that is not known.
    package var alert: String?
    package var keys: KeyMap
    private(set) var body: Canvas

    /// `draw`: the page alone, over the whole canvas.
    package init(
        _ title: String, steps: Stepper? = nil, messages: [(String, Role)] = [],
        standing: Standing? = nil, alert: String? = nil, keys: KeyMap, size: Size,
        draw: (inout Canvas) -> Void
    ) {
        self.title = title
        self.steps = steps
        self.messages = messages.map { [Run(Glyphs.spoken.marked($0.0, $0.1))] }
        self.standing = standing
        self.alert = alert
        self.keys = keys
        body = Canvas.plain(size)
        draw(&body)
    }
}
