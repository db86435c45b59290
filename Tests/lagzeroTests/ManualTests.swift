import Testing

@testable import lagzero

/// The pages, from the program's real commands.
@Suite struct ManualTests {
    private let program: CommandInfo
    private let pages: [String: String]

    init() throws {
        program = try .ofProgram()
        pages = Manual.pages(of: program, version: "1.2.3")
    }

    /// The page that a command stands in, as it is read.
    private func page(of command: CommandInfo) throws -> String {
        let name = command.words.prefix(2).joined(separator: "-")
        let page = try #require(pages["\(name).1"] ?? pages["lagzero.1"])
        return page.replacing(#/\\f[BIR]/#, with: "").replacing("\\-", with: "-")
            .replacing("\\(ti", with: "~")
    }

    @Test func everyCommandOptionAndValueIsInTheManual() throws {
        var commands = [program]
        var options = 0
        while let command = commands.popLast() {
            let text = try page(of: command)
            let isDefault = command.commandName == program.defaultSubcommand
            #expect(
                text.contains(
                    isDefault ? "lagzero [wizard]" : command.words.joined(separator: " ")))
            if !isDefault, command.words.count > 1 {
                #expect(text.contains("\n\(try #require(command.abstract))\n"))
            }
            for argument in command.shownArguments {
                let names = argument.names ?? []
                let term = names.map(\.text).joined(separator: ", ")
                #expect(text.contains("\n.TP\n\(names.isEmpty ? argument.valueName ?? "" : term)"))
                for value in argument.allValues ?? [] { #expect(text.contains(value)) }
                options += 1
            }
            commands += command.shownCommands
        }
        #expect(options > 40)
    }

    @Test func whatTheHelpHidesTheManualHidesToo() {
        #expect(pages.keys.sorted().contains("lagzero-migrate.1"))
        #expect(!pages.keys.contains { $0.contains("bench") || $0.contains("package") })
        #expect(pages.values.allSatisfy { !$0.contains("lag\\-hold") && !$0.contains("bench") })
    }

    @Test func everyExitStatusIsExplained() throws {
        let page = try #require(pages["lagzero.1"])
        for status in ExitStatus.allCases {
            #expect(page.contains(".TP\n\(Roff.bold("\(status.rawValue)"))\n"))
        }
    }

    @Test func theNameIsOneThatWhatisFinds() throws {
        let page = try #require(pages["lagzero-agent.1"])
        #expect(page.hasPrefix(".TH LAGZERO\\-AGENT 1 \"\" \"lagzero 1.2.3\"\n"))
        #expect(
            page.contains(
                """
                .SH "NAME"
                .PP
                lagzero\\-agent \\- run, look at or stop the process that owns the migrations of this host
                """))
    }

    @Test func whatTheLanguageOfThePagesMeansOtherwiseIsText() {
        var page = Roff(name: "x", version: "1")
        page.paragraphs("'quoted' `--flag` \\n\n.not a macro\n\nnext")
        #expect(
            page.text.hasSuffix(
                """
                .PP
                \\&'quoted' \\fB\\-\\-flag\\fR \\en
                .br
                \\&.not a macro
                .PP
                next

                """))
    }
}
