import TerminalEmulator

/// From a key to the bytes that answer it.
extension TerminalBench {
    /// One sample per key.
    struct KeyAnswers {
        /// From the key to the first byte.
        var milliseconds: [Double] = []
        var bytes: [Double] = []
    }

    func keyFigures(_ stage: WizardStage) throws -> [Figure] {
        let typed = try compare("keys typed into a field", stage.wizard) { program in
            program.hasField ? try typing(program) : nil
        }
        let moved = try compare("keys of the cursor", stage.wizard) { program in
            program.hasCursor ? try moving(program, rows: 3) : nil
        }
        return [
            typed.figure(
                "a typed key, p95", atMost: 16, .bytes, note: note(typed.own.bytes, "bytes")
            ) { $0.bytes.percentile(0.95) },
            typed.figure(
                "typed key to bytes, p95", atMost: 5, .milliseconds,
                note: note(typed.own.milliseconds, "ms", digits: 2)
            ) { $0.milliseconds.percentile(0.95) },
            moved.figure(
                "a cursor key in a list, p95", .bytes,
                note: note(moved.own.bytes, "bytes")
            ) { $0.bytes.percentile(0.95) },
            moved.figure(
                "cursor key to bytes, p95", atMost: 5, .milliseconds,
                note: note(moved.own.milliseconds, "ms", digits: 2)
            ) { $0.milliseconds.percentile(0.95) },
        ]
    }

    func note(_ samples: [Double], _ unit: String, digits: Int = 0) -> String {
        "median \(Units.fixed(samples.median, digits)), most \(Units.fixed(samples.most, digits)) \(unit) of \(samples.count)"
    }

    /// Words typed and taken back again, as a field that is full scrolls.
    private func typing(_ program: ScreenProgram) throws -> KeyAnswers {
        let terminal = try program.openPage()
        if let field = program.openField {
            terminal.send(field.keys)
            try terminal.expect(field.mark)
        }
        let letters = "shop-atlas.example.ne".map(String.init)
        let keys = letters + letters.map { _ in Keys.backspace }
        let answers = try self.answers(terminal, keys, rounds: Tuning.benchKeys / keys.count)
        if program.openField != nil {
            // What is open when a wizard is left is open again in the next one.
            terminal.send("\u{1b}")
            try terminal.settle(for: Tuning.benchQuiet)
        }
        try leave(terminal)
        return answers
    }

    /// The cursor down a list and up again.
    func moving(_ program: ScreenProgram, rows: Int) throws -> KeyAnswers {
        let terminal = try program.openPage()
        terminal.send(Keys.home)
        let keys =
            Array(repeating: Keys.down, count: rows) + Array(repeating: Keys.up, count: rows)
        let answers = try self.answers(terminal, keys, rounds: Tuning.benchKeys / keys.count)
        try leave(terminal)
        return answers
    }

    /// Every key is sent when all that the one before has changed was read. The first frame that comes is taken for the
    /// answer: nobody can tell it from what the program shows by itself at that moment.
    func answers(
        _ terminal: PseudoTerminal, _ keys: [String], rounds: Int
    ) throws -> KeyAnswers {
        var answers = KeyAnswers()
        try terminal.settle(for: Tuning.benchQuiet)
        for key in (0..<rounds).flatMap({ _ in keys }) {
            let before = terminal.arrivals.count
            let sent = ContinuousClock.now
            terminal.send(key)
            try terminal.wait("an answer to a key") { terminal.arrivals.count > before }
            answers.milliseconds.append((terminal.arrivals[before].time - sent).milliseconds)
            try terminal.settle(for: Tuning.benchKeyQuiet)
            answers.bytes.append(terminal.arrivals[before...].frames[0])
        }
        return answers
    }
}
