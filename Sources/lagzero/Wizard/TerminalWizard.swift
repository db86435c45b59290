import AgentClient
import ControlAPI
import Glibc
import Migration
import Terminal
import Wizard

/// The wizard on the terminal of this process.
struct TerminalWizard {
    /// Nil where there is no full screen.
    let options: TerminalOptions?
    let plain: PlainOptions
    let client: AgentClient
    /// Of what is shown; nil where none is wanted.
    var recording: Recording?
    /// What was typed the last time.
    var saved: SavedState?
    /// What the agent has said already, so that the first frame is complete; nil where it was not asked.
    var snapshot: Snapshot?
    /// Why it has said nothing; nil where it has, or was not asked.
    var trouble: ControlError?
    /// Whether nothing can be changed from it.
    var isReadOnly = false
    /// What is added to the wizard; nil for nothing.
    var host: Host?
    /// For a trainee.
    var guide: Guide?
    var themes = Themes(folder: Configuration.path("themes"))
    var configuration = Configuration(file: Configuration.path("config.yaml"))
    var keep: @Sendable (SavedState) async throws -> Void = { _ in }
    var keepTime: @Sendable (Int64) -> Void = { _ in }
    let startAgent: @Sendable () async throws -> Void
    var hostKey: @Sendable () async -> Void = {}
    var fault: @Sendable (Fault.Kind) async throws -> String? = { _ in nil }

    /// Shows it until it is left or the terminal goes; the signals are the wizard's from now on. `alongside` is begun
    /// when messages can be sent, and not waited for.
    func run(
        _ signals: Signals, alongside: (Sender<Wizard.Message>) -> Void = { _ in }
    ) async throws -> Wizard.Model {
        let asker = Asker(wizard: Identifier(at: Clock.milliseconds() / 1_000), name: Self.name)
        // All of it is asked for where a part was left out.
        let whole = snapshot.flatMap { $0.earlierMigrations == 0 ? $0 : nil }
        let runner = Runner(
            client, me: asker, known: whole?.sequence, keep: keep, keepTime: keepTime,
            zone: { Self.zone() }, startAgent: startAgent, hostKey: hostKey, fault: fault)
        let first = Wizard.Model(
            me: asker, saved: saved, host: host, guide: guide, themes: themes.all,
            preferences: configuration.preferences, isReadOnly: isReadOnly)
        var (options, plain) = (options, plain)
        options?.theme = first.shownTheme
        if configuration.isASCII {
            options?.glyphs = .ascii
            plain.isASCII = true
        }
        if let recording {
            options?.onFrame = { recording.add($0) }
            plain.onFrame = { recording.add($0) }
        }
        let runtime = try TerminalRuntime(
            Wizard.self, options: options, plain: plain,
            look: { [pulse = client.pulse] in pulse.look().map { [.heard($0)] } ?? [] },
            atOnce: { runner.performAtOnce($0, $1) }
        ) { await runner.perform($0, $1) }
        await signals.handOver()
        if let snapshot {
            runtime.sender(
                .heard(
                    Event(
                        sequence: snapshot.sequence, time: snapshot.time,
                        change: .snapshot(snapshot))))
        }
        for trouble in [themes.trouble, configuration.trouble(themes), trouble].compactMap(\.self) {
            runtime.sender(.troubled(trouble))
        }
        alongside(runtime.sender)
        let started = Task {
            try await Task.sleep(for: Tuning.startingTime)
            ResidentCode.release()
        }
        defer { started.cancel() }
        let model = try await runtime.run(first).model
        if !isReadOnly { await giveWheelsAway(model.world, asker, after: runner) }
        return model
    }

    /// So that whoever opens the wizard next, after a connection was lost, need not wait until this one is taken for
    /// dead.
    private func giveWheelsAway(_ world: World, _ asker: Asker, after runner: Runner) async {
        guard runner.isAsking || world.snapshot?.migrations.isEmpty == false else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [client] in
                // A claim on its way would take one back.
                await runner.settle()
                // What was heard last may be older than what was done last, and a wheel is had of what is over, too.
                let now = try? await client.snapshot()
                for live in now?.migrations ?? [] {
                    guard let driver = live.driver,
                        driver.wizard == asker.wizard || driver.wantedBy == asker.name
                    else { continue }
                    try? await client.yield(live.id, by: asker)
                }
            }
            group.addTask { try? await Task.sleep(for: Tuning.yieldLimit) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: What is around

    /// Whether there is a terminal to read keys from and to show a screen on; not whether it has a screen.
    static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Whether the environment asks for what a screen reader can read, as other programs have it.
    static var isAccessible: Bool {
        getenv("ACCESSIBLE").map { !["", "0", "false"].contains(String(cString: $0)) } ?? false
    }

    /// Nil where TERM says that the terminal has no screen.
    static func terminalOptions() -> TerminalOptions? {
        let values = TerminalOptions.variables.compactMap { name in
            getenv(name).map { (name, String(cString: $0)) }
        }
        return TerminalOptions(environment: Dictionary(uniqueKeysWithValues: values))
    }

    /// Which time it is here now.
    private static func zone() -> Zone {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return Zone(
            name: parts.tm_zone.map { String(cString: $0) } ?? "", secondsFromUTC: parts.tm_gmtoff)
    }

    private static var name: String {
        signature(
            of: getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())",
            calledBy: getenv("SUDO_USER").map { String(cString: $0) },
            on: Lease.Owner.thisProcess.host,
            terminal: ttyname(STDIN_FILENO).map { String(cString: $0) } ?? "")
    }

    /// `anna@bastion pts/3`; behind sudo `anna as lagzero@bastion pts/3`: those who share a user are told apart. `caller`
    /// is as sudo says, which others can say as well.
    static func signature(
        of user: String, calledBy caller: String?, on host: String, terminal: String
    ) -> String {
        let printable = (caller ?? "").filter { character in
            character.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("!"..."~").contains($0)
            }
        }
        let person = String(printable.prefix(Tuning.nameLength))
        let who = person.isEmpty || person == user ? user : "\(person) as \(user)"
        let short = terminal.hasPrefix("/dev/") ? String(terminal.dropFirst(5)) : terminal
        return "\(who)@\(host) \(short)"
    }
}
