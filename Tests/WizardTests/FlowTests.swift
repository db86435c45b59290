import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// A flow is one value: the same pages lead through another one, and say what that one says.
@Suite struct FlowTests {
    /// Of `Flow.fromAtlas` that pages say in every flow, too: of clusters, of keys, in lagzero's own sentences.
    private static let shared: Set = [
        "Cluster", "Organization", "Project", "Source", "Destination", "Load level", "left",
        "Cutover", "Validate", "Verification", "Source cluster", "First", "to",
    ]

    // MARK: Texts

    @Test func everyTextOfAFlowIsShown() {
        let shown = Self.shown
        for (path, text) in Flow.other.texts {
            for part in parts(text) {
                #expect(shown.contains { $0.contains(part) }, "\(path): \(part)")
            }
        }
    }

    @Test func noPageOfAFlowSaysWhatAnotherOneSays() {
        let shown = Self.shown
        for (path, text) in Flow.fromAtlas.texts {
            for part in parts(text) where !Self.shared.contains(part) {
                let page = shown.first { $0.contains(part) }
                #expect(page == nil, "\(path): \(part)")
            }
        }
    }

    /// What stands between the gaps of a text.
    private func parts(_ text: String) -> [String] {
        text.split(separator: /\{[a-z]+\}|\n/).map { String($0) }
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.contains(where: \.isLetter) }
    }

    private static let shown = FlowTests().tour()

    /// Everything that the pages of the other flow show, beside the first one.
    private func tour() -> [String] {
        [Size(120, 40), Size(80, 24), Size(60, 18)].flatMap { size in
            before(size) + [starting(size)] + during(size)
        }
    }

    private let flows = [Flow.fromAtlas, .other]
    private let flow = Flow.other

    /// Down to the second card, and on to Set up Migration with both clusters chosen.
    private func chosen(
        _ flow: Flow, _ size: Size, _ look: (WizardPilot) -> Void = { _ in }
    ) -> WizardPilot {
        var wizard = WizardPilot(flows: [.fromAtlas, flow], size: size)
        wizard.press(.down, .enter)
        look(wizard)
        for _ in flow.getStarted.prerequisites {
            wizard.press(.down)
            look(wizard)
        }
        wizard.press(.end, .backTab)
        wizard.focus(flow.getStarted.next)
        look(wizard)
        wizard.focus("choose")
        look(wizard)
        wizard.choose("Acme Cloud")
        wizard.push(flow.getStarted.next)
        wizard.advance(by: 9)
        wizard.chooseClusters()
        look(wizard)
        return wizard
    }

    private func before(_ size: Size) -> [String] {
        var shown: [String] = []
        func look(_ wizard: WizardPilot) { shown += readings(wizard) }
        var hub = WizardPilot(flows: [.other], size: size)
        look(hub)
        let ready = Screenshot.ready
        hub = wizard(ready, [], size)
        shown += readings(hub).map { $0.replacing(Flow.fromAtlas.card.title, with: "") }
            .map { $0.replacing(Flow.fromAtlas.card.text, with: "") }

        var wizard = chosen(flow, size, look)
        for _ in flow.setUp.fields {
            wizard.press(.tab)
            look(wizard)
        }
        wizard.focus(" ] " + (flow.setUp.label(.clear) ?? ""))
        wizard.press(.space)
        look(wizard)
        wizard.press(.escape)
        wizard.push(flow.setUp.next)
        look(wizard)
        wizard.press(.escape)
        look(wizard)
        wizard.press(.enter)
        wizard.validate(Sample.passing, isOver: true)
        look(wizard)
        wizard.press(.enter)
        look(wizard)
        wizard.press(.enter)
        look(wizard)
        wizard.press(.tab, .enter)
        look(wizard)

        var (interrupted, open) = (EarlierMigration(), EarlierMigration())
        (interrupted.isInCutover, open.isInCutover, open.isPastPointOfNoReturn) = (true, true, true)
        let changes: [(change: (inout MigrationSetup) -> Void, earlier: EarlierMigration?)] = [
            ({ $0.verify = .off }, nil), ({ $0.clear = true }, nil),
            ({ $0.resumes = true }, EarlierMigration()),
            ({ $0.resumes = true }, interrupted), ({ $0.resumes = true }, open),
        ]
        for (change, earlier) in changes {
            var setup = Sample.setup
            setup.flow = flow.id
            change(&setup)
            wizard = reviewing(setup, size, earlier)
            for _ in 0..<3 {
                look(wizard)
                wizard.press(.down)
            }
            wizard.press(.enter)
            look(wizard)
        }
        return shown
    }

    /// On Review & Confirm, where this has passed; `earlier`: what the destination holds.
    private func reviewing(
        _ setup: MigrationSetup, _ size: Size, _ earlier: EarlierMigration? = nil
    ) -> WizardPilot {
        var run = ValidationRun(
            id: Sample.identifier(0x41), setup: setup, startedAt: Sample.time)
        (run.endedAt, run.isPassed) = (Sample.time, true)
        run.earlier = earlier
        var snapshot = Sample.snapshot
        snapshot.validations = [run]
        return WizardPilot(
            ScriptedAgent(snapshot),
            saved: SavedState(
                pages: [.review(ReviewAndConfirm(setup))], lastSeen: nil, theme: nil),
            flows: flows, size: size)
    }

    /// Review & Confirm while the agent has not answered yet.
    private func starting(_ size: Size) -> String {
        var setup = Sample.setup
        setup.flow = flow.id
        let wizard = reviewing(setup, size)
        var canvas = Canvas(size)
        guard case .review(var page) = wizard.page else { preconditionFailure("the review") }
        for key in [Key.enter, .tab, .enter] { _ = page.handle(key, wizard.pilot.model.world) }
        page.draw(in: canvas.bounds, on: &canvas, wizard.pilot.model.world)
        return reading(canvas.lines)
    }

    private func wizard(
        _ live: LiveMigration, _ pages: [Page], _ size: Size, lastSeen: Int64? = nil
    ) -> WizardPilot {
        var live = live
        live.setup.flow = flow.id
        return WizardPilot(
            Scene.agent(live),
            saved: SavedState(pages: pages, lastSeen: lastSeen, theme: nil), flows: flows,
            size: size)
    }

    private func during(_ size: Size) -> [String] {
        var shown: [String] = []
        var pictures = Gallery.pictures
        var late = Sample.measured(.inSync)
        late.cutover.deadlineAt = Sample.time + 2 * 3_600_000
        var counted = Gallery.complete
        counted.setup.verify = .counts
        pictures += [
            .init(name: "late", page: .migrating(MigratingData(late.id)), live: late),
            .init(name: "counted", page: .success(Success(counted.id)), live: counted),
        ]
        for picture in pictures {
            var wizard = wizard(picture.live, [picture.page], size)
            if case .cutover(let page) = picture.page, page.confirmedName != nil {
                wizard = self.wizard(
                    picture.live, [.proceed(ProceedToCutover(picture.live.id))], size)
                wizard.type(picture.live.destinationName)
                wizard.press(.enter, .enter)
            }
            for key in picture.keys { wizard.press(key) }
            shown += readings(wizard)
            for _ in 0..<3 {
                wizard.press(.tab)
                shown += readings(wizard)
            }
        }
        let away = wizard(late, [], size, lastSeen: Sample.time - 3_600_000)
        return shown + readings(away)
    }

    // MARK: What is on a screen

    /// The whole, and what stands in the box of a dialog on it.
    private func readings(_ wizard: WizardPilot) -> [String] {
        let box = wizard.lines.compactMap { line -> String? in
            let parts = line.split(separator: "│", omittingEmptySubsequences: false)
            return parts.count > 2 ? parts.dropFirst().dropLast().joined(separator: " ") : nil
        }
        return [reading(wizard.lines), reading(box)]
    }

    private func reading(_ lines: [String]) -> String {
        lines.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: Order, fields, timer

    @Test func theStepsAreTheFlowsInItsOrder() {
        var wizard = chosen(.short, Size(80, 24))
        let labels = Flow.short.steps.map(\.label)
        #expect(labels.count == 5)
        #expect(wizard.lines[1].contains("✔ \(labels[0]) ▶ \(labels[1]) ○ \(labels[2])"))
        #expect(wizard.lines[1].contains("○ \(labels[2]) ○ \(labels[3]) ○ \(labels[4])"))
        wizard.press(.escape, .escape)
        #expect(wizard.shows(Flow.fromAtlas.card.title))
        #expect(wizard.shows(Flow.short.card.title))
    }

    @Test func withoutAReviewTheMigrationStartsOnValidate() throws {
        let start = Flow.short.start
        for size in pageSizes {
            var wizard = chosen(.short, size)
            wizard.push(Flow.short.setUp.next)
            wizard.validate(Sample.passing, isOver: true)
            #expect(wizard.shows("( \(start.button) )"), "\(size)")
            wizard.press(.enter)
            #expect(wizard.page.screen.holdsKeys)
            // The first button is the way back.
            var back = wizard
            back.press(.enter)
            #expect(!back.commands.contains { if case .start = $0 { true } else { false } })
            #expect(back.shows("( \(start.button) )"), "\(size)")
            wizard.press(.tab, .enter)
            var setup = Sample.setup
            setup.flow = Flow.short.id
            #expect(wizard.commands.contains(.start(setup)), "\(size)")
            #expect(wizard.lines[0].contains(Flow.short.migrating.title), "\(size)")
            #expect(wizard.pages.count == 2)
        }
    }

    @Test func whyTheStartWasRefusedIsSaidOnValidate() {
        var wizard = chosen(.short, Size(80, 24))
        wizard.push(Flow.short.setUp.next)
        wizard.validate(Sample.passing, isOver: true)
        wizard.press(.enter)
        wizard.agent.changeValidation { $0.isPassed = false }
        wizard.press(.tab, .enter)
        #expect(wizard.shows("Go back and validate again."), "\(wizard.screen)")
    }

    @Test func onlyTheFieldsOfTheFlowAreThere() throws {
        let wizard = chosen(.short, Size(80, 24))
        let other = Flow.other.setUp
        #expect(!wizard.shows(other.label(.verify) ?? ""))
        let rows = [other.label(.loadLevel), other.label(.clear)].compactMap { label in
            wizard.lines.firstIndex { $0.contains(label ?? "") }
        }
        #expect(rows.count == 2 && rows[0] < rows[1])
        let page = try #require(wizard.page.setUp)
        #expect(page.focus.ids.suffix(4) == [.loadLevel, .clear, .back, .next])
    }

    @Test func theTimerIsTheFlows() {
        let live = Sample.measured(.inSync)
        var wizard = wizard(live, [.inSync(InSync(live.id))], Size(80, 24))
        wizard.press(.tab, .enter)
        #expect(wizard.shows("12 ubhef"), "\(wizard.screen)")
        let end = (live.cutover.deadlineAt ?? 0) + 12 * 3_600_000
        #expect(wizard.shows(Times.date(end)))
        wizard = chosen(.other, Size(80, 24))
        wizard.press(.escape)
        wizard.focus(" ] " + (Flow.other.getStarted.prerequisites.last?.title ?? ""))
        #expect(wizard.shows("72 ubhef"), "\(wizard.screen)")
    }

    // MARK: Which flow it is

    @Test func eachFlowHasItsOwnDraft() throws {
        var wizard = WizardPilot(flows: flows)
        let checklist = flow.getStarted.checklist
        wizard.press(.down, .enter, .space, .escape)
        wizard.press(.up, .enter)
        #expect(wizard.shows("Before you begin   0 of 8"))
        wizard.press(.escape, .down, .enter)
        #expect(wizard.shows("\(checklist)   1 of 8"))
        wizard.press(.character("d"))
        let saved = try #require(wizard.saved.last)
        let bytes = try JSONEncoder().encode(saved)
        let again = WizardPilot(
            saved: try JSONDecoder().decode(SavedState.self, from: bytes), flows: flows)
        #expect(again.shows("\(checklist)   1 of 8"))
    }

    @Test func whatIsOfAFlowThatIsNotKnownIsShownAsTheFirst() {
        var live = Sample.measured(.inSync)
        live.setup.flow = "of another version"
        let wizard = WizardPilot(
            Scene.agent(live),
            saved: SavedState(pages: [.inSync(InSync(live.id))], lastSeen: nil, theme: nil))
        #expect(wizard.shows("I'm ready to cutover"))
    }

    @Test func pagesThatWereKeptBeforeFlowsHadNamesOpenAgain() throws {
        var wizard = WizardPilot()
        wizard.press(.enter, .space, .escape, .enter, .backTab)
        wizard.choose("Acme Cloud")
        wizard.push("Get Started")
        wizard.press(.character("d"))
        let saved = try #require(wizard.saved.last)
        #expect(saved.pages.count == 3)
        let text = String(decoding: try JSONEncoder().encode(saved), as: UTF8.self)
        let old = text.replacing(#""flow":"fromAtlas","#, with: "")
            .replacing(#","flow":"fromAtlas""#, with: "")
            .replacing(#"{"_0":"fromAtlas"}"#, with: "{}")
        #expect(!old.contains("fromAtlas") && text.contains("fromAtlas"))
        var again = WizardPilot(
            saved: try JSONDecoder().decode(SavedState.self, from: Data(old.utf8)))
        #expect(again.pages.count == 3)
        #expect(again.shows("Connect to your source cluster"))
        again.press(.escape)
        #expect(again.shows("Before you begin   1 of 8"))
    }

    @Test func theHubOffersWhatThereIsAndNoMore() {
        #expect(Flow.all == [.fromAtlas])
        #expect(Set(Flow.all.map(\.id)).count == Flow.all.count)
    }
}

extension Page {
    fileprivate var setUp: SetUpMigration? {
        if case .setUp(let page) = self { page } else { nil }
    }
}
