/// How a cell is shown, by the sequences of ECMA-48 8.3.117 (SGR) and xterm's colours.
package struct Rendition: Hashable, Sendable, CustomStringConvertible {
    package var attributes: Set<Attribute> = []
    /// 0 to 7, to 15 or to 255; nil for the terminal's own.
    package var foreground: Int?
    package var background: Int?

    package enum Attribute: Int, CaseIterable, Sendable {
        case bold = 1
        case dim = 2
        case italic = 3
        case underlined = 4
        case blinking = 5
        case reversed = 7
    }

    package init(background: Int? = nil) { self.background = background }

    /// Takes over what one sequence says; returns whether all of it is known.
    mutating func change(_ numbers: [Int]) -> Bool {
        var rest = numbers[...]
        if rest.isEmpty { self = Rendition() }
        while let number = rest.popFirst() {
            switch number {
            case 0: self = Rendition()
            case 10, 11: break  // fonts
            case 22: attributes.subtract([.bold, .dim])
            case 23...27:
                guard let attribute = Attribute(rawValue: number - 20) else { return false }
                attributes.remove(attribute)
            case 30...37: foreground = number - 30
            case 39: foreground = nil
            case 40...47: background = number - 40
            case 49: background = nil
            case 90...97: foreground = number - 90 + 8
            case 100...107: background = number - 100 + 8
            case 38, 48:
                guard rest.popFirst() == 5, let colour = rest.popFirst() else { return false }
                if number == 38 { foreground = colour } else { background = colour }
            default:
                guard let attribute = Attribute(rawValue: number) else { return false }
                attributes.insert(attribute)
            }
        }
        return true
    }

    /// `bold 81 on 236`; `plain` for the terminal's own.
    package var description: String {
        var words = Attribute.allCases.filter(attributes.contains).map { "\($0)" }
        if let foreground { words.append("\(foreground)") }
        if let background { words.append("on \(background)") }
        return words.isEmpty ? "plain" : words.joined(separator: " ")
    }
}
