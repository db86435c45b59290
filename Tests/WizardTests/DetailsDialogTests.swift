import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// What is there to be read can be copied.
@Suite struct DetailsDialogTests {
    private func copied(_ wizard: WizardPilot) -> String? {
        for case .copy(let text) in wizard.requests.reversed() { return text }
        return nil
    }

    @Test(arguments: [
        ("validate-why", "What to do: Drop them there, or go back and clear"),
        ("failed-details", "db.adminCommand"),
        ("success-details", Sample.writtenAfterwards),
    ])
    func yCopiesTheWholeText(picture: String, text: String) throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == picture })
        var wizard = screenshot.wizard(Size(80, 24))
        #expect(wizard.footer.contains("y Copy"))
        wizard.press(.character("y"))
        #expect(copied(wizard)?.contains(text) == true)
        #expect(wizard.message == " Sent the whole text to the terminal's clipboard.")
        wizard.press(.enter)
        #expect(!wizard.footer.contains("Enter Close"))
    }

    /// A name on a server can be `a\nrm -rf ~\n`.
    @Test func whatIsCopiedRunsNothingWhereItIsPasted() {
        #expect(Copied("value", "a\n\u{1b}[1mb\rc\t\u{9b}d").text == "a  [1mb c  d")
        #expect(Copied("text", lines: "a\n\u{1b}b\n\nc").text == "a\n b\n\nc")
    }

    @Test func yCopiesWhatIsMarkedAndTabLeadsToEachValue() throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == "failed-details" })
        var wizard = screenshot.wizard(Size(60, 18))
        var texts: [String] = []
        repeat {
            wizard.press(.tab, .character("y"))
            let text = try #require(copied(wizard))
            let name = try #require(
                wizard.pilot.model.shownKeys.bindings.last { $0.keys == [.character("y")] })
            #expect(
                wizard.message
                    == " Sent the \(name.label.dropFirst(5)) to the terminal's clipboard.")
            if name.label != "Copy whole text" {
                texts.append(text)
                #expect(wizard.marked.contains(text.prefix(12)), "\(text)")
            }
        } while !wizard.message.contains("whole text")
        #expect(texts.contains("db.adminCommand({setUserWriteBlockMode: 1, global: false})"))
        #expect(texts.count > 4 && Set(texts).count == texts.count)
        let last = texts[texts.count - 1]
        wizard.press(.backTab, .character("y"))
        #expect(copied(wizard) == last)
    }

    @Test func theAddressOfAClusterIsMarkedAndEachHostCanBe() throws {
        var snapshot = Sample.snapshot
        var facts = ClusterFacts()
        facts.members = [.init(host: "h1:27017", state: "PRIMARY"), .init(host: "h2:27017")]
        snapshot.clusters[snapshot.clusters.count - 1].facts = facts
        var wizard = WizardPilot(ScriptedAgent(snapshot))
        wizard.press(.end, .enter)
        #expect(wizard.footer.contains("y Copy connection string"))
        wizard.press(.character("y"))
        #expect(copied(wizard) == "mongodb://***@archive.example.net/?replicaSet=rs0")
        #expect(wizard.message == " Sent the connection string to the terminal's clipboard.")
        for host in ["h1:27017", "h2:27017"] {
            wizard.press(.tab, .character("y"))
            #expect(copied(wizard) == host)
            #expect(wizard.marked.contains(host))
        }
        // News moves no mark.
        wizard.advance(by: 2)
        #expect(wizard.marked.contains("h2:27017"))
    }

    /// Where a page has a cursor, what it is on; where something went wrong, that.
    @Test func yCopiesWhatThePageIsAbout() throws {
        var hub = WizardPilot()
        hub.press(.end, .character("y"))
        #expect(copied(hub) == "mongodb://***@archive.example.net/?replicaSet=rs0")
        for (picture, text) in [
            ("validate-failed", "failed: Destination has conflicting namespaces\nWhere"),
            ("failed", "The source's user may no longer read shop.orders. Grant"),
        ] {
            let screenshot = try #require(Screenshot.all.first { $0.name == picture })
            var wizard = screenshot.wizard(Size(80, 24))
            wizard.press(.character("y"))
            #expect(copied(wizard)?.hasPrefix(text) == true, "\(copied(wizard) ?? "nothing")")
        }
    }

    @Test(arguments: [
        ("get-started", "A destination cluster that is new or empty: As large as"),
        ("review-and-confirm", "shop-rs0"),
    ])
    func yCopiesWhatHasTheFocusBeforeAMigration(picture: String, text: String) throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == picture })
        var wizard = screenshot.wizard(Size(80, 24))
        wizard.press(.character("y"))
        #expect(copied(wizard)?.contains(text) == true, "\(copied(wizard) ?? "nothing")")
        wizard.press(.character("?"))
        #expect(wizard.screen.contains("y    "))
    }

    @Test func yCopiesTheClusterThatHasTheFocus() throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == "set-up" })
        var wizard = screenshot.wizard(Size(80, 24))
        var texts: Set<String> = []
        for _ in 0..<10 {
            wizard.press(.tab, .character("y"))
            if let text = copied(wizard) { texts.insert(text) }
        }
        #expect(texts.count == 5, "\(texts)")
        #expect(texts.isSuperset(of: ["Acme", "shop", "shop-prod"]))
        #expect(texts.filter { $0.hasPrefix("mongodb://***@") }.count == 2)
    }

    /// It stays to be read, too.
    @Test func yCopiesWhyAPageWasNotLeft() throws {
        let screenshot = try #require(Screenshot.all.first { $0.name == "get-started-refused" })
        let started = screenshot.wizard(Size(80, 24))
        let empty = try #require(Screenshot.all.first { $0.name == "set-up-empty" })
        var setUp = empty.wizard(Size(80, 24))
        setUp.press(.character("v"))
        for (var wizard, text) in [
            (started, "First choose the organization"), (setUp, "Nothing was validated yet"),
        ] {
            let page = wizard.pilot.model.page
            wizard.press(.character("y"))
            #expect(copied(wizard)?.hasPrefix(text) == true)
            #expect(wizard.pilot.model.page == page)
        }
    }
}

extension WizardPilot {
    /// What is drawn as selected in the dialog.
    fileprivate var marked: String {
        let canvas = pilot.canvas
        return (0..<canvas.size.rows).flatMap { row in
            (0..<canvas.size.columns).map { canvas[Point($0, row)] }
        }
        .filter { $0.style.role == .selection }.map(\.text).joined()
    }
}
