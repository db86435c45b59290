/// A name as servers tell names apart: byte by byte. Swift holds strings for equal that Unicode does, such as an `é` in one
/// piece and one in two, and those can be two collections.
package struct ExactName: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    package static func < (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension String {
    /// Whether its bytes begin with these: `hasPrefix` sees no prefix where a combining character follows.
    package func hasExactPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Without its first bytes, which are whole characters of their own.
    package func dropping(bytes: Int) -> String {
        String(decoding: utf8.dropFirst(bytes), as: UTF8.self)
    }
}
