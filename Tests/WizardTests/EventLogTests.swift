import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What is known of an event log: in parts, with lines that were lost, and where reading it is refused.
@Suite struct EventLogTests {
    private let live = Sample.migration(.copying)

    private func line(_ number: Int) -> LogLine {
        LogLine(sequence: number, time: Sample.time, text: "copied part \(number).")
    }

    private func lines(_ numbers: ClosedRange<Int>) -> [LogLine] { numbers.map { line($0) } }

    @Test func linesThatWereLostHideNoOlderOnes() {
        var log = EventLog()
        log.add(line(701))
        #expect(log.older(of: live.id) == .readLog(live.id, after: 300))
        // None of those is there, and so the answer has what is known.
        log.add(lines(701...702), after: 300)
        #expect(log.lines == [line(701)])
        #expect(log.older(of: live.id) == .readLog(live.id, after: 0))
        log.add(lines(3...99) + lines(701...702), after: 0)
        #expect(log.lines == lines(3...99) + [line(701)])
        #expect(log.older(of: live.id) == nil && !log.hasOlder)
        #expect(log.lines.indices.map { log.lost(before: $0) }.filter { $0 > 0 } == [2, 601])
    }

    @Test func anAnswerToWhatWasMissingBeforeIsLeftOut() {
        var log = EventLog()
        log.add(lines(101...600), after: nil)
        #expect(log.older(of: live.id) == .readLog(live.id, after: 0))
        log.add(line(900))
        log.add(lines(1...500), after: 0)
        #expect(log.lines == [line(900)])
        #expect(log.older(of: live.id) == .readLog(live.id, after: 499))
    }

    @Test func aLineThatIsWrittenMeanwhileDoesNotSpoilTheAnswer() {
        var log = EventLog()
        log.add(lines(601...1_100), after: nil)
        #expect(log.older(of: live.id) == .readLog(live.id, after: 200))
        log.add(line(1_101))
        log.add(lines(201...700), after: 200)
        #expect(log.lines == lines(201...1_101))
    }

    @Test func aLineThatCameWhileTheLastOnesWereReadIsThereOnce() {
        for newest in [5, 6] {
            var log = EventLog()
            log.add(line(6))
            log.add(lines(1...newest), after: nil)
            #expect(log.lines == lines(1...6))
            #expect(!log.hasOlder)
        }
    }

    @Test func linesThatTheNextAgentNumbersAnewTakeThePlaceOfLostOnes() {
        var log = EventLog()
        log.add(lines(1...9), after: nil)
        log.add(line(4))
        #expect(log.lines == lines(1...9))
        let other = LogLine(sequence: 4, time: Sample.time + 1, text: "begun by another process")
        log.add(other)
        log.add(line(5))
        #expect(log.lines == lines(1...3) + [other, line(5)])
    }

    /// With so many lines, of which some could not be written down.
    private func agent(_ count: Int, without lost: ClosedRange<Int>? = nil) -> ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations = [live]
        let agent = ScriptedAgent(snapshot)
        for number in 1...count { agent.log("copied part \(number).", of: live.id) }
        if let lost { agent.lose(lost, of: live.id) }
        _ = agent.takeEvents()
        return agent
    }

    @Test func s19LinesThatWereLostAreSaidAndOlderOnesShown() {
        var wizard = WizardPilot(agent(2_700, without: 101...1_700))
        wizard.press(.character("l"))
        for _ in 1...4 { wizard.press(.home) }
        #expect(wizard.shows("copied part 1."))
        #expect(!wizard.shows("reading older lines"))
        for _ in 1...5 { wizard.press(.pageDown) }
        #expect(wizard.shows("1,600 lines lost: the store could not be written"))
    }

    @Test func s19OlderLinesAreReadOnATallScreenToo() {
        var wizard = WizardPilot(agent(1_700), size: Size(80, 140))
        wizard.press(.character("l"))
        for _ in 1...4 { wizard.press(.home) }
        #expect(wizard.shows("copied part 1."))
    }

    @Test func s19WhatIsTooFarBackIsSaidNotToBeHere() {
        var log = EventLog()
        #expect(EventLines(log, now: nil).older == nil)
        log.add(lines(10_001...10_500), after: nil)
        #expect(EventLines(log, now: nil).older == "reading older lines")
        // More than are read at once are only kept where older ones were asked for.
        log.add(lines(9_601...10_100), after: 9_600)
        for number in 10_501...29_700 { log.add(line(number)) }
        #expect(log.lines.count == 20_000)
        #expect(EventLines(log, now: nil).older == "older lines are not shown here")
    }

    @Test func s19LinesThatCouldNotBeReadAreAskedForAgainAndThatIsSaidOnce() {
        let agent = agent(600)
        var wizard = WizardPilot(agent)
        wizard.press(.character("l"))
        agent.isLost = true
        wizard.press(.home)
        #expect(wizard.shows("reading older lines"))
        #expect(wizard.message.contains("does not answer"))
        agent.isLost = false
        agent.refuseNext(ControlError(.store, "the store is damaged"))
        wizard.advance(by: 6)
        #expect(!wizard.shows("damaged"))
        #expect(wizard.commands.count { $0 == .readLog(live.id, after: 0) } == 2)
        wizard.advance(by: 5)
        wizard.press(.home)
        #expect(wizard.shows("copied part 1."))
    }

    /// What was read before that may be of another agent, and so it is all read again: also the same lines.
    @Test func s19AfterMissedNewsTheLogIsReadAgain() {
        let agent = agent(600)
        var wizard = WizardPilot(agent)
        wizard.press(.character("l"))
        #expect(wizard.shows("copied part 600."))
        let reading = Command.readLog(live.id, after: nil)
        for missed in 1...3 {
            #expect(wizard.commands.count { $0 == reading } == missed)
            agent.put(.snapshot(agent.snapshot))
            wizard.hear()
            #expect(wizard.shows("copied part 600."))
        }
    }
}
