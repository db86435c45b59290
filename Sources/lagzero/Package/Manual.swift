import ControlAPI
import Foundation

/// The manual: a page of the program and one of each command, from what the parser knows of them.
enum Manual {
    /// Pages by the names of their files, such as `lagzero-migrate.1`. The command that opens when none is named stands in
    /// the program's page.
    static func pages(of program: CommandInfo, version: String) -> [String: String] {
        let commands = program.shownCommands.filter { $0.commandName != program.defaultSubcommand }
        let names = commands.map { name(of: $0) }
        var pages = [
            name(of: program): page(of: program, version: version) {
                $0.addProgram(program, commands)
            }
        ]
        for command in commands {
            pages[name(of: command)] = page(of: command, version: version) { page in
                page.addCommand(command)
                page.section("See also")
                page.paragraphs(
                    ([name(of: program)] + names.filter { $0 != name(of: command) })
                        .map { "`\($0)`(1)" }.joined(separator: ", "))
            }
        }
        return Dictionary(uniqueKeysWithValues: pages.map { ("\($0).1", $1) })
    }

    /// Of its page.
    fileprivate static func name(of command: CommandInfo) -> String {
        command.words.joined(separator: "-")
    }

    private static func page(
        of command: CommandInfo, version: String, body: (inout Roff) -> Void
    ) -> String {
        var page = Roff(name: name(of: command), version: version)
        page.section("Name")
        page.paragraphs("\(name(of: command)) - \(summary(of: command))")
        body(&page)
        return page.text
    }

    /// As `whatis` shows it: no sentence.
    private static func summary(of command: CommandInfo) -> String {
        let abstract = command.abstract ?? ""
        let start = abstract.prefix(1).lowercased() + abstract.dropFirst()
        return start.hasSuffix(".") ? String(start.dropLast()) : start
    }
}

extension Roff {
    fileprivate mutating func addProgram(_ program: CommandInfo, _ commands: [CommandInfo]) {
        let wizard = program.shownCommands.first { $0.commandName == program.defaultSubcommand }
        section("Synopsis")
        if let wizard {
            synopsis(
                [Roff.bold(program.commandName), "[" + Roff.bold(wizard.commandName) + "]"]
                    + usage(of: wizard))
        }
        synopsis([Roff.bold(program.commandName), Roff.italic("command"), "..."])
        section("Description")
        paragraphs(ManualWords.description)
        section("Commands")
        for command in commands {
            item(
                Roff.bold(Manual.name(of: command)) + "(1)",
                command.abstract ?? "")
        }
        section("Options")
        addArguments((wizard?.shownArguments ?? []) + (program.arguments ?? []).filter(\.isCommon))
        section("Files")
        for (path, words) in ManualWords.files { item(Roff.italic(path), words) }
        section("Environment")
        for (name, words) in ManualWords.environment { item(Roff.bold(name), words) }
        section("Exit status")
        for status in ExitStatus.allCases { item(Roff.bold("\(status.rawValue)"), status.meaning) }
        section("See also")
        paragraphs(commands.map { "`\(Manual.name(of: $0))`(1)" }.joined(separator: ", "))
    }

    fileprivate mutating func addCommand(_ command: CommandInfo) {
        let parts = command.shownCommands
        section("Synopsis")
        for part in parts.isEmpty ? [command] : parts {
            synopsis([Roff.bold(part.words.joined(separator: " "))] + usage(of: part))
        }
        section("Description")
        paragraphs(
            [command.abstract, command.discussion].compactMap(\.self).joined(separator: "\n\n"))
        if !parts.isEmpty {
            section("Commands")
            for part in parts {
                subsection(part.words.joined(separator: " "))
                paragraphs(
                    [part.abstract, part.discussion].compactMap(\.self).joined(separator: "\n\n"))
                addArguments(part.shownArguments)
            }
        }
        guard !command.shownArguments.isEmpty else { return }
        section("Options")
        addArguments(command.shownArguments)
    }

    /// What stands behind the command: that there are options, then the words without a name.
    private func usage(of command: CommandInfo) -> [String] {
        let arguments = command.shownArguments
        let words = arguments.filter(\.isPositional).map { argument in
            let word = Roff.italic(argument.valueName ?? "")
            return argument.isOptional ? "[\(word)]" : word
        }
        return (words.count < arguments.count ? ["[" + Roff.italic("options") + "]"] : []) + words
    }

    /// Below the titles that the help has for them.
    private mutating func addArguments(_ arguments: [ArgumentInfo]) {
        var title: String?
        // Those without a title stand first, as nothing would part them from the last title's.
        let ordered =
            arguments.filter { $0.sectionTitle == nil }
            + arguments.filter { $0.sectionTitle != nil }
        for argument in ordered {
            if let next = argument.sectionTitle, next != title { subsection(next) }
            title = argument.sectionTitle
            item(term(of: argument), words(of: argument))
        }
    }

    private func term(of argument: ArgumentInfo) -> String {
        let value = argument.valueName.map { Roff.italic($0) } ?? ""
        if argument.isPositional { return value }
        let names = (argument.names ?? []).map { Roff.bold($0.text) }.joined(separator: ", ")
        return argument.kind == "option" ? "\(names) \(value)" : names
    }

    private func words(of argument: ArgumentInfo) -> String {
        var facts: [String] = []
        if let values = argument.allValues {
            facts.append("one of " + values.joined(separator: ", "))
        }
        if let value = argument.defaultValue { facts.append("default: \(value)") }
        let abstract = argument.abstract ?? ""
        return facts.isEmpty ? abstract : "\(abstract) (\(facts.joined(separator: "; ")))"
    }
}
