import ArgumentParser
import Sandbox
import Wizard

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

    @Option(
        help: ArgumentHelp(
            "Sample data, in MB. (default: \(Tuning.demoMegabytes), with --guide \(Tuning.guidedMegabytes))",
            valueName: "mb"))
    var size: Int?

    @Option(help: ArgumentHelp("What the application writes, per second.", valueName: "writes"))
    var rate = Tuning.demoWritesPerSecond

    @Option(
        help: ArgumentHelp(
            "How fast the time to cut over passes, with its notices: at 3600 an hour of it takes a second.",
            valueName: "speed"))
    var clock = 1

    @Option(
        help: ArgumentHelp(
            "The server to use, instead of the ones that `make deps` fetches.", valueName: "path"),
        completion: .file())
    var mongod: String?

    @Flag(
        help:
            "Say what to do next, notice when it is done, and report at the end: for a first time, and for training."
    )
    var guide = false

    @Flag(help: "Migrate without the wizard and without questions, as where there is no terminal.")
    var unattended = false

    func run(in surroundings: Surroundings) async throws -> ExitStatus {
        try checkUsage()
        // Said before there is a screen.
        if let mongod {
            _ = try MongodBinary.at(mongod)
        } else {
            do throws(SandboxError) {
                _ = try MongodBinary.find()
            } catch {
                throw SandboxError(error.code, "\(error), or name a server with --mongod")
            }
        }
        try await ScratchFolder.removeAbandoned()
        let shop = Shop(
            megabytes: size ?? (guide ? Tuning.guidedMegabytes : Tuning.demoMegabytes))
        guard hasWizard else {
            return try await UnattendedDemo(
                shop: shop, rate: rate, mongod: mongod, surroundings: surroundings
            ).run()
        }
        return try await show(shop, in: surroundings)
    }

    private var hasWizard: Bool { !unattended && (TerminalWizard.hasTerminal || screen.plain) }

    private func checkUsage() throws {
        if let size, !Tuning.demoSizes.contains(size) {
            throw UsageError(
                "--size \(size): it must be from \(Tuning.demoSizes.lowerBound) to \(Tuning.demoSizes.upperBound)"
            )
        }
        guard Tuning.demoRates.contains(rate) else {
            throw UsageError(
                "--rate \(rate): it must be from \(Tuning.demoRates.lowerBound) to \(Tuning.demoRates.upperBound)"
            )
        }
        guard Tuning.demoClockSpeeds.contains(clock) else {
            throw UsageError(
                "--clock \(clock): it must be from \(Tuning.demoClockSpeeds.lowerBound) to \(Tuning.demoClockSpeeds.upperBound)"
            )
        }
        guard clock == 1 || hasWizard else {
            throw UsageError("--clock: a demo without the wizard cuts over as soon as it can")
        }
        guard screen.record == nil || hasWizard else {
            throw UsageError(
                "--record: a demo without the wizard shows nothing to record; it needs a terminal, or --plain"
            )
        }
        guard guide else { return }
        guard rate > 0 else {
            throw UsageError("--guide: there has to be an application that writes, and --rate is 0")
        }
        guard hasWizard else {
            throw UsageError("--guide leads through the wizard: it needs a terminal, or --plain")
        }
    }

    private func show(_ shop: Shop, in surroundings: Surroundings) async throws -> ExitStatus {
        let console = surroundings.console
        let recording = try screen.recording()
        defer { if let trouble = recording?.end() { console.say(trouble) } }
        let stage = try DemoStage(
            shop, rate: rate, members: guide ? Tuning.guidedMembers : 1, clockSpeed: clock,
            mongod: mongod, console)
        let session = TerminalWizard(
            options: screen.terminalOptions, plain: try screen.plainOptions(), client: stage.client,
            recording: recording, host: await stage.host,
            guide: guide ? DemoStage.guide : nil, startAgent: { try await stage.startAgent() },
            hostKey: { await stage.toggle() }, fault: { try await stage.toggle($0) })
        let model = try await session.run(surroundings.signals) { sender in
            Task { await stage.perform(sender) }
        }
        let report = await stage.report(model).lines
        console.say("Ending the demo")
        let failure = await stage.end()
        console.say("Both replica sets and the agent are stopped, and their data removed.")
        if !report.isEmpty { console.answer(printable(report)) }
        guard let failure else { return .done }
        console.say("lagzero: \(failure)")
        return .failed
    }
}
