import ControlAPI
import Glibc
import Sandbox
import Terminal
import Wizard

/// What the wizard keeps of what it is told, for as long as a migration may wait for its cutover.
extension TerminalBench {
    func daysFigure() throws -> Figure {
        console.say("Measuring the memory of five simulated days")
        var days = SimulatedDays()
        // What is kept of the newest lines and hours is there after the first.
        days.pass(1)
        let before = try anonymousBytes()
        days.pass(4)
        let growth = try anonymousBytes() - before
        return Figure(
            name: "growth from the first to the fifth simulated day",
            measured: Double(growth) / Double(1 << 20), limit: 1, unit: .megabytes,
            note: "\(days.seconds) s, a frame and new figures in each, a log line a minute")
    }

    private func anonymousBytes() throws -> Int {
        guard let memory = MemoryUse(pid: getpid()) else {
            throw SandboxError(.ended, "there is no /proc")
        }
        return memory.anonymousBytes
    }
}

/// A migration in sync, as the wizard shows it, under a clock that is told the time.
private struct SimulatedDays {
    private static let begin: Int64 = 1_795_140_849_000

    private(set) var seconds = 0
    private var model: Wizard.Model
    private var live: LiveMigration
    private var sequence: Int64 = 1

    init() {
        let id = Identifier(at: Self.begin / 1_000)
        live = LiveMigration(
            id: id, setup: MigrationSetup(source: id, destination: id), sourceName: "shop-rs0",
            destinationName: "shop-atlas",
            destinationConnectionString: "mongodb+srv://shop-atlas.example.net/", phase: .inSync,
            startedAt: Self.begin)
        live.isRunning = true
        live.cutover.isReady = true
        live.cutover.deadlineAt = Self.begin + 120 * 3_600_000
        let pages = Page.showing(live).map { [$0] } ?? []
        model = Wizard.Model(
            me: Asker(wizard: id, name: "bench"),
            saved: SavedState(pages: pages, lastSeen: nil, theme: nil))
        var snapshot = Snapshot(
            sequence: sequence, time: Self.begin,
            agent: .init(id: id, version: "", host: "bench", process: 1, startedAt: Self.begin))
        snapshot.migrations = [live]
        happen(.terminal(.start(Size(80, 24)), moment))
        hear(.snapshot(snapshot))
    }

    mutating func pass(_ days: Int) { for _ in 0..<days * 86_400 { passSecond() } }

    private var moment: Moment {
        Moment(uptime: .seconds(seconds), wall: Self.begin + Int64(seconds) * 1_000)
    }

    private mutating func passSecond() {
        seconds += 1
        live.figures.lagSeconds = Double(seconds % 20) / 10
        live.figures.eventsRead = seconds * 1_200
        live.figures.eventsApplied = seconds * 1_199
        live.figures.lagByMinute = (0..<60).map { Double((seconds / 60 + $0) % 20) / 10 }
        hear(.migration(live))
        if seconds.isMultiple(of: 60) {
            let line = LogLine(
                sequence: seconds / 60, time: moment.wall, text: "not ready: behind the source")
            hear(.log(migration: live.id, line))
        }
        happen(.terminal(.tick, moment))
        // A frame is drawn on a canvas of its own, as on a terminal.
        var canvas = Canvas(Size(80, 24))
        Wizard.view(model, on: &canvas)
    }

    private mutating func hear(_ change: Event.Change) {
        happen(.heard(Event(sequence: sequence, time: moment.wall, change: change)))
        sequence += 1
    }

    private mutating func happen(_ message: Wizard.Message) { _ = Wizard.reduce(&model, message) }
}
