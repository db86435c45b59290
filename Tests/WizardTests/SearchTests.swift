import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What is searched, in lists and in logs of any length.
@Suite struct SearchTests {
    /// With a thousand past migrations and one that goes on.
    private var hub: ScriptedAgent {
        var snapshot = Sample.snapshot
        snapshot.migrations =
            (0..<1_000).map { number in
                var live = Sample.migration(.complete)
                live.id = Identifier(at: Int64(1_000 + number))
                live.destinationName = "shop-\(number)"
                live.endedAt = Sample.time - 86_400_000
                return live
            } + [Sample.migration(.copying)]
        return ScriptedAgent(snapshot)
    }

    @Test func s1AThousandPastMigrationsAreSearched() {
        var wizard = WizardPilot(hub)
        wizard.press(.character("/"))
        wizard.type("Shop-77")
        #expect(wizard.shows("/Shop-77  1 of 11"))
        // Letters are of the search, and so is the first Esc.
        #expect(wizard.pages.count == 1 && wizard.commands.isEmpty)
        wizard.press(.enter, .character("n"))
        #expect(wizard.shows("▶ shop-rs0 ─▶ shop-778"))
        let keys = wizard.pilot.model.shownKeys.bindings.map(\.label)
        #expect(keys.contains("Next match") && keys.contains("Previous match"))
        wizard.press(.character("N"), .character("N"))
        #expect(wizard.shows("/Shop-77  11 of 11") && wizard.shows("▶ shop-rs0 ─▶ shop-77 "))
        wizard.press(.character("/"))
        wizard.type("zzz")
        #expect(wizard.shows("/zzz  no match"))
        wizard.press(.escape)
        #expect(!wizard.shows("zzz") && wizard.shows("▶ shop-rs0 ─▶ shop-77 "))
        wizard.press(.enter)
        #expect(wizard.pages.count == 2, "\(wizard.screen)")
    }

    @Test func s1ClustersAndWaysToBeginAreFoundToo() {
        var wizard = WizardPilot(hub)
        wizard.press(.character("/"))
        wizard.type("archive")
        wizard.press(.enter, .enter)
        #expect(wizard.shows("mongodb://***@archive.example.net"))
    }

    private let live = Sample.migration(.copying)

    private func log(_ count: Int) -> ScriptedAgent {
        let agent = Sample.agent(live)
        for number in 21...count { agent.log("copied part \(number).", of: live.id) }
        _ = agent.takeEvents()
        return agent
    }

    @Test func s19TenThousandLinesOfALogAreSearched() {
        var wizard = WizardPilot(log(10_000))
        wizard.press(.character("l"), .character("/"))
        wizard.type("PART 17.")
        wizard.press(.enter)
        #expect(!wizard.shows("copied part 17."))
        wizard.press(.escape, .character("/"))
        wizard.type("part 21.")
        wizard.press(.enter)
        #expect(wizard.shows("copied part 21."))
        #expect(wizard.footer.contains("n Older match"))
        #expect(wizard.pilot.model.shownKeys.bindings.contains { $0.label == "Newer match" })
        wizard.press(.character("y"))
        guard case .copy(let text) = wizard.requests.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.hasSuffix("copied part 21."))
        #expect(wizard.message == " Sent the line to the terminal's clipboard.")
        // Newer ones are marked as they come; none moves what is looked at.
        let seen = wizard.lines[5]
        wizard.agent.log("copied part 10001.", of: live.id)
        wizard.hear()
        #expect(wizard.lines[5] == seen)
        wizard.press(.character("/"))
        wizard.type("part 10001")
        #expect(wizard.shows("copied part 10001."))
        wizard.press(.control("u"))
        wizard.type("part 12345")
        #expect(wizard.shows("/part 12345  no match"))
        wizard.press(.escape)
        #expect(wizard.shows("Log of shop-rs0") && !wizard.shows("/part"))
        wizard.press(.escape)
        #expect(!wizard.shows("Log of shop-rs0"))
    }

    @Test func linesThatAreNotHereYetAreLookedThrough() {
        let agent = log(3_000)
        var wizard = WizardPilot(agent)
        wizard.press(.character("l"))
        agent.isLost = true
        wizard.press(.character("/"))
        wizard.type("part 99.")
        #expect(wizard.shows("looking in older lines"))
        agent.isLost = false
        wizard.advance(by: 12)
        #expect(wizard.shows("copied part 99."))
    }

    @Test func whatIsReadLineByLineIsSearched() {
        var plain = PlainPilot(WizardPilot(hub))
        plain.fillIn("Search", "shop-777")
        #expect(plain.heard.contains { $0.contains("Search: shop-777 (1 of 1") }, "\(plain)")
        #expect(plain.heard.contains { $0.contains("shop-777  complete") }, "\(plain)")
        plain.fillIn("Search", "zzz")
        #expect(plain.heard.contains { $0.contains("zzz (no match") }, "\(plain)")

        plain = PlainPilot(WizardPilot(log(3_000)))
        plain.type("l")
        plain.fillIn("Search", "part 99.")
        #expect(
            plain.heard.contains {
                $0.contains("Search: part 99. (") && $0.contains("copied part 99.)")
            }, "\(plain)")
    }

    @Test func aLongLineOfALogIsReadWholeAndFoundWhole() {
        let agent = Sample.agent(live)
        let words = (1...40).map { "word\($0)" }.joined(separator: " ")
        agent.log("A long one: \(words) and its end.", of: live.id)
        _ = agent.takeEvents()
        var plain = PlainPilot(WizardPilot(agent))
        plain.type("l")
        #expect(plain.heard.joined(separator: " ").contains("\(words) and its end."), "\(plain)")
        plain.fillIn("Search", "word39")
        let found = plain.heard.filter { $0.hasPrefix("found: ") }.map { $0.dropFirst(7) }
        #expect(found.joined(separator: " ").hasSuffix("\(words) and its end."), "\(plain)")
        #expect(plain.heard.contains { $0.hasSuffix(". Search: word39") }, "\(plain)")
    }

    @Test func pagesOfLongLinesAreReadWithoutAGap() {
        let agent = Sample.agent(live)
        let words = (1...60).map { "word\($0)" }.joined(separator: " ")
        for number in 21...120 { agent.log("part \(number). \(words)", of: live.id) }
        _ = agent.takeEvents()
        var plain = PlainPilot(WizardPilot(agent))
        plain.type("l")
        for _ in 0..<30 { plain.type("<") }
        for number in 21...120 { #expect(plain.text.contains("part \(number). "), "\(number)") }
    }
}
