import BSON
import Glibc
import Migration
import Mongo
import Synchronization

/// How a command speaks.
struct Output: Sendable {
    var isJSON: Bool
    /// The least time between two lines of progress.
    var interval: Duration
}

/// One migration run by this process, with progress on stderr and the report on stdout.
struct ForegroundMigration: Sendable {
    let source: ConnectionString
    let destination: ConnectionString
    let options: MigrationOptions
    let output: Output
    let surroundings: Surroundings

    private var console: Console { surroundings.console }

    /// Runs it to its end; returns when all was said.
    func run() async -> ExitStatus {
        if !output.isJSON { console.say("Source       \(source)\nDestination  \(destination)") }
        let log = LogBuffer()
        let engine = MigrationEngine(
            source: source, destination: destination, options: options, owner: .thisProcess,
            isRunning: { $0.isAlive }, listener: { log.append($0) })
        let attendant = Operator(migration: engine) { [console, isJSON = output.isJSON] line in
            if !isJSON { console.say(line) }
        }
        let work = Task { await migrate(engine, attendant, log) }
        obeySignals(work, attendant)
        return await work.value
    }

    private func migrate(_ engine: MigrationEngine, _ attendant: Operator, _ log: LogBuffer) async
        -> ExitStatus
    {
        let begin = Clock.seconds()
        let narration = Task { await narrate(engine, attendant, log) }
        let result: Result<MigrationReport, any Error>
        do {
            result = .success(try await engine.run())
        } catch {
            result = .failure(error)
        }
        narration.cancel()
        await narration.value
        let ending = Ending(
            result, progress: engine.progress(), verify: options.verify,
            duration: Clock.seconds() - begin)
        tell(ending)
        return ending.status
    }

    private func narrate(_ engine: MigrationEngine, _ attendant: Operator, _ log: LogBuffer) async {
        var prompts = Operator.prompts
        if options.cutover == .whenInSync { prompts.cutover = nil }
        var narrator = Narrator(
            style: output.isJSON ? .json : console.isTerminal ? .terminal : .plain, prompts: prompts
        )
        var isListening = false
        while !Task.isCancelled {
            let progress = engine.progress()
            if !isListening, progress.phase == .inSync || progress.phase == .paused {
                attendant.listen()
                isListening = true
            }
            let lines = narrator.narrate(
                progress, log: log.take(), at: Clock.seconds(), time: Clock.milliseconds())
            for line in lines { await console.show(line) }
            try? await Task.sleep(for: output.interval)
        }
    }

    private func tell(_ ending: Ending) {
        if let reason = ending.reason {
            if output.isJSON {
                var last = ending.progress
                last.message = reason
                console.say(last.document(at: Clock.milliseconds()).json)
            } else {
                console.say("lagzero: \(reason)")
            }
        }
        if let report = ending.report {
            console.answer(output.isJSON ? report.document.json : report.text)
        }
    }

    /// SIGUSR1 is the operator's word. The first signal to stop ends the migration cleanly, the
    /// second one the process.
    private func obeySignals(_ work: Task<ExitStatus, Never>, _ attendant: Operator) {
        let isStopping = Mutex(false)
        surroundings.signals.handle { [console, isJSON = output.isJSON] number in
            guard Signals.stopping.contains(number) else {
                Task { await attendant.request() }
                return
            }
            let isSecond = isStopping.withLock { stopping in
                defer { stopping = true }
                return stopping
            }
            guard !isSecond else { _exit(ExitStatus.interrupted.rawValue) }
            if !isJSON { console.say("Stopping cleanly; a second time ends at once.") }
            work.cancel()
            Task {
                try? await Task.sleep(for: Tuning.stopLimit)
                console.end(.interrupted)
            }
        }
    }
}
