import Agent
import ArgumentParser
import ControlAPI
import Migration

/// `lagzero notify`: where notifications go, and whether they arrive.
struct Notify: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say where notifications go, and send a test there.",
        discussion: """
            They are sent by the agent, as config.yaml says at the time. This command reads the same file.
            """)

    @Flag(help: "Send a test by mail and to the command, and show what they say.")
    var test = false

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        guard let file = Configuration.path("config.yaml") else {
            throw UsageError("there is no home folder, and so no config.yaml")
        }
        let settings = try Configuration(file: file).notifications.get()
        let lines = Notify.lines(settings)
        guard !lines.isEmpty else {
            surroundings.console.answer(
                "Nobody is notified: \(file) names neither mail nor a command below notifications.")
            return test ? .failed : .done
        }
        surroundings.console.answer(printable(lines))
        guard test else { return .done }
        let delivery = Delivery(settings, host: Lease.Owner.thisProcess.host, isHeard: true)
        let results = await delivery.test()
        surroundings.console.answer(
            printable(results.map { $0.error.map { "Not sent: \($0)" } ?? "Sent: \($0.name)" }))
        return results.contains { $0.error != nil } ? .failed : .done
    }

    static func lines(_ settings: NotificationSettings) -> [String] {
        var lines: [String] = []
        if !settings.mail.isEmpty {
            let from = settings.from.map { " from \($0)" } ?? ""
            let to = settings.mail.joined(separator: ", ")
            lines.append("Mail\(from) to \(to), through \(settings.sendmail)")
        }
        if !settings.command.isEmpty {
            lines.append("Command \(settings.command.joined(separator: " "))")
        }
        return lines
    }
}
