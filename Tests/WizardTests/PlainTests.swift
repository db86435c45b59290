import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The wizard line by line: every screen of the list, made of what is drawn there.
@Suite struct PlainTests {
    private static let size = Terminal.Tuning.plainSize

    /// Every picture but that of a terminal that is too small.
    private static let pictures = Screenshot.all.filter { $0.number != "S20" }

    @Test func everyScreenIsReadInPlainCharactersAndNamesWhatCanBeDone() {
        for picture in Self.pictures {
            let wizard = picture.wizard(Self.size)
            let plain = PlainPilot(wizard)
            let name = "\(picture.number) \(picture.name)"
            let isPlain = plain.text.unicodeScalars.allSatisfy {
                $0 == "\n" || (0x20..<0x7f).contains($0.value)
            }
            #expect(isPlain, "\(name):\n\(plain.text)")
            #expect(!plain.text.contains(Sample.secret))
            for line in plain.session {
                guard let item = line.firstMatch(of: /^[0-9]+\. (.*)/) else { continue }
                let isNamed = item.1.first.map { $0.isLetter || $0.isNumber } == true
                #expect(isNamed, "\(name): \(line)")
            }
            for title in buttons(wizard) {
                #expect(plain.number(of: title) != nil, "\(name): \(title)\n\(plain.text)")
            }
            for binding in wizard.pilot.model.shownKeys.bindings
            where !binding.isForScreens && binding.reason == nil {
                let isNamed =
                    plain.number(of: binding.label) != nil
                    || binding.keys.contains(.escape) && plain.text.contains("b: \(binding.label)")
                    || isMoving(binding) || binding.keys == [.enter] || binding.keys == [.space]
                #expect(isNamed, "\(name): \(binding.names) \(binding.label)\n\(plain.text)")
            }
        }
    }

    /// The buttons that are drawn and can be reached.
    private func buttons(_ wizard: WizardPilot) -> [String] {
        guard wizard.pilot.model.overlay == nil else { return [] }
        return wizard.lines.filter { !isBehind($0, wizard) }.flatMap { line in
            line.matches(of: /\( (.+?) \)/).map { String($0.1) }
        }
    }

    /// Whether it is of the page that a dialog lies over.
    private func isBehind(_ line: String, _ wizard: WizardPilot) -> Bool {
        wizard.page.screen.holdsKeys && !line.contains("│")
    }

    private func isMoving(_ binding: KeyMap.Binding) -> Bool {
        let moving: Set<Key> = [
            .tab, .up, .down, .left, .right, .end, .control("u"),
        ]
        return binding.keys.contains(where: moving.contains)
    }

