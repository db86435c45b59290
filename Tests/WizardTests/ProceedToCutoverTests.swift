import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct ProceedToCutoverTests {
    private let live = Sample.measured(.inSync)

    private func pilot(_ live: LiveMigration) -> ScreenPilot {
        ScreenPilot(
            .inSync(InSync(live.id)), .proceed(ProceedToCutover(live.id)),
            agent: Sample.agent(live))
    }

    @Test func s9ItListsWhatIsKnownAndWhatIsNot() {
        let first = pilot(live)
        #expect(first.shows("✔ Lag 0.4 s"))
        #expect(first.shows("✔ 0 mismatches, 18 of 18 collections verified"))
        #expect(first.shows("○ Open transactions: not known"))
        #expect(first.shows("○ Unique indexes: being checked"))
        #expect(first.shows("○ Blocking source writes: tried in step 2"))
        #expect(first.shows("✔ 4 d 23 h left to cut over"))
        #expect(first.shows("Source       shop-rs0    stays as it is"))
        #expect(!first.shows("will refuse writes"))
        #expect(first.shows("Destination  shop-atlas  takes over"))
        var known = live
        known.cutover.openTransactions = [.init(client: "10.0.0.7:5000", seconds: 34)]
        known.cutover.canBlockSource = true
        #expect(pilot(known).shows("stays as it is, and will refuse writes"))
        known.cutover.canBlockSource = false
        known.cutover.uniqueViolations = []
        let second = pilot(known)
        #expect(second.shows("! 1 open transaction, the oldest 34 s, 10.0.0.7:5000"))
        #expect(second.shows("✔ No unique violations"))
        known.cutover.uniqueViolations = ["email of shop.customers", "n of shop.items"]
        #expect(pilot(known).shows("✘ 2 unique violations: email of shop.customers"))
        #expect(second.shows("! Source writes cannot be blocked: 10 s of silence needed"))
        #expect(second.shows("stays as it is"))
        #expect(!second.shows("will refuse writes"))
    }

    @Test func s9WhatIsNotKnownStandsBeforeNothing() {
        var bare = Sample.bare(.inSync)
        bare.cutover.isReady = true
        var pilot = pilot(bare)
        #expect(!pilot.shows(" 0 "))
        #expect(pilot.shows("○ Lag: not known"))
        #expect(pilot.shows("○ Verification: not known"))
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.isAt("Cutover"))
    }

    @Test func s9ItIsOnlyPassedWithTheNameTyped() {
        var pilot = pilot(live)
        #expect(pilot.style(of: "( Proceed to cutover )")?.role == .buttonGrey)
        pilot.type("shop-atla")
        pilot.press(.enter)
        #expect(pilot.shows("First type the name shop-atlas."))
        pilot.press(.tab, .tab, .enter)
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.message == "First type the name shop-atlas.")
        pilot.press(.tab)
        pilot.type("s")
        #expect(pilot.style(of: "( Proceed to cutover )")?.role == .buttonReady)
        pilot.press(.enter)
        #expect(pilot.isAt("Proceed to cutover"))
        pilot.press(.enter)
        #expect(pilot.isAt("Cutover"))
        #expect(pilot.pilot.requests.last == .discardTypeAhead)
        #expect(pilot.commands.isEmpty)
    }

    @Test func s9TheNameCannotBePasted() {
        var pilot = pilot(live)
        pilot.paste("shop-atlas")
        #expect(pilot.shows("pasting is refused here"))
        #expect(pilot.message.contains("pasting is refused"))
        pilot.press(.tab, .tab, .enter)
        #expect(pilot.isAt("Proceed to cutover"))
    }

    private func wizard() -> WizardPilot {
        var wizard = WizardPilot(Sample.agent(live))
        wizard.press(.enter)
        wizard.push("Cutover to your")
        wizard.push("I'm ready to cutover")
        return wizard
    }

    @Test func s9APasteThatTheTerminalDoesNotMarkFinalizesNothing() {
        var wizard = wizard()
        #expect(wizard.page.screen.title == "Proceed to cutover", "\(wizard.screen)")
        wizard.read("shop-atlas\r\r \t\t\r")
        #expect(wizard.page.screen.title == "Proceed to cutover")
        #expect(wizard.message.contains("pasting is refused"))
    }

    /// As a line does that has lost something and sends it again.
    @Test func s9AFewKeysThatComeAtOnceAreNoPaste() {
        var wizard = wizard()
        wizard.read("sho")
        wizard.read("p-at")
        wizard.read("las")
        #expect(!wizard.shows("pasting is refused"))
        wizard.press(.enter)
        #expect(wizard.shows("( Proceed to cutover )"))
        #expect(wizard.textAtCursor.hasPrefix("Proceed to cutover"))
        var half = self.wizard()
        half.read("shop-")
        #expect(half.message.contains("pasting is refused"))
        // What the terminal marks is one, however short.
        var marked = self.wizard()
        marked.read("\u{1b}[200~sh\u{1b}[201~")
        #expect(marked.message.contains("pasting is refused"))
    }

    @Test func s9ASpaceBeforeTheNameIsSaid() {
        var pilot = pilot(live)
        pilot.type(" shop-atlas")
        pilot.press(.enter)
        #expect(pilot.shows("There is a space before it: type only shop-atlas."))
        #expect(pilot.isAt("Proceed to cutover"))
    }

    @Test func s9WhatCameBehindTheLastKeyOfThePageIsDropped() {
        var wizard = wizard()
        wizard.type("shop-atlas")
        wizard.read("\r\r \t\t\r")
        #expect(wizard.page.screen.title == "Cutover")
        #expect(wizard.shows("[ ]"), "\(wizard.screen)")
        #expect(!wizard.commands.contains { if case .beginCutover = $0 { true } else { false } })
    }

    @Test func s10WhatCameWithTheCheckMarkFinalizesNothing() {
        var wizard = wizard()
        wizard.type("shop-atlas")
        wizard.read("\r\r")
        wizard.read(" \t\t\r")
        #expect(wizard.shows("[x]"), "\(wizard.screen)")
        #expect(!wizard.commands.contains { if case .beginCutover = $0 { true } else { false } })
    }

    @Test func s9TheFocusIsInTheFieldFirstAndLettersThereAreText() {
        var pilot = pilot(live)
        pilot.type("tgh")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.shows("cluster:  tgh"))
        #expect(pilot.pages.count == 2)
    }

    @Test func s9ALoneEscDoesNothingAndBackLeadsBack() {
        var pilot = pilot(live)
        pilot.type("shop")
        pilot.press(.escape)
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.message == "Esc does nothing on this page: Back is a button.")
        #expect(pilot.shows("cluster:  shop"))
        let isPushed = pilot.push("Back")
        #expect(isPushed)
        #expect(pilot.isAt("In sync"))
    }

    @Test func s9WhatIsMissingIsSaidThere() {
        var other = live
        other.cutover.isReady = false
        other.cutover.missing = ["the destination is behind the source"]
        var pilot = pilot(other)
        #expect(pilot.shows("✘ The destination is behind the source."))
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.message == "The destination is behind the source.")
        pilot.change(live.id) { $0.cutover.isReady = true }
        pilot.press(.enter)
        #expect(pilot.isAt("Cutover"))
    }

    @Test func s9ARefusalIsDroppedWhenItsReasonIsGone() {
        var other = live
        other.cutover.isReady = false
        other.cutover.missing = ["the destination is behind the source"]
        var pilot = pilot(other)
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.shows(" The destination is behind the source."))
        pilot.change(live.id) {
            $0.cutover.isReady = true
            $0.cutover.missing = []
        }
        #expect(!pilot.lines.dropLast(2).joined().contains("The destination is behind"))
    }

    @Test func s9AWatcherHasNothingToType() {
        var pilot = pilot(live)
        pilot.type("shop-atlas")
        pilot.change(live.id) {
            $0.driver = Driver(
                wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        }
        #expect(!pilot.shows("Type the name"))
        pilot.push("Proceed to cutover")
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(pilot.message.contains("you watch"))
        pilot.type("t")
        #expect(pilot.agent.snapshot.migrations.last?.driver?.wantedBy == Sample.me.name)
    }

    @Test func s9WithVerificationOffItAsksToVerifyYourself() {
        var off = live
        off.setup.verify = .off
        #expect(pilot(off).shows("! Verification off: please verify your data yourself"))
    }

    @Test func s9WhatWouldBeRefusedIsSaidBeforeAnythingIsStopped() {
        var pilot = pilot(live)
        pilot.change(live.id) {
            $0.cutover.uniqueViolations = ["code_1 of shop.coupons", "b", "c"]
        }
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.isAt("Proceed to cutover"))
        let text = "Not unique: code_1 of shop.coupons, and 2 more. The cutover would be refused."
        #expect(pilot.message == text + " Again goes on.")
        #expect(pilot.says(text))
        pilot.press(.enter)
        #expect(pilot.isAt("Cutover"))
        #expect(pilot.says(text))
        pilot.change(live.id) { $0.cutover.uniqueViolations = [] }
        #expect(!pilot.says("Not unique"))
    }

    @Test func s9WithLittleTimeLeftItSaysSoOnce() {
        var little = live
        little.cutover.deadlineAt = Sample.time + 540_000
        var pilot = pilot(little)
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.isAt("Proceed to cutover"))
        #expect(
            pilot.message.hasPrefix(
                "Only 00:09:00 is left: better go Back and extend. Again goes on."))
        pilot.press(.enter)
        #expect(pilot.isAt("Cutover"))
    }
}
