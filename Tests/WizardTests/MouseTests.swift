import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The mouse types keys, once it was asked for.
@Suite struct MouseTests {
    private func wizard(_ pages: Page..., live: LiveMigration? = nil) -> WizardPilot {
        WizardPilot(
            live.map { Sample.agent($0) } ?? ScriptedAgent(),
            saved: SavedState(pages: pages, lastSeen: nil, theme: nil))
    }

    @Test func itIsOffUntilMIsPressed() {
        var wizard = WizardPilot()
        #expect(!wizard.requests.contains(.mouse(true)))
        wizard.press(.character("m"))
        #expect(wizard.requests.last == .mouse(true))
        #expect(wizard.message.contains("Shift selects text"))
        wizard.press(.character("m"))
        #expect(wizard.requests.last == .mouse(false))
        #expect(wizard.message.hasSuffix("Mouse off"))
        wizard.press(.character("?"), .end)
        #expect(wizard.shows("m  "))
        #expect(wizard.shows("Mouse on"))
    }

    @Test func aTerminalWithoutOneIsSaidToHaveNone() {
        var wizard = WizardPilot()
        wizard.press(.character("m"))
        wizard.happen(.noMouse)
        #expect(wizard.message.contains("This terminal tells of no mouse."))
        wizard.press(.character("m"))
        #expect(wizard.requests.last == .mouse(true))
    }

    @Test func aWholeSetupIsClicked() {
        var wizard = WizardPilot()
        // The first click chooses a row, the second opens it.
        wizard.click("shop-atlas")
        wizard.click("Migrate from Atlas")
        wizard.click("Migrate from Atlas")
        #expect(wizard.page.screen.title == "Migration from Atlas to Atlas")
        let box = wizard.lines.first { $0.contains("[ ]") } ?? ""
        wizard.click(box.trimmed)
        #expect(wizard.lines.contains { $0.contains("[x]") })
        wizard.click("Organization")
        wizard.click("[ choose")
        wizard.click("Acme Cloud")
        wizard.click("( Get Started )")
        guard case .setUp = wizard.page else {
            Issue.record("\(wizard.screen)")
            return
        }
        wizard.click("Load level")
        #expect(wizard.shows("Load level  4"))
        wizard.click("( Back )")
        guard case .getStarted = wizard.page else {
            Issue.record("\(wizard.screen)")
            return
        }
    }

    @Test func theKeysOfTheFooterAreButtons() {
        var wizard = WizardPilot()
        wizard.click("? Help")
        #expect(wizard.shows("Everywhere"))
        wizard.click("Esc Close")
        #expect(!wizard.shows("Everywhere"))
    }

    @Test func nothingBehindADialogIsClicked() {
        let live = Sample.measured(.inSync)
        var wizard = wizard(.migrating(MigratingData(live.id)), live: live)
        let button = wizard.place(of: "Cutover to your destination cluster")
        wizard.press(.character("c"))
        #expect(wizard.shows("to confirm"))
        let (before, asked) = (wizard.pages, wizard.commands)
        wizard.click(at: button)
        #expect(wizard.pages == before)
        wizard.click("( Back )")
        #expect(!wizard.shows("to confirm"))
        #expect(wizard.commands == asked)
        wizard.click(at: button)
        #expect(wizard.pages != before)
    }

    /// Where there is little room, what is said takes the row on which the buttons were.
    @Test func nothingBehindAMessageIsClicked() {
        let live = Sample.measured(.inSync)
        var wizard = WizardPilot(
            Sample.agent(live),
            saved: SavedState(pages: [.inSync(InSync(live.id))], lastSeen: nil, theme: nil),
            size: Size(60, 18))
        let button = wizard.place(of: "( I'm ready to cutover )")
        let long = String(repeating: "what is to be known ", count: 5)
        wizard.send(.troubled(ControlError(.unexpected, long)))
        #expect(wizard.place(of: "( I'm ready to cutover )") != button, "\(wizard.screen)")
        let before = wizard.pages
        wizard.click(at: button)
        #expect(wizard.pages == before)
        wizard.advance(by: 60)
        wizard.click(at: button)
        #expect(wizard.pages != before)
    }

