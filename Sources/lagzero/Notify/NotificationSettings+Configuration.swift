import Agent
import Yams

/// As it is written below `notifications` in `config.yaml`.
extension NotificationSettings {
    init(_ node: Node) throws {
        self.init()
        guard let settings = node.mapping else {
            throw Misfit(node, "notifications has mail or command below it")
        }
        for (name, value) in settings {
            switch name.string {
            case "mail": mail = try Self.addresses(value)
            case "from":
                let addresses = try Self.addresses(value)
                guard addresses.count == 1 else { throw Misfit(value, "this is one address") }
                from = addresses[0]
            case "sendmail":
                let words = try Self.program(value)
                guard words.count == 1 else {
                    throw Misfit(value, "sendmail is a path alone; it is started with -t -i")
                }
                sendmail = words[0]
            case "command": command = try Self.program(value)
            default:
                throw Misfit(
                    name,
                    "there is no setting \(name.string ?? "") in notifications, but mail, from, sendmail and command"
                )
            }
        }
    }

    private static func addresses(_ value: Node) throws -> [String] {
        let addresses = try texts(value)
        if let wrong = addresses.first(where: { !isAddress($0) }) {
            throw Misfit(value, "'\(wrong)' is no address, as anna@example.net is one")
        }
        return addresses
    }

    /// One text, or a list of some.
    private static func texts(_ value: Node) throws -> [String] {
        let nodes = value.sequence.map(Array.init) ?? [value]
        let texts = nodes.compactMap { $0.scalar?.string }
        guard !texts.isEmpty, texts.count == nodes.count, texts[0] != "",
            !texts.contains(where: { $0.contains("\0") })
        else { throw Misfit(value, "this is a text, or a list of texts") }
        return texts
    }

    /// A program and its arguments.
    private static func program(_ value: Node) throws -> [String] {
        let words = try texts(value)
        guard words[0].hasPrefix("/") else {
            throw Misfit(value, "'\(words[0])' is no absolute path of a program")
        }
        return words
    }
}
