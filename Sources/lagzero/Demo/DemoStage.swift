import AgentClient
import ControlAPI
import Glibc
import Sandbox
import Synchronization
import Terminal
import Wizard

/// What the wizard of the demo is about: an agent, two clusters in its inventory, and an application. Everything lives
/// in one temporary folder, and is gone with this process at the latest.
actor DemoStage {
    static let source = "shop-rs0"
    static let destination = "shop-atlas"
    private static let organization = "Acme Cloud"

    static let guide = Guide(
        source: source, destination: destination, organization: organization)

    nonisolated let client: AgentClient
    private nonisolated let agent: DemoAgent
    private let shop: Shop
    private let rate: Int
    private let clockSpeed: Int
    private let mongod: String?
    private let console: Console
    private nonisolated let folder: ScratchFolder
    /// How many members the source has.
    private let members: Int
    private var scene = Scene.startingServers
    /// How much of the sample data is there, 0...1.
    private nonisolated let filled = Mutex(0.0)
    private var clusters: SandboxClusters?
    private var faults: DemoFaults?
    private var preparation: Task<Void, Never>?
    private var isEnding = false
    /// As it was when the band was made last.
    private var blocked = 0

    private enum Scene {
        case startingServers
        case filling
        case open(DemoApplication)
        case failed(String)
    }

    /// Throws where the agent cannot live in the folder for temporary files.
    init(
        _ shop: Shop, rate: Int, members: Int, clockSpeed: Int, mongod: String?, _ console: Console
    ) throws {
        self.members = members
        self.shop = shop
        self.rate = rate
        self.clockSpeed = clockSpeed
        self.mongod = mongod
        self.console = console
        folder = try ScratchFolder()
        let state = AgentFolder(path: folder.path + "/state")
        if let trouble = state.socketTrouble {
            throw UsageError("\(trouble.message): name a shorter folder with TMPDIR")
        }
        if clockSpeed > 1 { try DemoClock.set(clockSpeed, in: state) }
        client = AgentClient(state)
        agent = DemoAgent(client, in: folder)
    }

    // MARK: On the screen

    /// Sets everything up, and keeps the band true until `end`.
    func perform(_ send: Sender<Wizard.Message>) async {
        guard !isEnding else { return }
        preparation = Task {
            do { try await prepare() } catch {
                // What is cut short by the end is no failure.
                if !isEnding { scene = .failed("\(error)") }
            }
        }
        var shown: Host?
        while !isEnding {
            let host = await host
            if host != shown { send(.host(host)) }
            shown = host
            try? await Task.sleep(for: Tuning.demoBandInterval)
        }
    }

    /// What the wizard shows of this.
    var host: Host {
        get async {
            let faults = await faults?.faults ?? []
            let set = faults.filter(\.isSet).map(\.state).joined(separator: ", ")
            var host = Host(
                band: "DEMO  ", label: "Stop the application", leave: "End the demo",
                leaving: "Again ends the demo: both clusters and the migration are gone then.")
            host.faults = faults
            tellScene(in: &host)
            // The keys stay where a terminal is narrow.
            if !faults.isEmpty { host.band += set.isEmpty ? "   F faults" : "   F: \(set)" }
            if clockSpeed > 1 { host.band += "   \(CutoverState.pace(clockSpeed))" }
            return host
        }
    }

    private func tellScene(in host: inout Host) {
        switch scene {
        case .startingServers: host.band += "Starting two replica sets on this machine ..."
        case .filling:
            let percent = Int(filled.withLock { $0 } * 100)
            host.band +=
                "Filling \(Self.source): \(percent) % of \(shop.megabytes) MB. Look around."
        case .open where rate == 0: host.band += "There is no application that writes (--rate 0)."
        case .open(let application): tell(application, in: &host)
        case .failed(let text): host.band += printable(text)
        }
    }

    private func tell(_ application: DemoApplication, in host: inout Host) {
        host.key = .character("s")
        if application.isRunning {
            host.obstacleToCutOver = "The application still writes: s stops it."
        }
        let refused = application.blocked - blocked
        blocked += refused
        if !application.isRunning {
            host.label = "Start the application"
            host.band += "s starts the application"
        } else if refused > 0 {
            host.band += "s stops the application: \(application.cluster) refuses its writes"
        } else {
            host.band +=
                "s stops the application: \(Units.count(application.writesPerSecond)) writes/s to \(application.cluster)"
        }
    }

    /// Lets something happen, or ends it; nothing before the sample data is there. Returns what was done.
    func toggle(_ fault: Fault.Kind) async throws -> String? { try await faults?.toggle(fault) }

    /// What is said at the end, to be made before it; `model`: as the wizard was left.
    func report(_ model: Wizard.Model) async -> TrainingReport {
        let now = try? await client.snapshot()
        let migration = (now ?? model.world.snapshot)?.migrations.last
        var log: [LogLine]?
        if let migration { log = try? await client.wholeLog(of: migration.id) }
        return TrainingReport(
            guide: model.guide, faults: await faults?.faults ?? [], migration: migration, log: log)
    }

    /// Stops the application, or starts it: on the destination after a cutover.
    func toggle() async {
        guard case .open(let application) = scene else { return }
        guard !application.isRunning else { return application.stop() }
        let migrations = (try? await client.snapshot())?.migrations ?? []
        do {
            try application.start(onDestination: migrations.contains { $0.phase == .complete })
        } catch { scene = .failed("\(error)") }
    }

    // MARK: Behind it

    private func prepare() async throws {
        async let started: Void = startAgent()
        let clusters = try await SandboxClusters.start(mongod: mongod) {
            [path = folder.path, members] in
            $0.parent = path
            let isSource = $0.name == "source"
            $0.name = isSource ? Self.source : Self.destination
            if isSource { $0.members = members } else { $0.isBehindProxy = true }
        }
        self.clusters = clusters
        console.hide([clusters.sourceURI, clusters.destinationURI])
        try await started
        scene = .filling
        // In the inventory at once: what is filled can be looked at, chosen and validated.
        let source = try await client.add(
            NewCluster(
                name: Self.source, organization: "Acme", project: "shop",
                connectionString: Secret(clusters.sourceURI)))
        let destination = try await client.add(
            NewCluster(
                name: Self.destination, organization: Self.organization, project: "shop-prod",
                connectionString: Secret(clusters.destinationURI)))
        try await fill(clusters.source, known: source.id)
        // Of the destination, too, what was seen is as old as the filling by now.
        for id in [source.id, destination.id] { _ = try await client.test(cluster: id) }
        scene = .open(try DemoApplication(shop, rate: rate, on: clusters))
        faults = DemoFaults(clusters, agent)
    }

    /// What the inventory says of the cluster grows with it.
    private func fill(_ set: ReplicaSet, known id: Identifier) async throws {
        try await withThrowingTaskGroup(of: Void.self) { [shop, client] group in
            group.addTask {
                try await shop.fill(set) { filled in self.filled.withLock { $0 = filled } }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: Tuning.demoFactsInterval)
                    _ = try? await client.test(cluster: id)
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Returns when an agent answers.
    func startAgent() async throws {
        try await agent.start()
        await faults?.agentAnswers()
    }

    /// Ends everything; returns what went wrong with the demo, nil where nothing did.
    func end() async -> String? {
        isEnding = true
        preparation?.cancel()
        if case .open(let application) = scene { application.stop() }
        // Servers that are just being started give up at once; one that is being filled is not waited for.
        if clusters == nil { await preparation?.value }
        await client.shutdown()
        await clusters?.stop()
        // What is left is removed by the watchdog when this process ends.
        try? await folder.remove()
        guard case .failed(let text) = scene else { return nil }
        return text
    }
}
