import Agent
import AgentClient
import BSON
import ControlAPI
import Foundation
import Glibc
import MigrationTesting
import Mongo
import Sandbox
import Terminal
import TerminalEmulator
import Testing
import Wizard

@testable import lagzero

/// Two replica sets that an agent knows, an application that writes to the first one, and a wizard that leads from one
/// to the other.
final class WizardFlow {
    let clusters: SandboxClusters
    private(set) var session: WizardSession
    let workload: Workload
    private(set) var terminal: PseudoTerminal
    /// Of the terminal before the wizard was opened.
    private var settings: [UInt32]
    /// Whether the connection drops on every page and the wizard is opened again.
    private let hangsUp: Bool
    private var isLeft = false

    init(
        documents: Int = 20_000, hangsUp: Bool = false, isRecorded: Bool = false,
        in session: WizardSession? = nil,
        configure: (inout ReplicaSetOptions) -> Void = { _ in }
    ) async throws {
        self.hangsUp = hangsUp
        clusters = try await SandboxClusters.start {
            $0.name = $0.name == "source" ? "shop-rs0" : "shop-atlas"
            configure(&$0)
        }
        try await SampleData(.small, count: documents)
            .insert(into: Namespace("shop", "customers"), through: [clusters.source.lane])
        var options = WorkloadOptions(
            [Namespace("shop", "orders"), Namespace("shop", "visits")], writesPerSecond: 200)
        options.seed = 7
        workload = Workload(on: try clusters.sourceForApplication(), options)
        self.session = try session ?? WizardSession()
        try await Self.withClient(of: self.session) { [inventory = clusters.inventory] client in
            try await AgentStarter.ensureRunning(
                client, program: try PseudoTerminal.program("lagzero"))
            for cluster in inventory { _ = try await client.add(cluster) }
        }
        terminal = try self.session.open(
            [:], isRecorded ? ["--record", self.session.recording] : [])
        settings = terminal.settings()
        terminal.patience = Self.patience
    }

    /// A machine that builds something else meanwhile is slow.
    private static let patience = Duration.seconds(240)

    /// Waits for a page, and for another one after the connection was dropped.
    func see(_ text: String, reopened other: String? = nil) throws {
        try terminal.shows(text)
        if hangsUp { try reopen(showing: other ?? text) }
    }

