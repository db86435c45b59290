import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct GetStartedTests {
    private func pilot(
        _ page: GetStarted = GetStarted(.fromAtlas), _ snapshot: Snapshot = Sample.snapshot,
        size: Size = Size(80, 24)
    ) -> ScreenPilot {
        ScreenPilot(.getStarted(page), agent: ScriptedAgent(snapshot), size: size)
    }

    private var alone: Snapshot {
        var snapshot = Sample.snapshot
        snapshot.organizations = [Sample.cloud]
        return snapshot
    }

    @Test func s2ThePrerequisitesAreBoxesToTick() {
        var pilot = pilot()
        for prerequisite in Flow.fromAtlas.getStarted.prerequisites {
            #expect(pilot.shows("[ ] " + prerequisite.title))
        }
        #expect(pilot.shows("0 of 8"))
        pilot.press(.space, .tab, .tab, .space)
        #expect(pilot.shows("[x] " + Flow.fromAtlas.getStarted.prerequisites[0].title))
        #expect(pilot.shows("[x] " + Flow.fromAtlas.getStarted.prerequisites[2].title))
        #expect(pilot.shows("2 of 8"))
        pilot.press(.space)
        #expect(pilot.shows("1 of 8"))
    }

    @Test func s2WithoutAnyOrganizationTheListSaysSo() {
        var none = Sample.snapshot
        (none.organizations, none.projects, none.clusters) = ([], [], [])
        var pilot = pilot(GetStarted(.fromAtlas), none)
        pilot.press(.backTab, .enter)
        #expect(pilot.shows("There is no organization yet."))
    }

    @Test func s2OpensOnTheFirstBoxAndSaysWhatItMeans() {
        var pilot = pilot()
        #expect(pilot.textAtCursor.hasPrefix(" ] A destination cluster"))
        #expect(pilot.shows("As large as the source at least"))
        pilot.press(.down)
        #expect(pilot.says("A source of 4.4 or 5.0 is taken too"))
    }

    @Test func s2EveryBoxIsSeenWholeAtEverySize() {
        for size in pageSizes {
            var pilot = pilot(size: size)
            for prerequisite in Flow.fromAtlas.getStarted.prerequisites {
                #expect(pilot.shows("[ ] " + prerequisite.title), "\(size)")
                #expect(pilot.textAtCursor.contains(prerequisite.title))
                #expect(!pilot.shows("…"))
                let lastWord = prerequisite.detail.split(separator: " ").last ?? ""
                #expect(pilot.shows(String(lastWord)), "\(size) \(prerequisite.title)")
                #expect(pilot.shows("( Back )  ( Get Started )"))
                pilot.press(.tab)
            }
        }
    }

    @Test func s2TheButtonIsCalledAsInTheDocument() {
        var pilot = pilot()
        let isThere = pilot.focus("Get Started )")
        #expect(isThere)
        #expect(pilot.shows("Get Started leads to the choice of the clusters."))
    }

    @Test func s2WithSeveralOrganizationsOneHasToBeChosen() {
        var pilot = pilot()
        pilot.push("Get Started")
        #expect(pilot.shows("First choose the organization"))
        #expect(pilot.textAtCursor.hasPrefix("choose"))
        pilot.press(.enter, .down, .enter)
        #expect(pilot.textAtCursor.hasPrefix("Acme Cloud"))
        pilot.push("Get Started")
        guard case .setUp(let page) = pilot.page else {
            Issue.record("not on Set up Migration")
            return
        }
        #expect(page.organization == Sample.cloud.id)
        #expect(pilot.message.contains("8 not ticked; the validation finds most of them."))
    }

    @Test func s2TheOnlyOrganizationIsTaken() {
        var pilot = pilot(GetStarted(.fromAtlas), alone)
        #expect(pilot.shows("[ Acme Cloud"))
        pilot.push("Get Started")
        #expect(pilot.shows("Additional settings"))
    }

    @Test func s2NothingIsSaidWhenEverythingIsTicked() {
        var pilot = pilot(GetStarted(.fromAtlas, organization: Sample.cloud.id))
        for _ in Flow.fromAtlas.getStarted.prerequisites { pilot.press(.space, .tab) }
        pilot.push("Get Started")
        #expect(pilot.shows("Additional settings"))
        #expect(pilot.message.isEmpty)
    }

    @Test func s2LeftBackAndForwardTheTicksStay() {
        var pilot = pilot(GetStarted(.fromAtlas, organization: Sample.cloud.id))
        pilot.press(.space)
        pilot.push("Get Started")
        pilot.press(.escape)
        #expect(pilot.shows("[x] A destination cluster"))
        pilot.push("Get Started")
        #expect(pilot.shows("Additional settings"))
        pilot.press(.escape, .escape)
        #expect(pilot.page == nil)
    }

    @Test func s2BackIsAButtonToo() {
        var pilot = pilot()
        pilot.push("Back")
        #expect(pilot.page == nil)
    }

    @Test func s2WithoutOrganizationsItSaysHowToAddClusters() {
        var snapshot = Sample.snapshot
        (snapshot.organizations, snapshot.projects, snapshot.clusters) = ([], [], [])
        var pilot = pilot(GetStarted(.fromAtlas), snapshot)
        pilot.push("Get Started")
        #expect(pilot.says("lagzero clusters add"))
    }

    @Test func s2IsTheSameAfterItWasStored() throws {
        var pilot = pilot()
        pilot.press(.space, .backTab, .enter, .down)
        let page = try #require(pilot.page)
        #expect(try stored(page) == page)
    }

    @Test func s2LettersInAnOpenListNarrowIt() {
        var pilot = pilot()
        pilot.press(.backTab, .enter)
        #expect(pilot.page?.screen.title == "Migration from Atlas to Atlas")
        pilot.type("cloud")
        pilot.press(.enter)
        #expect(pilot.textAtCursor.hasPrefix("Acme Cloud"))
    }
}
