package import BSON

/// What a server or the driver refused, or why no answer came.
package struct MongoError: Error, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The server answered with an error of this `code`.
        case server
        /// A write was done but not confirmed by a majority.
        case writeConcern
        /// No answer: the connection broke or timed out. The command may or may not have been executed, now or later.
        case network
        /// No primary was found in time.
        case serverSelection
        /// The server did not accept the credentials, or cannot check them.
        case authentication
        /// The connection string or a command is not valid; nothing was sent.
        case invalid
        /// Anything else that libmongoc reports.
        case driver
    }

    package var kind: Kind
    /// The server's code; 0 for errors of other kinds.
    package var code: Int32
    package var message: String
    /// What the server answered, where it did.
    package var reply: Document?

    package init(kind: Kind, code: Int32 = 0, message: String, reply: Document? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.reply = reply
    }

    /// The server's name of the code, such as `NamespaceNotFound`.
    package var codeName: String? { reply?["codeName"]?.string }

    package var labels: [String] { reply?["errorLabels"]?.elements.compactMap(\.string) ?? [] }
}

extension MongoError: CustomStringConvertible {
    /// One line for people: the server's words, without the session and cluster time it likes to append.
    package var description: String {
        let name = codeName.map { "\($0) (\(code)): " } ?? (code == 0 ? "" : "error \(code): ")
        let limit = 300
        var text = message[...]
        if let session = text.firstRange(of: ", lsid: {") {
            text = text[..<session.lowerBound] + " }"
        }
        if text.count > limit { text = text.prefix(limit) + "..." }
        return name + text
    }
}
