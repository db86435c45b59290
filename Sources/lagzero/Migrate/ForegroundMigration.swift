import BSON
import Migration
import Mongo

/// How a command speaks.
struct Output: Sendable {
    var isJSON: Bool
    /// The least time between two lines of progress.
    var interval: Duration
    /// How to go on after an interruption, in words; nil where the options say it.
    var resumeHint: String?

    /// What to do after an interruption. `hasBegun`: whether there may be state to go on with.
    func wayOn(_ options: MigrationOptions, hasBegun: Bool) -> String {
        if !hasBegun, !options.resume {
            return "nothing was begun: start it again with the same command"
        }
        if let resumeHint { return resumeHint }
        return options.drop
            ? "go on with the same command, --resume in place of --drop and --drop-confirm"
            : "go on with the same command and --resume"
    }
}

/// One migration run by this process, with progress on stderr and the report on stdout.
struct ForegroundMigration: Sendable {
    let source: ConnectionString
    let destination: ConnectionString
    let options: MigrationOptions
    let output: Output
    let validateOnly: Bool
    let surroundings: Surroundings

    private var console: Console { surroundings.console }

    /// Validates, and runs the migration to its end unless the validation forbids it. Returns when
    /// all was said.
    func run() async -> ExitStatus {
        if !output.isJSON { console.say("Source       \(source)\nDestination  \(destination)") }
        let interruption = Interruption(surroundings, isJSON: output.isJSON)
        // At the same time: what is refused is refused within 15 s.
        let validating = Task {
            await Validation(source: source, destination: destination, options: options).run()
        }
        if await !isInCutover {
            let validation = await validating.value
            tell(validation)
            if validation.isBlocking { return .validationFailed }
            if validateOnly { return .done }
        } else {
            validating.cancel()
        }
        let log = LogBuffer()
        let engine = MigrationEngine(
            source: source, destination: destination, options: options, owner: .thisProcess,
            isRunning: { $0.isAlive }, listener: { log.append($0) })
        let attendant = Operator(migration: engine) { [console, isJSON = output.isJSON] line in
            console.say(isJSON ? engine.progress().json(saying: line) : line)
        }
        let work = Task { await migrate(engine, attendant, log) }
        interruption.direct(
            stop: { work.cancel() }, request: { await attendant.request() },
            lastWords: { lastWords(nil, engine.progress()) })
        return await work.value
    }

    /// Nothing is to be checked before that: applications wait until the source takes writes again, or the destination has
    /// them by now and the source may be gone.
    private var isInCutover: Bool {
        get async {
            guard options.resume, !options.drop, !validateOnly else { return false }
            return await FoundMigration.isInCutover(destination) ?? false
        }
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
        let rest = log.take()
        if !output.isJSON, !rest.isEmpty {
            console.say(Narrator.lines(rest).joined(separator: "\n"))
        }
        let progress = engine.progress()
        let ending = Ending(
            result, progress: progress, verification: await engine.verification(),
            duration: Clock.seconds() - begin,
            resumeHint: output.wayOn(options, hasBegun: progress.hasBegun))
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
        if let words = lastWords(ending.reason, ending.progress) { console.say(words) }
        if let report = ending.report {
            console.answer(output.isJSON ? report.document.json : report.text)
        }
    }

    /// Why it ended, and which writes are still blocked; nil when there is nothing to say.
    private func lastWords(_ reason: String?, _ progress: MigrationProgress) -> String? {
        let blocks = StandingBlocks.lines(progress)
        guard reason != nil || !blocks.isEmpty else { return nil }
        guard output.isJSON else {
            return ((reason.map { ["lagzero: \($0)"] } ?? []) + blocks).joined(separator: "\n")
        }
        return progress.json(
            saying: ((reason.map { [$0] } ?? []) + blocks).joined(separator: " "))
    }

    private func tell(_ validation: ValidationReport) {
        let refusal = "validation failed; nothing was changed"
        guard output.isJSON else {
            console.say(validation.lines(all: validateOnly))
            if validation.isBlocking { console.say("lagzero: \(refusal)") }
            return
        }
        var progress = MigrationProgress(phase: .preparing)
        if validation.isBlocking { progress.message = refusal }
        let line = progress.document(at: Clock.milliseconds())
            .setting("validation", to: .document(validation.document))
        console.say(line.json)
    }
}

extension MigrationProgress {
    /// A line of `--json` with a message of its own.
    fileprivate func json(saying message: String) -> String {
        var progress = self
        progress.message = message
        return progress.document(at: Clock.milliseconds()).json
    }
}

extension ValidationReport {
    /// For people: every check, or those that call for attention; and how many came out how.
    fileprivate func lines(all: Bool) -> String {
        // After a failure much is unknown that would not be without it.
        let isBroken = !checks(.failure).isEmpty
        let shown = checks.filter { check in
            switch check.outcome {
            case .failure, .warning: true
            case .unknown: all || !isBroken
            case .pass: all
            }
        }
        let counts = ValidationCheck.Outcome.allCases.compactMap { outcome -> String? in
            let count = checks(outcome).count
            return count > 0 ? "\(count) \(outcome.rawValue)" : nil
        }
        return (shown.map { $0.text() } + ["Validation: \(counts.joined(separator: ", "))"])
            .joined(separator: "\n")
    }
}
