package import ControlAPI
internal import Glibc

/// One thing that is told, as every channel has it.
struct Message: Hashable, Sendable {
    enum Channel: String, CaseIterable, Sendable { case mail, command }

    /// `countdown-3h`.
    var event: String
    /// Nil for a test.
    var migration: Identifier?
    var letter: Letter
    /// When it came to that, milliseconds since 1970.
    var time: Int64
    /// The same however often it is sent: letters, digits, `.` and `-`.
    var id: String
}

/// Hands messages over to what the settings name.
package struct Delivery: Sendable {
    private let settings: NotificationSettings
    private let host: String
    /// Whether what the programs say is seen where the output of this process is.
    private let isHeard: Bool

    package init(_ settings: NotificationSettings, host: String, isHeard: Bool = false) {
        self.settings = settings
        self.host = host
        self.isHeard = isHeard
    }

    /// `mail to anna@example.net`; nil where that is not configured.
    func name(of channel: Message.Channel) -> String? {
        switch channel {
        case .mail:
            settings.mail.isEmpty ? nil : "mail to \(settings.mail.joined(separator: ", "))"
        case .command: settings.command.first
        }
    }

    /// Returns when the program has taken it; throws a `ControlError` where it has not, or not in time.
    func send(_ message: Message, by channel: Message.Channel) async throws {
        try await program(message, channel).run(within: Tuning.deliveryLimit)
    }

    private func program(_ message: Message, _ channel: Message.Channel) -> HelperProgram {
        switch channel {
        case .mail:
            let from = settings.from ?? "\(Delivery.user)@\(host)"
            return HelperProgram(
                path: settings.sendmail, arguments: ["-t", "-i"],
                input: Mail(from: from, to: settings.mail, message: message, host: host).text,
                isHeard: isHeard)
        case .command:
            return HelperProgram(
                path: settings.command.first ?? "",
                arguments: Array(settings.command.dropFirst()),
                environment: [
                    "LAGZERO_EVENT": message.event,
                    "LAGZERO_MIGRATION": message.migration?.text ?? "",
                    "LAGZERO_MESSAGE": message.letter.subject, "LAGZERO_ID": message.id,
                ], input: message.letter.text, isHeard: isHeard)
        }
    }

    /// Sends a test through everything that is configured; returns how each of them went.
    package func test() async -> [(name: String, error: ControlError?)] {
        let now = Clock.now
        let message = Message(
            event: "test",
            letter: Letter(
                subject: "Test from lagzero on \(host)",
                text: """
                    Notifications from lagzero on \(host) arrive here.

                    One comes when a migration is in sync and waits for its cutover, when the time for that runs out, and when it pauses by an error, fails, expires, takes long to cut over or may lose the oplog it needs.

                    """), time: now, id: "test.\(now)")
        var results: [(name: String, error: ControlError?)] = []
        for channel in Message.Channel.allCases {
            guard let name = name(of: channel) else { continue }
            do {
                try await send(message, by: channel)
                results.append((name, nil))
            } catch {
                results.append((name, ControlError(any: error)))
            }
        }
        return results
    }

    private static var user: String {
        getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
    }
}
