/// Colours and attributes of a cell, as a theme file writes them: `35 on 236 bold underline`. Colours are palette
/// numbers, names, or `default` for the terminal's own.
struct Paint: Sendable, Hashable, Codable {
    /// -1 is the terminal's own.
    var foreground = -1
    var background = -1
    var attributes: Attributes = []

    static let names = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
        "bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue",
        "bright-magenta", "bright-cyan", "bright-white",
    ]

    private static let attributes: [String: Attributes] = [
        "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse,
        "italic": .italic, "normal": [],
    ]

    init(foreground: Int = -1, background: Int = -1, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    init(_ text: String) throws {
        var isBackground = false
        for word in text.split(separator: " ").map(String.init) {
            if word == "on" {
                isBackground = true
            } else if let attribute = Self.attributes[word] {
                attributes.formUnion(attribute)
            } else if let colour = Self.colour(word) {
                if isBackground { background = colour } else { foreground = colour }
                isBackground = false
            } else {
                throw ThemeError("\"\(word)\" in \"\(text)\" is neither a colour nor an attribute")
            }
        }
    }

    private static func colour(_ word: String) -> Int? {
        if word == "default" { return -1 }
        if let index = names.firstIndex(of: word) { return index }
        return Int(word).flatMap { (0..<256).contains($0) ? $0 : nil }
    }

    /// For terminals with 8 colours: bold stands for bright.
    var withoutBrightColours: Paint {
        var paint = self
        if (8..<16).contains(foreground) {
            paint.foreground -= 8
            // Bright black is grey: black would not be seen.
            if paint.foreground == 0 {
                paint.foreground = -1
            } else {
                paint.attributes.insert(.bold)
            }
        }
        if (8..<16).contains(background) { paint.background -= 8 }
        return paint
    }
}
