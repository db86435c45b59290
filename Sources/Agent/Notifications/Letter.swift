/// What is told of an occasion, by mail and to a command.
struct Letter: Hashable, Sendable {
    /// One line that says what happened, and to which migration.
    let subject: String
    /// What it means, until when, what to do and how. A paragraph is one line.
    let text: String

    /// Names of clusters and words of servers may be in both: control characters become spaces.
    init(subject: String, text: String) {
        self.subject = Letter.cleaned(subject, keeping: [])
        self.text = Letter.cleaned(text, keeping: ["\n"])
    }

    private static func cleaned(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isControl =
                scalar.properties.generalCategory == .control
                || scalar.properties.generalCategory == .lineSeparator
                || scalar.properties.generalCategory == .paragraphSeparator
            result.unicodeScalars.append(isControl && !kept.contains(scalar) ? " " : scalar)
        }
        return result
    }
}
