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
        wizard.press(.character("?"))
        #expect(wizard.shows("m  "))
        #expect(wizard.shows("Mouse on"))
    }

    @Test func aTerminalWithoutOneIsSaidToHaveNone() {
        var wizard = WizardPilot()
        wizard.press(.character("m"))
        wizard.happen(.noMouse)
        #expect(wizard.message.contains("no mouse"))
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
        wizard.press(.character("c"))
        #expect(wizard.shows("to confirm"))
        let (before, asked) = (wizard.pages, wizard.commands)
        wizard.click("shop-rs0")
        #expect(wizard.pages == before)
        wizard.click("( Back )")
        #expect(!wizard.shows("to confirm"))
        #expect(wizard.commands == asked)
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
    @Test func noClickBeginsACutoverWithoutTheNameAndTheConfirmation() {
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
                    let (page, count) = (wizard.page, wizard.commands.count)
                    wizard.read("\u{1b}[<0;\(column + 1);\(row + 1)M")
                    guard wizard.commands.dropFirst(count).contains(where: \.isCutover) else {
                        continue
                    }
                    guard case .cutover(let cutover) = page, cutover.isConfirmed else {
                        Issue.record("a cutover began on \(picture.name)")
                        continue
                    }
                    #expect(cutover.confirmedName == "shop-atlas")
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

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
