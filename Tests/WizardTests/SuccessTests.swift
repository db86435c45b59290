import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct SuccessTests {
    /// Complete, and its source is to be released.
    private var held: LiveMigration {
        var live = Gallery.complete
        live.isSourceHeld = true
        return live
    }

    private func pilot(_ change: (inout LiveMigration) -> Void = { _ in }) -> ScreenPilot {
        var live = held
        change(&live)
        return ScreenPilot(.success(Success(live.id)), agent: Sample.agent(live))
    }

    private let template = "mongodb://<username>:<password>@shop-atlas.example.net/?replicaSet=rs0"

    @Test func s12ItShowsTheFiveFigures() {
        let pilot = pilot()
        #expect(pilot.lines[5] == " You have successfully migrated to Atlas")
        #expect(
            Array(pilot.lines[7...11]) == [
                " Synced changes         14,201,332 applied, 0 pending",
                " Application downtime   3.8 s   last write seen to destination accepting writes",
                " Duration               3 h 41 m",
                " Initial data copied    412 GB, 18 collections, 901,442,019 documents",
                " Verification           18 of 18 collections identical",
            ])
        #expect(pilot.shows("✔ lagzero has verified the data, for all supported types."))
    }

    @Test func s12WhatWasOnlyCountedIsNotCalledIdentical() {
        let pilot = pilot { $0.setup.verify = .counts }
        #expect(pilot.shows("Verification           18 of 18 collections with equal counts"))
    }

    @Test func s12WithVerificationOffItAsksToVerifyYourself() {
        let pilot = pilot { $0.setup.verify = .off }
        #expect(pilot.shows("Verification           off: please verify your data yourself"))
        #expect(pilot.shows("by comparing document"))
        #expect(!pilot.shows("has verified"))
    }

    @Test func s12WhatIsNotKnownIsNotShownAsZero() {
        let pilot = pilot {
            $0.report = nil
            $0.figures = MigrationFigures()
        }
        #expect(pilot.shows("Synced changes         - applied"))
        #expect(pilot.shows("Application downtime   -"))
        #expect(pilot.shows("Duration               -"))
        #expect(pilot.shows("Initial data copied    -"))
        #expect(pilot.shows("Verification           -"))
        #expect(!pilot.screen.contains(" 0"))
    }

    @Test func s12TheSourceIsReleasedAfterAQuestion() {
        var pilot = pilot()
        #expect(pilot.shows("refuses writes"))
        pilot.type("r")
        #expect(pilot.textAtCursor.hasPrefix("Back"))
        pilot.press(.enter)
        #expect(pilot.commands.isEmpty)
        pilot.type("r")
        pilot.press(.tab, .enter)
        #expect(pilot.commands == [.releaseSource(Gallery.complete.id)])
        #expect(pilot.message == "The source accepts writes again.")
        #expect(pilot.shows("accepts writes: use it no more"))
        pilot.type("r")
        #expect(pilot.message == "shop-rs0 is not held by lagzero.")
    }

    @Test func s12ASourceThatSomebodyElseBlocksIsNotSaidToAcceptWrites() {
        let pilot = pilot {
            $0.isSourceHeld = false
            $0.cutover.isSourceBlockedByOthers = true
        }
        #expect(pilot.shows("blocked by somebody else: use it no more"))
        #expect(!pilot.shows("accepts writes: use"))
    }

    @Test func s13TheDialogOffersThreeWaysToConnect() {
        var pilot = pilot()
        pilot.press(.enter)
        #expect(pilot.shows("Connect to Atlas"))
        pilot.type("y")
        #expect(pilot.pilot.requests.last == .copy("mongosh \"\(template)\""))
        pilot.press(.tab)
        #expect(pilot.shows("In your application's configuration:"))
        pilot.press(.enter)
        #expect(pilot.pilot.requests.last == .copy(template))
        pilot.press(.right)
        #expect(pilot.textAtCursor.hasPrefix("Compass"))
        #expect(pilot.shows("In the field of a new connection:"))
        pilot.type("y")
        #expect(pilot.message == "Sent to the terminal's clipboard, for Compass.")
        pilot.press(.right, .enter)
        #expect(!pilot.shows("Connect to Atlas"))
    }

    @Test func s13TheConnectionStringIsCopiedFromThePage() {
        var pilot = pilot()
        pilot.type("y")
        #expect(pilot.pilot.requests.last == .copy(template))
        #expect(pilot.message == "Sent the connection string to the terminal's clipboard.")
    }

    @Test func s13ALongStringIsShownWholeInLinesThatAreFull() {
        let hosts = (1...5).map { "shop-atlas-shard-00-0\($0).eu-west-1.example.net:27017" }
        let string =
            "mongodb://lagzero:***@\(hosts.joined(separator: ","))/?replicaSet=atlas-x1y2&tls=true"
        let whole = string.replacing("lagzero:***", with: "<username>:<password>")
        for size in pageSizes {
            var live = Gallery.complete
            live.destinationConnectionString = string
            var pilot = ScreenPilot(
                .success(Success(live.id)), agent: Sample.agent(live), size: size)
            // On the page it is whole where there is room, and always in the dialog.
            if size.rows >= 24 { #expect(pilot.lines.joined().contains(whole), "\(size)") }
            pilot.press(.enter)
            #expect(pilot.lines.joined().contains("mongosh \"\(whole)\""), "\(size)")
            pilot.type("y")
            #expect(pilot.pilot.requests.last == .copy("mongosh \"\(whole)\""))
        }
    }

    @Test func s13TheMigrationsLoginIsNotTheApplications() {
        #expect(
            ConnectToAtlas.template("mongodb://lagzero:***@a.b:1/?x=y")
                == "mongodb://<username>:<password>@a.b:1/?x=y")
    }

    @Test func s13AStringWithoutASecretIsLeftAsItIs() {
        #expect(ConnectToAtlas.template("mongodb+srv://a.b/") == "mongodb+srv://a.b/")
    }

    @Test func s12ProblemsAndDifferencesAreListed() {
        var pilot = pilot {
            $0.problems = ["TTL of shop.carts was not restored: run collMod."]
            $0.mismatches = ["shop.orders _id 7"]
        }
        #expect(pilot.shows("1 problem left to be solved: i details"))
        #expect(pilot.shows("Verification           1 difference"))
        pilot.type("i")
        #expect(pilot.shows("TTL of shop.carts was not restored: run collMod."))
        #expect(pilot.shows("Differs: shop.orders _id 7"))
        pilot.press(.escape)
        #expect(pilot.isAt("Success"))
    }

    @Test func s12EscLeadsToTheHub() {
        var pilot = pilot()
        pilot.press(.enter, .escape)
        #expect(pilot.isAt("Success"))
        pilot.press(.escape)
        #expect(pilot.pages.isEmpty)
    }

    @Test func s12BeforeTheReportIsThereNothingIsSaidThatMayBeWrong() {
        var live = Gallery.complete
        live.report = nil
        for (blocked, text) in [(true, "refuses writes until"), (nil, "Source                 -")] {
            live.cutover.isSourceBlocked = blocked
            let pilot = ScreenPilot(.success(Success(live.id)), agent: Sample.agent(live))
            #expect(pilot.shows(text))
            #expect(!pilot.shows("use it no more"))
            #expect(!pilot.shows("r release"))
        }
    }

    @Test func s12TheDataIsToBeSeenBeforeTheApplicationGoesThere() {
        func page(_ size: Size) -> ScreenPilot {
            ScreenPilot(
                .success(Success(Gallery.complete.id)), agent: Sample.agent(Gallery.complete),
                size: size)
        }
        #expect(
            page(Size(80, 24)).shows(
                "Verify that your data is there, then point your application at:"))
        #expect(page(Size(60, 18)).shows(" Then point your application at:"))
    }

    private func success(_ agent: ScriptedAgent, _ size: Size) -> WizardPilot {
        let page = Page.success(Success(Gallery.complete.id))
        return WizardPilot(
            agent, saved: SavedState(pages: [page], lastSeen: nil, theme: nil), size: size)
    }

    @Test func s12ARefusedReleaseStaysOnThePageUntilItIsDone() {
        for size in pageSizes {
            let agent = Sample.agent(held)
            var wizard = success(agent, size)
            agent.answersAfter = .seconds(2)
            agent.refuseNext(
                ControlError(.cluster, "shop-rs0 is not reached", remedy: "Look at its network"))
            wizard.type("r")
            wizard.press(.tab, .enter)
            #expect(wizard.shows("releasing..."))
            wizard.type("r")
            #expect(wizard.message.contains("The source is being released."))
            wizard.advance(by: 3)
            #expect(!wizard.shows("releasing..."))
            #expect(wizard.message.contains("The source was not released."))
            wizard.advance(by: 40)
            #expect(wizard.shows("✘ Not released. shop-rs0 is not reached."), "\(wizard.screen)")
            wizard.type("i")
            #expect(wizard.shows("shop-rs0 is not reached. Look at its network."))
            wizard.press(.escape)
            wizard.type("r")
            wizard.press(.tab, .enter)
            #expect(!wizard.shows("Not released"))
            wizard.advance(by: 3)
            #expect(wizard.shows("use it no more"))
        }
    }

    @Test func s12ALongRefusalLeavesRoomForTheConnectionString() {
        let agent = Sample.agent(held)
        var wizard = success(agent, Size(60, 18))
        let parts = Array(repeating: "a member of shop-rs0 did not answer", count: 8)
        agent.refuseNext(ControlError(.cluster, parts.joined(separator: ", ")))
        wizard.type("r")
        wizard.press(.tab, .enter)
        #expect(wizard.shows(" i shows more"), "\(wizard.screen)")
        #expect(wizard.shows("Then point your application at:"))
        #expect(wizard.shows("mongodb://<username>"))
    }

    @Test func s12AStringThatHasNoRoomSaysSo() throws {
        let hosts = (1...5).map { "shop-atlas-shard-00-0\($0).eu-west-1.example.net:27017" }
        var live = Gallery.complete
        live.destinationConnectionString =
            "mongodb://lagzero:***@\(hosts.joined(separator: ","))/?replicaSet=atlas-x1y2"
        let pilot = ScreenPilot(
            .success(Success(live.id)), agent: Sample.agent(live), size: Size(60, 18))
        #expect(pilot.shows("y copies all"))
        let first = try #require(pilot.lines.firstIndex { $0.hasPrefix("mongodb://") })
        let last = try #require(pilot.lines.lastIndex { $0.contains("example.net") })
        #expect(first <= last && pilot.lines[last].hasSuffix("…"), "\(pilot.lines)")
        #expect(Width.of(pilot.lines[last]) == 60)
    }
}