    /// The second one was meant for what the first has changed.
    @Test func ofTwoClicksInOneReadTheFirstCounts() {
        var wizard = WizardPilot()
        let below = wizard.place(of: "ledger")
        let click = "\u{1b}[<0;\(below.column + 1);\(below.row + 1)M"
        wizard.read(click + click)
        guard case .hub(let hub) = wizard.page else { return }
        #expect(hub.selected(wizard.pilot.model.world) == .cluster(Sample.ledger.id))
        #expect(!wizard.shows("( Close )"))
        wizard.read(click)
        #expect(wizard.shows("( Close )"))
    }

    @Test func whatCannotBeUndoneIsPressedOnTheKeyboard() {
        let live = Sample.measured(.inSync)
        var wizard = WizardPilot(
            Sample.agent(live),
            saved: SavedState(pages: [.inSync(InSync(live.id))], lastSeen: nil, theme: nil))
        wizard.click("I'm ready to cutover")
        wizard.type("shop-atlas")
        wizard.click("( Proceed to cutover )")
        wizard.click("I confirm that")
        #expect(wizard.shows("[ ] I confirm"))
        wizard.click("Space Confirm")
        #expect(wizard.shows("[ ] I confirm"))
        wizard.press(.space)
        #expect(wizard.shows("[x] I confirm"))
        wizard.click("( Finalize migration )")
        wizard.click("Enter Finalize migration")
        #expect(wizard.commands.allSatisfy { !$0.isCutover })
        wizard.press(.enter)
        #expect(wizard.commands.last?.isCutover == true)
    }

    @Test func theWheelScrollsTheLogAndNothingElse() {
        let live = Sample.measured(.inSync)
        let agent = Sample.agent(live)
        for number in 1...60 { agent.log("line \(number)", of: live.id) }
        var wizard = WizardPilot(
            agent,
            saved: SavedState(
                pages: [.migrating(MigratingData(live.id))], lastSeen: nil, theme: nil))
        wizard.press(.character("L"))
        #expect(wizard.shows("line 60"))
        let newest = wizard.lines
        for _ in 0..<3 { wizard.read("\u{1b}[<64;10;10M") }
        #expect(wizard.lines != newest)
        for _ in 0..<9 { wizard.read("\u{1b}[<65;10;10M") }
        #expect(wizard.lines == newest)
        wizard.press(.escape)
        let page = wizard.page
        wizard.read("\u{1b}[<64;10;1M")
        #expect(wizard.page == page)
    }

    /// Whatever can be clicked on a page.
    @Test func noClickBeginsACutover() {
        for picture in Screenshot.all {
            let size = Size(80, 24)
            let original = picture.wizard(size)
            let canvas = original.pilot.canvas
            var offered: Set<[Key]> = []
            for row in 0..<size.rows {
                for column in 0..<size.columns {
                    let click = Mouse(.click, at: Point(column, row))
                    guard offered.insert(canvas.keys(for: click)).inserted else { continue }
                    var wizard = original
                    let count = wizard.commands.count
                    wizard.read("\u{1b}[<0;\(column + 1);\(row + 1)M")
                    let begun = wizard.commands.dropFirst(count).contains(where: \.isCutover)
                    #expect(!begun, "a cutover began on \(picture.name)")
                }
            }
            #expect(offered.count > 1, "\(picture.name)")
        }
    }
}

extension Command {
    fileprivate var isCutover: Bool {
        if case .beginCutover = self { true } else { false }
    }
}

extension WizardPilot {
    /// Where a text that is on the screen begins.
    fileprivate func place(of text: String) -> Point {
        for (row, line) in lines.enumerated() {
            guard let found = line.firstRange(of: text) else { continue }
            return Point(Width.of(String(line[..<found.lowerBound])), row)
        }
        Issue.record("\(text) is not on the screen:\n\(screen)")
        return Point(0, 0)
    }

    fileprivate mutating func click(at point: Point) {
        read("\u{1b}[<0;\(point.column + 1);\(point.row + 1)M")
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