    /// Pressed with the focus on it, a button does what its number does.
    @Test func aNumberDoesWhatTheKeysDo() {
        var compared = 0
        for picture in Self.pictures where picture.isMain {
            for title in buttons(picture.wizard(Self.size)) {
                var byKeys = picture.wizard(Self.size)
                byKeys.focus(title)
                guard byKeys.textAtCursor.hasPrefix(title) else { continue }
                byKeys.press(.enter)
                var byNumber = PlainPilot(picture.wizard(Self.size))
                byNumber.choose(title)
                compared += 1
                #expect(
                    byNumber.wizard.screen == byKeys.screen,
                    "\(picture.number) \(picture.name): \(title)\n\(byNumber.text)")
                #expect(byNumber.wizard.commands == byKeys.commands)
            }
        }
        #expect(compared > 15)
    }

    @Test func aSecretIsNeitherEchoedNorRead() {
        var plain = PlainPilot(WizardPilot())
        plain.choose("Add a cluster")
        plain.fillIn("Connection string", "mongodb://anna:\(Sample.secret)@h.example.net/")
        plain.fillIn("Password", Sample.secret)
        #expect(plain.number(of: "Password: filled in, not shown") != nil)
        #expect(plain.text.contains("mongodb://anna:***@h.example.net/"))
        // What the form proposes itself.
        #expect(plain.number(of: "Name: h") != nil)
        plain.type("r")
        #expect(!plain.text.contains(Sample.secret))
        plain.choose("Add")
        #expect(plain.heard.contains { $0.contains("The string has a password already") })
    }

    @Test func whatWasTypedIsKeptOnTheWayToTheFullScreenAndBack() {
        var plain = PlainPilot(WizardPilot())
        plain.choose("Add a cluster")
        plain.fillIn("Name", "shop-new")
        #expect(plain.type("screen") == .screen)
        var wizard = plain.wizard
        wizard.resize(80, 24)
        wizard.happen(.resumed)
        #expect(wizard.shows("shop-new"))
        wizard.type("x")
        wizard.press(.function(2))
        #expect(wizard.requests.last == .lines)
        plain = PlainPilot(wizard)
        #expect(plain.number(of: "Name: shop-new") != nil)
        #expect(plain.number(of: "Organization: Acme Cloudx") != nil, "\(plain.text)")
    }

    @Test func backHelpAndLeaveWorkOnEveryPage() {
        for picture in Self.pictures where picture.isMain {
            var plain = PlainPilot(picture.wizard(Self.size))
            plain.type("?")
            #expect(plain.heard.contains("r: read this page again"))
            plain.type("b")
            #expect(!plain.heard.isEmpty, "\(picture.number) \(picture.name)")
            plain.type("q")
            #expect(plain.wizard.pilot.hasExited, "\(picture.number) \(picture.name)")
        }
    }

    // MARK: What goes on

    private func migrating(_ live: LiveMigration) -> PlainPilot {
        PlainPilot(Scene(size: Self.size, glyphs: .unicode).migrating(live))
    }

    @Test func aLineIsReadWhenSomethingOfWeightChangesAndEveryHalfMinute() {
        let live = Sample.measured(.copying)
        var plain = migrating(live)
        plain.listen()
        plain.advance(by: 29)
        #expect(plain.heard == [])
        plain.advance(by: 31)
        #expect(plain.heard.count == 2, "\(plain.heard)")
        #expect(plain.heard.allSatisfy { $0.contains("shop-rs0 to shop-atlas:  copying") })
        plain.listen()
        // Figures alone are no news, a tenth of the copy is.
        plain.outside { $0.change(live.id) { $0.figures.bytesPerSecond = 99_000_000 } }
        plain.advance(by: 4)
        #expect(plain.heard == [])
        plain.outside {
            $0.change(live.id) {
                $0.figures.bytesCopied = $0.figures.bytesTotal.map { $0 * 9 / 10 }
            }
        }
        plain.advance(by: 4)
        #expect(plain.heard.count == 1 && plain.heard[0].contains("90 %"), "\(plain.heard)")
        plain.listen()
        plain.outside { $0.change(live.id) { $0.phase = .indexing } }
        plain.advance(by: 4)
        #expect(plain.heard.contains { $0.contains("shop-rs0 to shop-atlas:  building") })
        plain.listen()
        plain.outside {
            $0.change(live.id) {
                $0.phase = .inSync
                $0.cutover = Sample.measured(.inSync).cutover
            }
        }
        #expect(plain.heard.contains { $0.hasPrefix("ALERT: ") }, "\(plain.heard)")
    }

    @Test func aLineIsReadWhenTheLagOrTheTimeThatIsLeftPassesAMark() {
        var live = Sample.measured(.inSync)
        live.cutover.deadlineAt = Sample.time + 6 * 3_600_000 + 10_000
        var plain = migrating(live)
        plain.advance(by: 5)
        plain.listen()
        plain.outside { $0.change(live.id) { $0.figures.lagSeconds = 1 } }
        plain.advance(by: 3)
        #expect(!plain.heard.contains { $0.contains("lag") })
        plain.advance(by: 4)
        #expect(plain.heard.count { $0.contains("lag 00:00:01  06:00:00 left") } == 1)
        #expect(plain.heard.first?.hasPrefix("ALERT: ") == true)
        plain.listen()
        plain.outside { $0.change(live.id) { $0.figures.lagSeconds = 61 } }
        plain.advance(by: 3)
        #expect(plain.heard.contains { $0.contains("lag 00:01:01") }, "\(plain.heard)")
    }

    @Test func aLongListIsReadInParts() {
        var snapshot = Sample.snapshot
        snapshot.migrations = (0..<90).map { Sample.migration(.complete, number: 0x100 + $0) }
        for index in snapshot.migrations.indices {
            snapshot.migrations[index].destinationName = "past-\(index)"
        }
        var plain = PlainPilot(WizardPilot(ScriptedAgent(snapshot)))
        #expect(plain.number(of: "shop-rs0 to past-20") != nil)
        #expect(plain.number(of: "shop-rs0 to past-89") == nil)
        for _ in 0..<3 { plain.type("<") }
        plain.choose("shop-rs0 to past-89")
        #expect(plain.text.contains("Success"))
    }

    @Test func aValueThatIsBeingTypedIsNotInterrupted() {
        let live = Sample.measured(.inSync)
        var plain = PlainPilot(
            Scene(size: Self.size, glyphs: .unicode)
                .wizard(live, at: .proceed(ProceedToCutover(live.id))))
        plain.choose("Type the name of the destination cluster")
        plain.listen()
        plain.advance(by: 65)
        plain.outside { $0.change(live.id) { $0.cutover.isReady = false } }
        plain.advance(by: 5)
        #expect(plain.heard == [])
        plain.type("")
        plain.advance(by: 3)
        #expect(!plain.heard.isEmpty)
    }

    @Test func aNumberNeverComesToMeanSomethingElse() {
        var snapshot = Sample.snapshot
        snapshot.migrations = [Sample.migration(.copying)]
        var plain = PlainPilot(WizardPilot(ScriptedAgent(snapshot)))
        let first = plain.number(of: "shop-rs0 to shop-atlas")
        plain.outside {
            var newer = Sample.migration(.copying, number: 0x77)
            newer.destinationName = "other"
            $0.agent.put(.migration(newer))
            $0.hear()
        }
        plain.advance(by: 3)
        #expect(plain.number(of: "shop-rs0 to other") != first)
        #expect(plain.number(of: "shop-rs0 to shop-atlas") == first)
        plain.type("999")
        #expect(plain.heard == ["There is no 999 here. r reads the page again."])
    }

    @Test func anAlertTellsOfTheMigrationThatItIsFor() {
        let other = Sample.measured(.catchingUp)
        var newest = Sample.measured(.copying)
        newest.id = Sample.identifier(0x99)
        newest.sourceName = "ledger"
        var plain = PlainPilot(WizardPilot(Sample.agent(other, newest)))
        plain.advance(by: 5)
        plain.listen()
        plain.outside {
            $0.change(other.id) {
                $0.phase = .inSync
                $0.cutover = Sample.measured(.inSync).cutover
            }
        }
        #expect(plain.heard.first == "ALERT: shop-rs0 to shop-atlas: Ready for Cutover", "\(plain)")
        // What is told of all the time stands behind it.
        #expect(plain.heard.dropFirst().first?.contains("ledger to shop-atlas:") == true)
    }

    @Test func theSecondAskingToEndTheDemoIsTheNextLineThatIsTyped() {
        for lines in [["q", "q"], ["d", "d"], ["d", "q"]] {
            var plain = PlainPilot(WizardPilot(host: Training.host))
            plain.type(lines[0])
            #expect(plain.text.contains("Again ends the demo."), "\(plain)")
            plain.advance(by: 60)
            #expect(!plain.wizard.pilot.hasExited)
            plain.type(lines[1])
            #expect(plain.wizard.pilot.hasExited, "\(plain)")
        }
        for between in ["?", "", "999", "r"] {
            var plain = PlainPilot(WizardPilot(host: Training.host))
            plain.type("q")
            plain.type(between)
            plain.type("q")
            #expect(!plain.wizard.pilot.hasExited, "\(between)")
        }
    }

    @Test func onAScreenAgainTheSecondAskingIsWithinSeconds() {
        var wizard = PlainPilot(WizardPilot(host: Training.host)).wizard
        wizard.resize(80, 24)
        wizard.press(.character("d"))
        wizard.advance(by: 9)
        wizard.press(.character("d"))
        #expect(!wizard.pilot.hasExited)
        wizard.press(.character("d"))
        #expect(wizard.pilot.hasExited)
    }
}
