import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct GuideTests {
    private func start(_ size: Size = Size(80, 24)) -> WizardPilot {
        WizardPilot(host: Training.host, guide: Training.guide, size: size)
    }

    private func number(_ wizard: WizardPilot) -> Int? {
        wizard.lines[2].split(separator: "/").first.flatMap { Int($0.dropFirst()) }
    }

    /// From the hub to a migration.
    private func begin(_ wizard: inout WizardPilot) {
        #expect(wizard.lines[2] == " 1/18  Enter begins a migration.")
        wizard.press(.enter)
        #expect(wizard.lines[2] == " 2/18  Choose Acme Cloud, then Get Started.")
        #expect(wizard.shows("( Get Started )"))
        wizard.press(.backTab)
        wizard.choose("Acme Cloud")
        wizard.push("Get Started")
        #expect(number(wizard) == 3 && wizard.shows("( Continue )"))
        wizard.chooseClusters()
        wizard.push("Continue")
        #expect(number(wizard) == 4)
        wizard.validate(Sample.passing, isOver: true)
        #expect(number(wizard) == 4 && wizard.shows("( Continue )"))
        wizard.push("Continue")
        #expect(number(wizard) == 5 && wizard.shows("( Start Migration )"))
        wizard.push("Start Migration")
        wizard.press(.tab, .enter)
        #expect(number(wizard) == 6 && wizard.shows("Applying new writes"))
    }

    private func become(_ phase: MigrationPhase, _ wizard: inout WizardPilot) throws {
        let id = try #require(wizard.agent.snapshot.migrations.last?.id)
        let sample = Sample.measured(phase)
        wizard.change(id) { live in
            live.phase = phase
            live.figures = sample.figures
            live.cutover = sample.cutover
            live.isRunning = true
        }
    }

    private func complete(_ wizard: inout WizardPilot, isHeld: Bool) throws {
        let id = try #require(wizard.agent.snapshot.migrations.last?.id)
        wizard.change(id) { live in
            live.phase = .complete
            live.report = Gallery.complete.report
            live.isSourceHeld = isHeld
        }
    }

    /// From in sync to the page of the cutover.
    private func approach(_ wizard: inout WizardPilot) {
        wizard.push("Cutover to your destination cluster")
        #expect(wizard.shows("( I'm ready to cutover )"))
        wizard.push("I'm ready to cutover")
        #expect(wizard.shows("( Proceed to cutover )"))
        wizard.type("shop-atlas")
        wizard.press(.enter, .enter)
        #expect(wizard.shows("( Finalize migration )"))
    }

    @Test func everyStepIsToldAndNoticedOnTheWholeWay() throws {
        var wizard = start()
        begin(&wizard)
        try become(.copying, &wizard)
        var host = Training.host
        host.begin(.cutNetwork)
        wizard.send(.host(host))
        #expect(number(wizard) == 7)
        host.end(.cutNetwork)
        wizard.send(.host(host))
        #expect(number(wizard) == 8)
        host.begin(.stepDown)
        wizard.send(.host(host))
        #expect(number(wizard) == 8)
        host.end(.stepDown)
        wizard.send(.host(host))
        #expect(number(wizard) == 9)
        wizard.agent.isLost = true
        host.begin(.killAgent)
        wizard.send(.host(host))
        #expect(wizard.lines[2] == " 10/18  A starts an agent, which takes the migration up.")
        wizard.advanceAlone(by: .seconds(6))
        host.end(.killAgent)
        wizard.send(.host(host))
        // It is not heard yet.
        #expect(number(wizard) == 10)
        wizard.agent.isLost = false
        wizard.advance(by: 1)
        #expect(number(wizard) == 11)
        try become(.inSync, &wizard)
        #expect(number(wizard) == 11)
        approach(&wizard)
        #expect(number(wizard) == 14)
        wizard.press(.space)
        wizard.push("Finalize migration")
        #expect(number(wizard) == 15)
        host.obstacleToCutOver = nil
        wizard.send(.host(host))
        #expect(number(wizard) == 16)
        wizard.push("Finalize migration")
        try complete(&wizard, isHeld: true)
        #expect(number(wizard) == 17)
        host.obstacleToCutOver = "The application still writes: s stops it."
        wizard.send(.host(host))
        #expect(wizard.lines[2] == " 18/18  r releases the source: it accepts writes again.")
        try complete(&wizard, isHeld: false)
        #expect(wizard.lines[2] == " All done. d twice ends the demo, with a report.")
        let states = try #require(wizard.pilot.model.guide).steps.map(\.state)
        #expect(states.allSatisfy { if case .done = $0 { true } else { false } })
    }

    @Test func whatIsPassedByIsLeftOutAndWhatWasDoneEarlyIsNotAskedForAgain() throws {
        var wizard = start()
        var host = Training.host
        host.begin(.stepDown)
        host.end(.stepDown)
        wizard.send(.host(host))
        begin(&wizard)
        try become(.inSync, &wizard)
        approach(&wizard)
        let states = try #require(wizard.pilot.model.guide).steps.map(\.state)
        #expect(states[5] == .leftOut && states[8] == .leftOut)
        #expect(states[7] == .done(at: Sample.time))
        // An application that was stopped before cannot be found out by the refusal.
        host.obstacleToCutOver = nil
        wizard.send(.host(host))
        #expect(number(wizard) == 16)
    }

    @Test func everyStepFitsTheNarrowestScreen() {
        for step in Training.guide.steps { #expect(step.text.count + 9 <= 60, "\(step.text)") }
        #expect(Guide.end.count + 2 <= 60)
        var wizard = start(Size(60, 18))
        wizard.press(.enter)
        #expect(wizard.lines[2] == " 2/18  Choose Acme Cloud, then Get Started.")
        #expect(wizard.shows("( Get Started )"))
    }

    @Test func withoutAGuideNothingIsInItsPlace() {
        let wizard = WizardPilot(host: Training.host)
        #expect(!wizard.shows("1/18"))
        #expect(wizard.pilot.model.guide == nil)
    }

    @Test func readLineByLineItIsALineOfItsOwn() {
        var plain = PlainPilot(start())
        #expect(
            plain.text.contains("\n1/18  The number of Migrate from Atlas begins a migration.\n"),
            "\(plain.text)")
        plain.choose("Migrate from Atlas")
        #expect(plain.heard.contains("2/18  Choose Acme Cloud, then Get Started."))
    }

    /// Keys that mean something else there, or nothing.
    @Test func readLineByLineNoStepNamesAKeyOfTheScreen() {
        let spoken = Guide.steps.map { $0.spoken ?? $0.text } + [Guide.spokenEnd]
        for text in spoken {
            let words = text.split(whereSeparator: { !$0.isLetter }).map(String.init)
            #expect(!words.contains { ["Enter", "Space", "Tab", "Esc", "r", "d"].contains($0) })
        }
        #expect(
            Array(spoken.suffix(2)) == [
                "The number of Release source lets it accept writes again.",
                "All done. q, and q again, ends the demo, with a report.",
            ])
        #expect(
            spoken.contains(
                "Confirm that writes have stopped, then Finalize: it is refused, and says why."))
    }
}
