/// What a piece of the screen is; a theme says how that looks.
package enum Role: String, Sendable, Codable, CaseIterable {
    case text
    /// Of less weight: units, hints, what has passed.
    case dim
    case accent
    /// The program's name, headings.
    case title
    /// The page's own steps and labels.
    case label
    case ok
    case warning
    case error
    /// The row or item that the keys act on.
    case selection
    case field
    case fieldFocus = "field-focus"
    case button
    case buttonFocus = "button-focus"
    /// The one step that is wanted now.
    case buttonReady = "button-ready"
    /// Not to be pressed now.
    case buttonGrey = "button-grey"
    case progress
    /// The part of a bar that is not done.
    case track
    case border
    /// The name of a key in the footer and in the help.
    case key
    /// Where a search found something.
    case match
    case link
}

/// What is added to the looks of a role.
package struct Attributes: OptionSet, Sendable, Hashable, Codable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let underline = Attributes(rawValue: 4)
    package static let reverse = Attributes(rawValue: 8)
    package static let italic = Attributes(rawValue: 16)
}

package struct Style: Sendable, Hashable, Codable {
    package var role: Role
    package var attributes: Attributes

    package init(_ role: Role, _ attributes: Attributes = []) {
        self.role = role
        self.attributes = attributes
    }

    package static let text = Style(.text)
    package static let dim = Style(.dim)
    package static let accent = Style(.accent)
    package static let title = Style(.title)
    package static let label = Style(.label)
    package static let ok = Style(.ok)
    package static let warning = Style(.warning)
    package static let error = Style(.error)
    package static let selection = Style(.selection)
    package static let border = Style(.border)
    package static let key = Style(.key)
}

/// A piece of text in one style. Strings are runs too: `"plain"`.
package struct Run: Sendable, Hashable, Codable, ExpressibleByStringInterpolation {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }

    package init(stringLiteral value: String) { self.init(value) }
}
