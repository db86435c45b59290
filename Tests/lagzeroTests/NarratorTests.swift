import Migration
import Testing

@testable import lagzero

@Suite struct NarratorTests {
    private let prompts = Narrator.Prompts(cutover: "Ready.", resume: "Mend it.")

    private func inSync(ready: Bool) -> MigrationProgress {
        var progress = MigrationProgress(phase: .inSync)
        progress.isReady = ready
        (progress.areCountsKnown, progress.isBacklogKnown) = (true, true)
        progress.lagSeconds = 0
        return progress
    }

    @Test func aPlainLineComesOnlyWhenSomethingHasChanged() {
        var narrator = Narrator(style: .plain, prompts: prompts)
        var progress = inSync(ready: false)
        #expect(narrator.narrate(progress, at: 0, time: 0).count == 1)
        #expect(narrator.narrate(progress, at: 1, time: 1_000) == [])
        // It grows by itself, which is no news.
        progress.oplogHeadroomSeconds = 100
        #expect(narrator.narrate(progress, at: 2, time: 2_000) == [])
        progress.eventsApplied = 1
        #expect(
            narrator.narrate(progress, at: 3, time: 3_000) == [
                .lasting(
                    "1970-01-01T00:00:03Z in sync  lag 0.0 s  backlog 0  0 changes/s  headroom 1 min 40 s"
                )
            ])
    }

    @Test func aTerminalHasOneLineThatIsRewritten() {
        var narrator = Narrator(style: .terminal, prompts: prompts)
        for second in 0..<3 {
            let lines = narrator.narrate(inSync(ready: false), at: Double(second), time: 0)
            #expect(lines.count == 1)
            #expect(lines.filter(\.isStatus).count == 1)
        }
    }

    @Test func theOperatorIsToldOnceThatItIsReady() {
        var narrator = Narrator(style: .plain, prompts: prompts)
        _ = narrator.narrate(inSync(ready: false), at: 0, time: 0)
        #expect(
            narrator.narrate(inSync(ready: true), at: 1, time: 0) == [
                .lasting("1970-01-01T00:00:00Z Ready.")
            ])
        #expect(narrator.narrate(inSync(ready: true), at: 2, time: 0) == [])
        // Readiness was lost and regained.
        _ = narrator.narrate(inSync(ready: false), at: 3, time: 0)
        #expect(
            narrator.narrate(inSync(ready: true), at: 4, time: 0) == [
                .lasting("1970-01-01T00:00:00Z Ready.")
            ])
    }

    @Test func nobodyIsAskedWhenItCutsOverByItself() {
        var narrator = Narrator(
            style: .plain, prompts: Narrator.Prompts(cutover: nil, resume: "Mend it."))
        _ = narrator.narrate(inSync(ready: false), at: 0, time: 0)
        #expect(narrator.narrate(inSync(ready: true), at: 1, time: 0) == [])
    }

    @Test func aPauseSaysWhyAndWhatToDo() {
        var progress = MigrationProgress(phase: .paused)
        progress.message = "the destination refuses a document"
        var narrator = Narrator(style: .terminal, prompts: prompts)
        let lines = narrator.narrate(progress, at: 0, time: 0)
        #expect(lines.first == .lasting("Paused: the destination refuses a document. Mend it."))
    }

    @Test func aJSONLineComesEveryTimeAndCarriesThePrompt() {
        var narrator = Narrator(style: .json, prompts: prompts)
        for _ in 0..<2 {
            let lines = narrator.narrate(inSync(ready: true), at: 0, time: 0)
            #expect(lines.count == 1)
            let line = lines.first?.text ?? ""
            #expect(line.hasPrefix("{") && line.hasSuffix("\"message\": \"Ready.\"}"))
        }
    }

    @Test func eventsAreOnePlainLineTogether() {
        var narrator = Narrator(style: .plain, prompts: prompts)
        let log = [LogEntry(time: 0, text: "a"), LogEntry(time: 1, text: "b\u{1B}[2J")]
        #expect(
            narrator.narrate(inSync(ready: false), log: log, at: 0, time: 0) == [
                .lasting("1970-01-01T00:00:00Z a; b?[2J")
            ])
    }
}

extension Narrator.Line {
    fileprivate var isStatus: Bool {
        if case .status = self { true } else { false }
    }

    fileprivate var text: String {
        switch self {
        case .status(let text), .lasting(let text): text
        }
    }
}
