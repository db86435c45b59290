import ArgumentParser
import Sandbox

/// `lagzero demo`: the migration of a small shop between two replica sets of this machine, while
/// customers use it.
struct Demo: LagzeroCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Migrate between two local replica sets, with sample data and a running application.",
        discussion: """
            On a terminal it opens the wizard; everything is gone when the wizard is left. Elsewhere, \
            and with --unattended, it migrates by itself and reports.
            """)

    @OptionGroup var screen: ScreenArguments

    @Option(help: ArgumentHelp("Sample data, in MB.", valueName: "mb"))
    var size = Tuning.demoMegabytes

    @Option(help: ArgumentHelp("What the application writes, per second.", valueName: "writes"))
    var rate = Tuning.demoWritesPerSecond

    @Option(
        help: ArgumentHelp(
            "The server to use, instead of the ones that `make deps` fetches.", valueName: "path"))
    var mongod: String?

    @Flag(help: "Migrate without the wizard and without questions, as where there is no terminal.")
    var unattended = false

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        guard Tuning.demoSizes.contains(size) else {
            throw UsageError(
                "--size \(size): it must be from \(Tuning.demoSizes.lowerBound) to \(Tuning.demoSizes.upperBound)"
            )
        }
        guard Tuning.demoRates.contains(rate) else {
            throw UsageError(
                "--rate \(rate): it must be from \(Tuning.demoRates.lowerBound) to \(Tuning.demoRates.upperBound)"
            )
        }
        // Said before there is a screen.
        _ =
            try mongod.map { (path) throws(SandboxError) in try MongodBinary.at(path) }
            ?? MongodBinary.find()
        try await ScratchFolder.removeAbandoned()
        let shop = Shop(megabytes: size)
        guard !unattended, TerminalWizard.hasTerminal || screen.plain else {
            return try await UnattendedDemo(
                shop: shop, rate: rate, mongod: mongod, surroundings: surroundings
            ).run()
        }
        return try await show(shop, in: surroundings)
    }

    private func show(_ shop: Shop, in surroundings: Surroundings) async throws -> ExitStatus {
        let console = surroundings.console
        let recording = try screen.recording()
        let stage = try DemoStage(shop, rate: rate, mongod: mongod, console)
        let session = TerminalWizard(
            options: screen.terminalOptions, plain: try screen.plainOptions(), client: stage.client,
            recording: recording, host: await stage.host,
            startAgent: { try await stage.startAgent() }, hostKey: { await stage.toggle() })
        _ = try await session.run(surroundings.signals) { sender in
            Task { await stage.perform(sender) }
        }
        if let trouble = recording?.end() { console.say(trouble) }
        console.say("Ending the demo")
        let failure = await stage.end()
        console.say("Both replica sets and the agent are stopped, and their data removed.")
        guard let failure else { return .done }
        console.say("lagzero: \(failure)")
        return .failed
    }
}