    /// Takes the terminal's line away, and opens the wizard on another one, so many milliseconds later as it seems to it.
    func reopen(
        showing text: String, after absence: Int64 = 0, columns: Int = 80, rows: Int = 24
    ) throws {
        kill(terminal.child, SIGHUP)
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == settings)
        if absence > 0 {
            let file = URL(filePath: session.folder.wizard)
            var state = try JSONDecoder().decode(SavedState.self, from: Data(contentsOf: file))
            state.lastSeen = try #require(state.lastSeen) - absence
            try JSONEncoder().encode(state).write(to: file)
        }
        try openAgain(showing: text, columns: columns, rows: rows)
    }

    /// Cuts the terminal's line without a word, and opens the wizard on another one.
    func cut(showing text: String) throws {
        terminal.hangUp()
        #expect(try terminal.endsWell())
        try openAgain(showing: text, columns: 80, rows: 24)
    }

    private func openAgain(showing text: String, columns: Int, rows: Int) throws {
        terminal = try session.open(columns: columns, rows: rows)
        terminal.patience = Self.patience
        try terminal.shows(text)
        // The page is there before the agent has said anything.
        try terminal.wait("news of the agent") { !terminal.screen.contains("this host") }
    }

    /// The same with what a key opens over the page.
    func reopen(with key: String, showing opened: String, over page: String) throws {
        try terminal.send(key, until: opened)
        try reopen(showing: page)
        #expect(!terminal.screen.contains(opened))
    }

    /// In a terminal that is too small for any page.
    func reopenTooSmall(showing page: String) throws {
        let small = "lagzero needs 60x18, this is 40x10"
        terminal.resize(40, 10)
        try terminal.shows(small)
        try reopen(showing: small, columns: 40, rows: 10)
        terminal.resize(80, 24)
        try terminal.shows(page)
    }

    /// Another wizard of the same agent, on a terminal of its own.
    func openAnother() throws -> PseudoTerminal {
        let other = try session.open()
        other.patience = Self.patience
        return other
    }

    /// The wizard that what follows is done in; returns the one that was used up to now.
    func turn(to other: PseudoTerminal) -> PseudoTerminal {
        defer { terminal = other }
        return terminal
    }

    /// From the hub to the page of the migration, which has begun then.
    func begin() throws {
        try setUp()
        try see("✔ Passed")
        if hangsUp {
            try terminal.send("w", until: "│ Seen ")
            try reopen(showing: "│ Seen ")
            terminal.send("\u{1b}")
            try terminal.wait("the page again") { !terminal.screen.contains("│ Seen ") }
        }
        try review()
        try terminal.send("\t\r", until: "Applying new writes")
        try see("Applying new writes")
    }

    /// From the hub to the validation, which is under way then.
    func setUp() throws {
        try see("Acme Cloud / shop-prod")
        try terminal.send("\r", until: "Before you begin")
        try see("Before you begin")
        // The organization is before the first box, and behind it, round and round, is Get Started.
        try terminal.send("\u{1b}[Z\rCloud\r", until: "[ Acme Cloud")
        try terminal.send("\u{1b}[Z\r", until: "Connect to your source cluster")
        try terminal.send("\rAcme\r", until: "[ shop  ")
        try terminal.send("\t\t\rrs0\r", until: "[ shop-rs0")
        try terminal.send("\t\t\ratlas\r", until: "[ shop-atlas")
        try see("[ shop-atlas")
        if hangsUp {
            try reopen(with: "\r", showing: "│ shop-atlas ", over: "[ shop-atlas")
            // The focus is kept, too.
            try reopen(
                with: "\t\t ", showing: "Type shop-atlas to confirm",
                over: "[ ] Clear any existing data")
            terminal.send("\u{1b}[Z\u{1b}[Z")
        }
        try terminal.send("\t\t\t\t\t\r", until: "▶ Validate")
        // The checks may still be running.
        if hangsUp { try reopen(showing: "▶ Validate") }
    }

    /// From a validation that has passed to the dialog that asks once more.
    func review() throws {
        try terminal.send("\r", until: "( Start Migration )")
        try see("( Start Migration )")
        try terminal.send("\r", until: "Start to migrate shop-rs0 to shop-atlas?")
        try see("Start to migrate shop-rs0 to shop-atlas?", reopened: "( Start Migration )")
        if hangsUp { try terminal.send("\r", until: "Start to migrate shop-rs0 to shop-atlas?") }
    }

    /// From there to the button that begins the cutover, with the writes stopped.
    func prepareCutover() async throws {
        try see("Your source and destination clusters are in sync.")
        try terminal.send("\r", until: "I'm ready to cutover")
        try see("I'm ready to cutover")
        if hangsUp {
            try reopen(with: "\t\r", showing: "─ Extend Sync ─", over: "I'm ready to cutover")
        }
        try await stopWrites()
    }

    /// From the page that says that they are in sync.
    func stopWrites() async throws {
        try terminal.send("\r", until: "Before you stop anything")
        try see("Before you stop anything")
        try terminal.confirm("shop-atlas", until: "I confirm that I've stopped writes")
        if hangsUp {
            // What was typed to confirm a cutover does not outlive the connection.
            try reopen(showing: "I'm ready to cutover")
            try terminal.send("\r", until: "Before you stop anything")
            try terminal.confirm("shop-atlas", until: "I confirm that I've stopped writes")
        }
        await workload.stop()
        try terminal.send(" ", until: "[x] I confirm")
    }

    private static let hold: Document = ["configureFailPoint": "failCommand"]

    /// One that the destination is given in the middle of step 2.
    func makeUniqueIndex() async throws {
        _ = try await clusters.source.lane.run(
            [
                "createIndexes": "customers",
                "indexes": [["key": ["_id": 1, "n": 1], "name": "twins", "unique": true]],
            ], on: "shop")
    }

    /// From step 1 of the cutover to the middle of step 2, where it waits. The servers must take test commands.
    func holdFinalization() async throws {
        _ = try await clusters.destination.lane.run(
            Self.hold.setting("mode", to: "alwaysOn")
                .setting("data", to: ["failCommands": ["collMod"], "errorCode": 6]), on: "admin")
        try terminal.send("\t\t\r", until: "▶ Prepare the unique indexes")
    }

    func letFinalizationGoOn() async throws {
        let destination = clusters.destination.lane
        _ = try await destination.run(Self.hold.setting("mode", to: "off"), on: "admin")
    }

    private static func withClient<Result>(
        of session: WizardSession, _ body: (AgentClient) async throws -> Result
    ) async throws -> Result {
        let client = AgentClient(session.folder)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// All that the agent says.
    func snapshot() async throws -> Snapshot {
        try await Self.withClient(of: session) { try await $0.snapshot() }
    }

    /// The one migration there is, as the agent has it now.
    func migration() async throws -> LiveMigration {
        try #require(try await snapshot().migrations.last)
    }

    /// How many validations the agent was asked for.
    func validations() async throws -> Int {
        try await Self.withClient(of: session) { try await $0.snapshot().validations.count }
    }

    /// The whole event log of the one migration there is.
    func log() async throws -> [LogLine] {
        let id = try await migration().id
        return try await Self.withClient(of: session) { client in
            try await client.log(of: id, after: 0, limit: 1_000)
        }
    }

    /// Waits until the engine, not only what is on the screen, is ready for the cutover; true where it is over already.
    func isReadyOrComplete() async throws -> Bool {
        var isComplete = false
        try await eventually("the migration is ready for the cutover", within: Self.patience) {
            let live = try await migration()
            isComplete = live.phase == .complete
            return isComplete || live.isRunning && live.phase == .inSync && live.cutover.isReady
        }
        return isComplete
    }

    /// Ends the agent as a crash would; returns its process.
    @discardableResult
    func endAgent() throws -> Int {
        let agent = try #require(InstanceLock.holder(of: session.folder)?.process)
        kill(pid_t(agent), SIGKILL)
        return agent
    }

    /// Ends the agent as a crash would, and has the wizard start another one.
    func killAgent() throws {
        try endAgent()
        try terminal.shows("No news from the agent")
        try terminal.send("A", until: "Starting the agent")
        try terminal.wait("news of another agent") {
            !terminal.screen.contains("No news from the agent")
        }
    }

    /// Ends the agent as a crash would, and starts another one as a supervisor of processes would.
    func crashAgent() async throws {
        let agent = try endAgent()
        try await eventually("the agent has ended", within: Self.patience) {
            InstanceLock.holder(of: session.folder)?.process != agent
        }
        _ = try await Self.withClient(of: session) {
            try await AgentStarter.ensureRunning(
                $0, program: try PseudoTerminal.program("lagzero"))
        }
    }

    /// Ends the agent as soon as the migration is in the phase, and starts another one.
    func crashAgent(in phase: MigrationPhase) async throws {
        try await eventually("it is \(phase)", within: Self.patience) {
            try await migration().phase == phase
        }
        try await crashAgent()
    }

    /// Loses the host: its agent as by a crash, the wizard, and the folder with all that both knew. Opens a wizard on
    /// another one, which knows nothing and starts an agent of its own.
    func moveToAnotherHost() async throws {
        let folder = session.folder
        let agent = try #require(InstanceLock.holder(of: folder)?.process)
        kill(pid_t(agent), SIGKILL)
        kill(terminal.child, SIGKILL)
        try terminal.end()
        try await eventually("the agent has ended", within: Self.patience) {
            InstanceLock.holder(of: folder) == nil
        }
        try await session.scratch.remove()
        session = try session.elsewhere()
        terminal = try session.open()
        settings = terminal.settings()
        terminal.patience = Self.patience
        try terminal.shows("None yet")
    }

    /// There: enters both clusters by keys, and goes from the hub to the page of the migration that the destination holds.
    func goOnFromDestination() throws {
        for cluster in clusters.inventory {
            try terminal.addCluster(cluster.connectionString.revealed, named: cluster.name)
        }
        try terminal.send("\t\r", until: "Before you begin")
        try terminal.chooseClusters(source: "shop-rs0", destination: "shop-atlas")
        try terminal.send("\t\t\t\t\t\r", until: "( Go on with it )")
        #expect(terminal.screen.contains("✘ Not passed"))
        #expect(terminal.screen.contains("holds a migration from this source"))
        try terminal.send("\r", until: "✔ Passed")
        try terminal.send("\r", until: "( Start Migration )")
        #expect(terminal.screen.contains("Goes on with"))
        try terminal.send("\r", until: "Go on to migrate shop-rs0 to shop-atlas?")
        try terminal.send("\t\r", until: "Applying new writes")
    }

    /// Compares the clusters, and ends everything.
    func end() async throws {
        let counts = workload.counts
        #expect(counts.writes > 0 && counts.refused == 0, "\(counts)")
        // Another member may be the source's primary by now.
        let differences = try await Comparison(
            source: try await clusters.source.primary().lane, destination: clusters.destination.lane
        ).differences()
        #expect(differences.isEmpty, "\(differences.prefix(5))")
        try await close()
    }

    /// Leaves the wizard; only once.
    func leave() throws {
        guard !isLeft else { return }
        isLeft = true
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == settings)
    }

    /// Leaves the wizard, and ends everything.
    func close() async throws {
        try leave()
        await workload.stop()
        try await session.end()
        await clusters.stop()
    }
}

extension SandboxClusters {
    /// Both, as they are entered into an inventory.
    var inventory: [NewCluster] {
        [
            NewCluster(
                name: "shop-rs0", organization: "Acme", project: "shop",
                connectionString: Secret(sourceURI)),
            NewCluster(
                name: "shop-atlas", organization: "Acme Cloud", project: "shop-prod",
                connectionString: Secret(destinationURI)),
        ]
    }
}
