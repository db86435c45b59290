/// A part of a page in words, noted where it is drawn: what is read in the place of its picture.
package struct Part: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case button(Button)
        case checkBox(String, isOn: Bool)
        /// What is in it, and what is shown while nothing is; a secret's own text is not given here.
        case field(String, placeholder: String, isSecret: Bool)
        /// A list that is closed, and what was taken from it.
        case list(String)
    }

    var rect: Rect
    var kind: Kind
}
