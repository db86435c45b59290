import AgentClient
import BSON
import ControlAPI
import Mongo
import Sandbox
import TerminalEmulator

/// *Migrating Data*, over a migration between two real replica sets that is in sync.
extension TerminalBench {
    private static let orders = Namespace("shop", "orders")
    private static let visits = Namespace("shop", "visits")

    func migrationFigures() async throws -> [Figure] {
        console.say("Starting two replica sets and a migration")
        let clusters = try await SandboxClusters.start()
        let stage = try await WizardStage.open(past: PastMigrations(count: 0, lines: 0))
        do {
            try await SampleData(.small, count: Tuning.benchShopDocuments)
                .insert(into: Self.orders, through: [clusters.source.lane])
            try await startMigration(stage, clusters)
            let figures = try await pageFigures(stage, clusters)
            await stage.end()
            await clusters.stop()
            return figures
        } catch {
            await stage.end()
            await clusters.stop()
            throw error
        }
    }

    /// Returns when it is in sync, and nobody drives it.
    private func startMigration(_ stage: WizardStage, _ clusters: SandboxClusters) async throws {
        console.hide([clusters.sourceURI, clusters.destinationURI])
        func add(_ name: String, _ uri: String) async throws -> Identifier {
            try await stage.client.add(
                NewCluster(
                    name: name, organization: "Acme", project: "shop",
                    connectionString: Secret(uri))
            ).id
        }
        let setup = MigrationSetup(
            source: try await add("shop-rs0", clusters.sourceURI),
            destination: try await add("shop-atlas", clusters.destinationURI))
        let client = stage.client
        let validation = try await client.validate(setup)
        try await eventually("the validation is done", within: Tuning.benchPatience) {
            let run = try await client.snapshot().validations.first { $0.id == validation }
            return run?.isPassed != nil
        }
        let bench = Asker(wizard: Identifier(at: Clock.milliseconds() / 1_000), name: "bench")
        let migration = try await client.start(setup, by: bench)
        try await client.yield(migration, by: bench)
        try await eventually("the migration is in sync", within: Tuning.benchPatience) {
            let live = try await client.snapshot().migrations.first { $0.id == migration }
            if let error = live?.error { throw error }
            return live?.cutover.isReady == true
        }
    }

    private func pageFigures(_ stage: WizardStage, _ clusters: SandboxClusters) async throws
        -> [Figure]
    {
        let terminal = try stage.wizard.openPage()
        // The cursor of the hub is on it.
        terminal.send(Keys.enter)
        try terminal.expect("Oplog headroom")
        try terminal.settle(for: Tuning.benchQuiet)
        let reach = try await reachFigure(
            "a write to the source to the figure on the screen, p95", limit: 1, terminal, clusters)
        console.say("Measuring frames while an application writes")
        let workload = Workload(
            on: try clusters.sourceForApplication(),
            WorkloadOptions(
                [Self.orders, Self.visits], writesPerSecond: Tuning.benchCutoverRate))
        terminal.listen(for: Tuning.benchTick)
        let (begin, count) = (terminal.arrivals.count, terminal.output.count)
        terminal.listen(for: Tuning.benchMigrationTime)
        await workload.stop()
        let frames = terminal.arrivals[begin...].frames
        let bytes = Double(terminal.output.count - count)
        try leave(terminal)
        // The page that was left is opened again.
        var page = stage.wizard
        page = ScreenProgram(
            name: page.name, path: page.path, environment: page.environment,
            mark: "Oplog headroom")
        console.say("Measuring first paints of Migrating Data")
        let paints = try firstPaints(page)
        let far = try await farFigures(page, clusters)
        let seconds = Tuning.benchMigrationTime.milliseconds / 1_000
        return [
            Figure(
                name: "first paint of Migrating Data", measured: paints.map(\.bytes).median,
                limit: 2_560, unit: .bytes,
                note: "\(Units.fixed(paints.map(\.milliseconds).median, 0)) ms from exec"),
            Figure(
                name: "a frame while migrating, median", measured: frames.median, limit: 130,
                unit: .bytes,
                note:
                    "\(Units.fixed(Double(frames.count) / seconds, 1)) frames and \(Units.fixed(bytes / seconds, 0)) bytes a second"
            ),
            Figure(
                name: "largest frame while migrating", measured: frames.most, limit: 320,
                unit: .bytes, note: "p95 \(Units.fixed(frames.percentile(0.95), 0)) bytes"),
            reach,
        ] + far
    }

    /// The same as somebody far away sees it. Nothing where there is no SSH server.
    private func farFigures(_ page: ScreenProgram, _ clusters: SandboxClusters) async throws
        -> [Figure]
    {
        guard SlowLink.isHere else { return [] }
        let link = try await SlowLink.start()
        do {
            let terminal = try link.over(page).openPage()
            try terminal.settle(for: Tuning.benchLinkQuiet)
            let figure = try await reachFigure(
                "64 kbit/s, 100 ms: the same, p95", limit: 1.5, terminal, clusters)
            try leave(terminal)
            await link.end()
            return [figure]
        } catch {
            await link.end()
            throw error
        }
    }

    /// From just before a write to the source, to the frame in which the number of events has changed: the write, the
    /// change stream, the engine, the agent and the wizard are all in it. Nothing else is written meanwhile.
    private func reachFigure(
        _ name: String, limit: Double, _ terminal: PseudoTerminal, _ clusters: SandboxClusters
    ) async throws -> Figure {
        console.say("Measuring how soon a change is on the screen")
        let lane = clusters.source.lane
        var random = SplitMix64(seed: 11)
        var seconds: [Double] = []
        for number in 0..<Tuning.benchReaches {
            // At any time between two looks of the agent at its figures.
            terminal.listen(for: .milliseconds(Int.random(in: 0..<1_000, using: &random)))
            let before = Self.eventsRead(terminal.screen)
            let begin = ContinuousClock.now
            let document: Document = ["_id": .string("\(name) \(number)")]
            _ = try await lane.run(
                [
                    "insert": .string(Self.visits.collection),
                    "documents": .array(Document(array: [.document(document)])),
                ], on: Self.visits.database)
            var read = 0
            try terminal.wait("another number of events read") {
                guard terminal.arrivals.count > read else { return false }
                read = terminal.arrivals.count
                return Self.eventsRead(terminal.screen) != before
            }
            let end = terminal.arrivals.last?.time ?? .now
            seconds.append((end - begin).milliseconds / 1_000)
        }
        return Figure(
            name: name, measured: seconds.percentile(0.95), limit: limit, unit: .seconds,
            note:
                "median \(Units.fixed(seconds.median, 2)), most \(Units.fixed(seconds.most, 2)) s of \(seconds.count)"
        )
    }

    /// The line of the page that says it; nil where there is none.
    private static func eventsRead(_ screen: String) -> Substring? {
        screen.split(separator: "\n").first { $0.contains("events read") }?
            .split(separator: "behind").last
    }
}
