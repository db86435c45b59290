/// A database and a collection in it. Equal means: the same bytes.
package struct Namespace: Hashable, Sendable {
    package var database: String
    package var collection: String

    package init(_ database: String, _ collection: String) {
        self.database = database
        self.collection = collection
    }

    /// From `"database.collection"`: the first dot separates. Nil when one of the two is missing.
    package init?(_ text: String) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(
            String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
    }
}

extension Namespace {
    private var exactly: (ExactName, ExactName) { (ExactName(database), ExactName(collection)) }

    package static func == (left: Namespace, right: Namespace) -> Bool {
        left.exactly == right.exactly
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(exactly.0)
        hasher.combine(exactly.1)
    }
}

extension Namespace: CustomStringConvertible, Comparable {
    package var description: String { "\(database).\(collection)" }

    package static func < (left: Namespace, right: Namespace) -> Bool {
        left.exactly < right.exactly
    }
}
