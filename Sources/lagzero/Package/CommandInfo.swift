import ArgumentParser
import Foundation

/// What the parser says of a command: what its help says, for programs.
struct CommandInfo: Decodable {
    let commandName: String
    let superCommands: [String]?
    let abstract: String?
    let discussion: String?
    let shouldDisplay: Bool
    let defaultSubcommand: String?
    let subcommands: [CommandInfo]?
    let arguments: [ArgumentInfo]?

    /// Of the whole program.
    static func ofProgram() throws -> CommandInfo {
        struct Root: Decodable { let command: CommandInfo }
        return try JSONDecoder().decode(Root.self, from: Data(Lagzero._dumpHelp().utf8)).command
    }

    /// Such as `lagzero`, `agent`, `run`.
    var words: [String] { (superCommands ?? []) + [commandName] }

    /// Those that its help lists.
    var shownCommands: [CommandInfo] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    /// Those that its help lists, without what every command takes.
    var shownArguments: [ArgumentInfo] {
        (arguments ?? []).filter { $0.shouldDisplay && !$0.isCommon }
    }
}

/// An option, a flag, or a word without a name.
struct ArgumentInfo: Decodable, Hashable {
    struct Name: Decodable, Hashable {
        let kind: String
        let name: String

        var text: String { (kind == "long" ? "--" : "-") + name }
    }

    let kind: String
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let sectionTitle: String?
    let defaultValue: String?
    let allValues: [String]?
    let isOptional: Bool
    let shouldDisplay: Bool

    var isPositional: Bool { kind == "positional" }

    /// Whether every command takes it.
    var isCommon: Bool { names?.contains { ["--help", "--version"].contains($0.text) } == true }
}
