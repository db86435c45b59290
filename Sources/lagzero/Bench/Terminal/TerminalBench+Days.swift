import ControlAPI
import Foundation
import Glibc
import Sandbox
import Terminal
import Wizard

/// What the wizard keeps of what it is told, for as long as a migration may wait for its cutover.
extension TerminalBench {
    func daysFigure() throws -> Figure {
        console.say("Measuring the memory of five simulated days")
        var days = try SimulatedDays()
        // What is kept of the newest lines and hours is there after the first.
        try days.pass(seconds: 86_400)
        let before = try anonymousBytes()
        try days.pass(seconds: 4 * 86_400)
        let growth = try anonymousBytes() - before
        return Figure(
            name: "growth from the first to the fifth simulated day",
            measured: Double(growth) / Double(1 << 20), limit: 1, unit: .megabytes,
            note:
                "\(days.seconds) s, in each new figures as JSON and a frame of \(days.bytes / days.seconds) bytes, a log line a minute"
        )
    }

    private func anonymousBytes() throws -> Int {
        guard let memory = MemoryUse(pid: getpid()) else {
            throw SandboxError(.ended, "there is no /proc")
        }
        return memory.anonymousBytes
    }
}

/// A migration in sync, as the wizard shows it, under a clock that is told the time. What is said of it is encoded and
/// decoded as between an agent and its client, and every frame is encoded for a terminal; there is no connection, though.
struct SimulatedDays {
    private static let begin: Int64 = 1_795_140_849_000

    private(set) var seconds = 0
    /// Of all frames.
    private(set) var bytes = 0
    private let encoder: ScreenEncoder
    private var model: Wizard.Model
    private var live: LiveMigration
    private var sequence: Int64 = 1

    init() throws {
        let size = Size(80, 24)
        encoder = try ScreenEncoder(
            terms: ["xterm-256color"], size: size, hasColours: true, theme: .standard)
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
        happen(.terminal(.start(size), moment))
        try hear(.snapshot(snapshot))
    }

    mutating func pass(seconds: Int) throws { for _ in 0..<seconds { try passSecond() } }

    /// As it is drawn now.
    var canvas: Canvas {
        var canvas = Canvas(Size(80, 24))
        Wizard.view(model, on: &canvas)
        return canvas
    }

    private var moment: Moment {
        Moment(uptime: .seconds(seconds), wall: Self.begin + Int64(seconds) * 1_000)
    }

    private mutating func passSecond() throws {
        seconds += 1
        live.figures.lagSeconds = Double(seconds % 20) / 10
        live.figures.eventsRead = seconds * 1_200
        live.figures.eventsApplied = seconds * 1_199
        live.figures.lagByMinute = (0..<60).map { Double((seconds / 60 + $0) % 20) / 10 }
        try hear(.migration(live))
        if seconds.isMultiple(of: 60) {
            let line = LogLine(
                sequence: seconds / 60, time: moment.wall, text: "not ready: behind the source")
            try hear(.log(migration: live.id, line))
        }
        happen(.terminal(.tick, moment))
        bytes += encoder.frame(canvas).count
    }

    private mutating func hear(_ change: Event.Change) throws {
        let event = Event(sequence: sequence, time: moment.wall, change: change)
        let line = try JSONEncoder().encode(event)
        happen(.heard(try JSONDecoder().decode(Event.self, from: line)))
        sequence += 1
    }

    private mutating func happen(_ message: Wizard.Message) { _ = Wizard.reduce(&model, message) }
}
