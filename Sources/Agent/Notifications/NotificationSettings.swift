/// Where notifications go.
package struct NotificationSettings: Hashable, Sendable {
    /// Addresses; empty where nothing is mailed.
    package var mail: [String] = []
    /// The sender's address; nil for the user of the agent on its host.
    package var from: String?
    /// The program that takes mail on this machine, by its absolute path.
    package var sendmail = "/usr/sbin/sendmail"
    /// A program, by its absolute path, and its arguments; empty where none is run.
    package var command: [String] = []

    package init() {}

    /// Whether a text can stand among the addresses of a mail: `anna@example.net`, or a user of this machine.
    package static func isAddress(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && !#"()<>[]:;,\""#.utf8.contains(byte)
            }
    }
}
