import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct SetUpMigrationTests {
    @Test func s3OpensOnTheSourcesOrganization() {
        let pilot = ScreenPilot.setUp()
        #expect(pilot.setUpPage?.focus.focused == .sourceOrganization)
        #expect(pilot.textAtCursor.hasPrefix("choose"))
        #expect(pilot.shows("Choose the source organization."))
        #expect(pilot.shows("Connect to your source cluster"))
        #expect(pilot.shows("Connect your destination cluster"))
    }

    @Test func s3EachListDependsOnTheOneBefore() {
        var pilot = ScreenPilot.setUp()
        pilot.press(.tab)
        #expect(pilot.textAtCursor.hasPrefix("none"))
        pilot.press(.backTab)
        pilot.choose("Acme")
        pilot.press(.tab, .enter)
        #expect(pilot.shows("│ shop  ") && pilot.shows("│ billing"))
        pilot.press(.down, .enter, .tab, .enter)
        #expect(pilot.shows("│ ledger") && pilot.shows("│ archive"))
        #expect(!pilot.shows("│ shop-rs0"))
    }

    @Test(arguments: pageSizes)
    func s3AnEmptyListSaysWhatIsToBeChosenFirst(size: Size) {
        var pilot = ScreenPilot.setUp(size: size)
        pilot.press(.tab, .enter)
        #expect(pilot.shows("First choose the organization."))
        pilot.press(.escape, .tab, .enter)
        #expect(pilot.shows("First choose the organization."))
        pilot.press(.escape, .backTab, .backTab)
        pilot.choose("Acme")
        pilot.press(.tab, .tab, .enter)
        #expect(pilot.shows("First choose the project."))
        #expect(!pilot.shows("no match"))
        pilot.press(.escape, .backTab)
        pilot.choose("shop")
        pilot.press(.tab, .enter)
        pilot.type("xyz")
        #expect(pilot.shows("no match"))
    }

    @Test func s3NeitherListTakesTheClusterOfTheOther() {
        var snapshot = Sample.snapshot
        for index in snapshot.clusters.indices {
            snapshot.clusters[index].project = Sample.prod.id
        }
        var source = ScreenPilot.setUp(ScriptedAgent(snapshot))
        source.choose("Acme Cloud", "shop-prod", "shop-rs0")
        source.press(.tab, .tab)
        source.choose("shop-rs0")
        #expect(source.shows("It is the source already: a cluster"))
        source.choose("shop-atlas")
        #expect(!source.shows("cannot be both"))
        source.press(.backTab, .backTab)
        source.choose("shop-atlas")
        #expect(source.shows("✘ It is the destination already: a"))
    }

    @Test func s3BeforeTheAgentHasAnsweredNothingIsValidated() {
        let world = World(me: Sample.me)
        let page = SetUpMigration(.fromAtlas, organization: Sample.cloud.id, in: world)
        #expect(page.nextStep(world) == "The agent has not answered yet.")
    }

    @Test func s3AListWithNothingInItSaysWhy() {
        var snapshot = Sample.snapshot
        snapshot.organizations.append(Organization(id: Sample.identifier(0x41), name: "Empty"))
        snapshot.projects.append(
            Project(id: Sample.identifier(0x42), organization: Sample.acme.id, name: "bare"))
        var withoutProject = ScreenPilot.setUp(ScriptedAgent(snapshot))
        withoutProject.choose("Empty")
        withoutProject.press(.tab, .enter)
        #expect(withoutProject.shows("There is no project in it."))
        var withoutCluster = ScreenPilot.setUp(ScriptedAgent(snapshot))
        withoutCluster.choose("Acme", "bare")
        withoutCluster.press(.tab, .enter)
        #expect(withoutCluster.shows("There is no cluster in this project."))
    }

    @Test func s3AnotherProjectDropsTheCluster() {
        var pilot = ScreenPilot.chosen()
        #expect(pilot.setup == Sample.setup)
        pilot.press(.backTab, .backTab, .backTab)
        pilot.choose("billing")
        #expect(pilot.setup == nil)
        #expect(pilot.shows("Choose the source cluster."))
        pilot.press(.backTab)
        pilot.choose("Acme Cloud")
        #expect(pilot.shows("Organization [ Acme Cloud"))
        // The only project of an organization is taken.
        #expect(pilot.shows("Project      [ shop-prod            ▾]  Project      [ shop-prod"))
    }

    @Test func s3TheDestinationIsOfTheOrganizationOneStartsFrom() {
        var pilot = ScreenPilot.setUp()
        #expect(pilot.shows("Organization   Acme Cloud"))
        pilot.press(.tab, .tab, .tab, .enter)
        #expect(pilot.shows("│ shop-prod"))
        #expect(!pilot.shows("│ billing"))
    }

    @Test func s3FactsOfTheChosenClustersStandUnderThem() {
        let pilot = ScreenPilot.chosen()
        #expect(pilot.shows("replica set rs0 · 6.0.5 · 3 members"))
        #expect(pilot.shows("412 GB · 18 collections · oplog 31 h"))
        #expect(pilot.shows("free disk 1.2 TB · 2 databases"))
        #expect(pilot.shows("free disk 1.2 TB · empty"))
    }

    @Test func s3WhatIsNotKnownIsADash() {
        var cluster = Sample.source
        cluster.facts = ClusterFacts()
        let agent = ScriptedAgent()
        agent.put(.cluster(cluster))
        let pilot = ScreenPilot.chosen(agent)
        #expect(pilot.shows("replica set - · version - · members -"))
        #expect(pilot.shows("data - · collections - · oplog -"))
        #expect(pilot.shows("free disk - · databases -"))
    }

    @Test func s3OneClusterCannotBeBoth() {
        var pilot = ScreenPilot.setUp()
        pilot.choose("Acme Cloud")
        pilot.press(.tab, .tab)
        pilot.choose("shop-atlas")
        pilot.press(.tab, .tab)
        pilot.choose("shop-atlas")
        #expect(pilot.shows("✘ It is the source already: a cluster"))
        #expect(pilot.setUpPage?.draft.destination.cluster == nil)
        pilot.choose("shop-old")
        #expect(!pilot.shows("It is the source already"))
        pilot.press(.backTab, .backTab)
        pilot.choose("shop-old")
        #expect(pilot.shows("It is the destination already"))
        #expect(pilot.setup?.source == Sample.destination.id)
    }

    @Test func s3VerificationIsProposedUpToFiveTerabytes() {
        var pilot = ScreenPilot.chosen()
        #expect(pilot.shows("[x] Verify data post-migration (recommended)"))
        pilot.press(.backTab, .backTab, .backTab)
        pilot.choose("billing", "ledger")
        #expect(pilot.shows("[ ] Verify data post-migration (recommended)"))
        #expect(pilot.setup?.verify == .off)
        // What the user wants stays.
        pilot.focus(" ] Verify")
        pilot.press(.space)
        #expect(pilot.setup?.verify == .full)
        pilot.press(.space)
        for _ in 0..<4 { pilot.press(.backTab) }
        pilot.choose("shop", "shop-rs0")
        #expect(pilot.setup?.verify == .off)
    }

    @Test func s3VerificationIsProposedWhereTheSizeIsNotKnown() {
        var cluster = Sample.source
        cluster.facts?.dataBytes = nil
        #expect(SetupDraft.proposesVerification(of: cluster))
        #expect(SetupDraft.proposesVerification(of: nil))
    }

    @Test func s3TheLoadLevelIsChosenWithArrowsOrItsNumber() {
        var pilot = ScreenPilot.chosen()
        pilot.focus("3 of 4")
        pilot.press(.right, .right)
        #expect(pilot.shows("4 of 4, all that the servers bear"))
        pilot.press(.left, .left)
        #expect(pilot.setup?.loadLevel == 2)
        pilot.type("1")
        #expect(pilot.shows("1 of 4, gentle"))
        pilot.type("7")
        #expect(pilot.setup?.loadLevel == 1)
    }

    @Test func s3AClusterInTroubleSaysSoAndIsTestedAgain() {
        var pilot = ScreenPilot.setUp()
        pilot.choose("Acme", "billing", "archive")
        #expect(pilot.shows("✘ No member of archive answers. Check"))
        #expect(pilot.shows("the address. t tests it again."))
        pilot.type("t")
        #expect(pilot.commands == [.testCluster(Sample.unreached.id)])
        #expect(pilot.message == "Tested archive.")
        var reached = Sample.unreached
        reached.trouble = nil
        reached.facts = Sample.facts(bytes: 5_000_000, databases: ["old"])
        pilot.agent.put(.cluster(reached))
        pilot.hear()
        #expect(!pilot.shows("No member"))
        #expect(pilot.shows("5.0 MB"))
    }

    @Test func s3ARefusedTestIsSaid() {
        var pilot = ScreenPilot.chosen()
        pilot.agent.refuseNext(ControlError(.cluster, "Nobody answers.", remedy: "Start it."))
        pilot.type("t")
        #expect(pilot.message.contains("Nobody answers."))
        #expect(pilot.commands == [.testCluster(Sample.destination.id)])
    }

    @Test func s3WithoutAClusterThereIsNothingToTest() {
        var pilot = ScreenPilot.setUp()
        pilot.type("t")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.says("Choose a cluster to test."))
    }

    @Test func s3WithoutAValidationThereAreNoResults() {
        var pilot = ScreenPilot.chosen()
        pilot.type("v")
        #expect(pilot.pages.count == 1)
        #expect(pilot.shows("Nothing was validated yet: Continue validates."))
    }

    @Test func s3TheHeadingStandsWhereThereIsRoom() {
        #expect(ScreenPilot.setUp().shows("Set up Migration"))
        #expect(!ScreenPilot.setUp(size: Size(60, 18)).shows("Set up Migration"))
    }

    @Test func s3InAnOpenListLettersNarrowIt() {
        var pilot = ScreenPilot.chosen()
        pilot.press(.enter)
        #expect(pilot.setUpPage?.holdsKeys == true)
        pilot.type("tv")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.shows("no match"))
        pilot.press(.escape)
        #expect(pilot.setup == Sample.setup)
    }

    @Test func s3WithoutClustersItSaysHowToAddThem() {
        var snapshot = Sample.snapshot
        snapshot.clusters = []
        var pilot = ScreenPilot.setUp(ScriptedAgent(snapshot))
        #expect(pilot.says("There are no clusters yet."))
        #expect(pilot.says("lagzero clusters add NAME --uri-file FILE"))
        pilot.press(.enter)
        #expect(!pilot.shows("│"))
        #expect(pilot.screen.split(separator: "There are no clusters yet").count == 2)
    }

    @Test func s3AnotherMigrationIntoTheDestinationIsSaid() {
        let agent = ScriptedAgent()
        agent.put(.migration(Sample.migration(.copying)))
        let pilot = ScreenPilot.chosen(agent)
        #expect(pilot.shows("! Another migration into it is under"))
        #expect(pilot.shows("until that has ended, or cancel it."))
    }

    @Test func s3AClusterThatAnotherMigrationHasOnItsOtherSideIsSaid() {
        var into = Sample.migration(.copying)
        into.setup = MigrationSetup(source: Sample.ledger.id, destination: Sample.source.id)
        let agent = ScriptedAgent()
        agent.put(.migration(into))
        #expect(ScreenPilot.chosen(agent).shows("! It is the destination of a "))
        var from = Sample.migration(.complete)
        from.setup = MigrationSetup(source: Sample.destination.id, destination: Sample.ledger.id)
        from.isSourceHeld = true
        agent.put(.migration(from))
        let pilot = ScreenPilot.chosen(agent)
        #expect(pilot.shows("! A migration still holds it as its"))
        #expect(pilot.shows("Release the source first."))
    }

    @Test func s3EscGoesBackAndNeverValidates() {
        for presses in 0..<SetUpMigration.Part.allCases.count {
            var pilot = ScreenPilot.chosen()
            for _ in 0..<presses { pilot.press(.tab) }
            pilot.press(.escape)
            #expect(pilot.page == nil)
            #expect(pilot.commands.isEmpty)
        }
    }

    @Test func s3ContinueSaysWhatIsMissing() {
        var pilot = ScreenPilot.setUp()
        pilot.push("Continue")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.shows("✘ Choose the source organization."))
    }

    @Test func s3WhatWasMissingIsNotSaidAnyMoreWhenItIsThere() {
        var snapshot = Sample.snapshot
        snapshot.clusters = []
        var pilot = ScreenPilot.setUp(ScriptedAgent(snapshot))
        pilot.push("Continue")
        #expect(pilot.shows("✘ There are no clusters yet."))
        pilot.agent.put(.cluster(Sample.source))
        pilot.hear()
        #expect(!pilot.says("There are no clusters yet."))
    }

    @Test func s3LeftBackAndForwardEverythingIsKept() {
        var pilot = ScreenPilot.chosen()
        pilot.focus("3 of 4")
        pilot.press(.left)
        let left = pilot.setUpPage
        var world = pilot.world
        world.moment.uptime = .seconds(5)
        let again = SetUpMigration(.fromAtlas, organization: Sample.cloud.id, in: world)
        #expect(left.map(again.takingUp) == left)
        // Started from another organization, only what is not of the destination stays.
        let elsewhere = SetUpMigration(.fromAtlas, organization: Sample.acme.id, in: world)
        let page = left.map(elsewhere.takingUp)
        #expect(page?.draft.source == left?.draft.source)
        #expect(page?.draft.loadLevel == 2)
        #expect(page?.draft.destination.cluster == nil)
        #expect(page?.organization == Sample.acme.id)
    }

    @Test func s3ItIsTheSameAfterItWasStored() throws {
        var pilot = ScreenPilot.chosen()
        pilot.press(.enter, .down)
        let open = try #require(pilot.page)
        #expect(try stored(open) == open)
        pilot.press(.escape)
        pilot.focus(" ] Clear")
        pilot.press(.space)
        pilot.type("shop")
        let dialog = try #require(pilot.page)
        #expect(try stored(dialog) == dialog)
    }

    @Test func s3EveryLabelIsWholeAtEverySize() {
        for size in pageSizes {
            let pilot = ScreenPilot.chosen(to: "shop-old", size: size)
            #expect(!pilot.shows("…"), "\(size)")
            var walk = pilot
            let labels = [
                "Organization [", "Project      [", "Cluster      [",
                "] Verify data post-migration (recommended)",
                "] Clear any existing data on your destination cluster?", "Load level",
            ]
            var seen: Set<String> = []
            for _ in SetUpMigration.Part.allCases {
                seen.formUnion(labels.filter(walk.shows))
                #expect(walk.shows("( Back )  ( Continue )"))
                #expect(walk.pilot.canvas.cursor != nil, "\(size)")
                walk.press(.tab)
            }
            #expect(seen.count == labels.count, "\(size)")
        }
    }

    @Test func s3LongNamesAreSeenInFullInTheListAndUnderIt() {
        let name = "production-orders-and-carts-eu-west-1"
        var cluster = Sample.source
        cluster.name = name
        let agent = ScriptedAgent()
        agent.put(.cluster(cluster))
        for size in pageSizes {
            var pilot = ScreenPilot.setUp(agent, size: size)
            pilot.choose("Acme", "shop")
            pilot.press(.tab, .enter)
            #expect(pilot.shows("│ " + name), "\(size)")
            pilot.press(.enter)
            #expect(pilot.shows(name) || pilot.shows("production-orders-and-carts"), "\(size)")
        }
    }

    @Test func s3ItIsInASCIIToo() {
        let pilot = ScreenPilot.setUp(glyphs: .ascii)
        #expect(pilot.screen.unicodeScalars.allSatisfy { $0.isASCII })
    }

    @Test func s3EnterOnACheckBoxSaysWhichKeySetsIt() {
        for box in ["x] Verify", " ] Clear"] {
            var pilot = ScreenPilot.chosen()
            pilot.focus(box)
            let before = pilot.setup
            pilot.press(.enter)
            #expect(pilot.message == "Space sets the check mark.")
            #expect(pilot.setup == before)
        }
    }
}
