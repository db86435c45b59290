import ControlAPI
import Terminal
import Testing

@testable import Wizard

@Suite struct WheelTests {
    /// A page of a migration that somebody else drives.
    private func watcher(_ phase: MigrationPhase = .inSync) -> ScreenPilot {
        var live = Sample.measured(phase)
        live.mismatches = ["shop.orders _id 7"]
        live.driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        return ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live))
    }

    @Test func theDriverKeepsTheWheelAndAWatcherDoesNotTouchIt() {
        let live = Sample.measured(.copying)
        var pilot = ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live))
        pilot.advance(by: .seconds(30))
        #expect((9...12).contains(pilot.claims))
        var watcher = watcher()
        watcher.advance(by: .seconds(9))
        #expect(watcher.claims == 0)
    }

    @Test(arguments: ["p", "l", "c", "a"])
    func aWatcherCannotActAndSeesWhy(key: String) {
        var pilot = watcher()
        #expect(pilot.shows("ben@bastion pts/4 drives, you watch: t asks for the wheel."))
        pilot.type(key)
        #expect(pilot.message == "ben@bastion pts/4 drives, you watch: t asks for the wheel.")
        #expect(pilot.commands.isEmpty)
        #expect(pilot.style(of: "( Cutover to your")?.role == .buttonGrey)
        pilot.press(.enter)
        #expect(pilot.pages.count == 1)
    }

    @Test func whoAsksForTheWheelIsSeenByTheDriverAndGetsItWhenItIsGiven() {
        var pilot = watcher()
        pilot.type("t")
        #expect(pilot.agent.snapshot.migrations.last?.driver?.wantedBy == Sample.me.name)
        #expect(pilot.message.contains("drives this migration"))
        // The other one gives it away.
        pilot.change(Sample.migration(.inSync).id) { $0.driver = nil }
        pilot.advance(by: .seconds(2))
        #expect(pilot.agent.snapshot.migrations.last?.driver?.wizard == Sample.me.wizard)
        pilot.press(.enter)
        #expect(pilot.pages.count == 2)
    }

    @Test func aWheelThatIsNotGivenAwayInTimeIsNotTakenLaterUnasked() {
        let id = Sample.migration(.inSync).id
        var pilot = watcher()
        pilot.type("t")
        for _ in 1...6 {
            #expect(!pilot.message.contains("kept"))
            pilot.advance(by: .seconds(5))
            let now = pilot.agent.time
            pilot.change(id) {
                $0.driver = Driver(
                    wizard: Sample.other.wizard, name: Sample.other.name, heardAt: now)
            }
        }
        #expect(pilot.message == "ben@bastion pts/4 has kept the wheel.")
        pilot.change(id) { $0.driver = nil }
        pilot.advance(by: .seconds(20))
        #expect(pilot.claims == 1)
        #expect(pilot.shows("Nobody drives this migration: t takes over."))
    }

    @Test func aWheelThatCouldNotBeAskedForIsSaidAndNotTakenLaterUnasked() {
        let id = Sample.migration(.inSync).id
        for isFree in [false, true] {
            var pilot = watcher()
            if isFree { pilot.change(id) { $0.driver = nil } }
            pilot.agent.refuseNext(ControlError(.agentUnreachable, "nobody answers"))
            pilot.type("t")
            #expect(pilot.message == "Nobody answers.")
            pilot.change(id) { $0.driver = nil }
            pilot.advance(by: .seconds(20))
            #expect(pilot.claims == 1)
            #expect(pilot.shows("Nobody drives this migration: t takes over."))
        }
    }

    @Test func aDriverThatIsSilentForTenSecondsIsRelieved() {
        var pilot = watcher()
        pilot.advance(by: .seconds(9))
        #expect(pilot.shows("you watch"))
        pilot.advance(by: .seconds(2))
        #expect(pilot.shows("ben@bastion pts/4 drives but is silent: t takes over."))
        pilot.type("p")
        #expect(pilot.commands.isEmpty)
        pilot.type("t")
        #expect(pilot.agent.snapshot.migrations.last?.driver?.wizard == Sample.me.wizard)
        pilot.type("p")
        #expect(pilot.commands.count == 1)
    }

    /// Its clock may have been set forward or back since the driver was heard.
    @Test(arguments: [-3_600_000, 3_600_000])
    func aDriverIsCalledSilentWhenTheAgentSaysSo(ahead: Int64) {
        let live = Sample.measured(.inSync)
        var world = World(me: Sample.me)
        world.snapshot = Sample.agent(live).snapshot
        var driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time + ahead)
        let page = MigratingData(live.id)
        world.snapshot?.migrations[0].driver = driver
        #expect(page.watching(world)?.contains("you watch") == true)
        driver.hasFallenSilent = true
        world.snapshot?.migrations[0].driver = driver
        #expect(page.watching(world)?.contains("is silent") == true)
    }

    @Test func theWheelIsGivenAwayWhereSomebodyAsksAndCanBeTakenBack() {
        let live = Sample.measured(.copying)
        var pilot = ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live))
        pilot.type("g")
        #expect(pilot.commands.isEmpty)
        pilot.change(live.id) { $0.driver?.wantedBy = Sample.other.name }
        #expect(pilot.shows("ben@bastion pts/4 asks for the wheel: g gives it away, k keeps it."))
        pilot.type("g")
        #expect(pilot.commands == [.yield(live.id)])
        pilot.advance(by: .seconds(20))
        #expect(pilot.agent.snapshot.migrations.last?.driver == nil)
        #expect(pilot.shows("Nobody drives this migration: t takes over."))
        pilot.type("t")
        pilot.advance(by: .seconds(20))
        #expect(pilot.agent.snapshot.migrations.last?.driver?.heardAt ?? 0 > Sample.time + 30_000)
    }

    @Test func whatIsGivenAwayIsNotClaimedBeforeTheNewsOfThat() {
        let live = Sample.measured(.copying)
        var world = World(me: Sample.me)
        world.moment.uptime = .seconds(60)
        var wheel = Wheel()
        #expect(wheel.keep(live, world) == [.perform(.claim(live.id))])
        world.moment.uptime = .seconds(62)
        wheel.release(world)
        world.moment.uptime = .seconds(64)
        #expect(wheel.keep(live, world) == [])
    }

    @Test func whoWatchedDoesNotTakeTheWheelWhenTheAgentForgetsWhoHadIt() {
        var pilot = watcher()
        pilot.advance(by: .seconds(2))
        pilot.change(Sample.migration(.inSync).id) { $0.driver = nil }
        pilot.advance(by: .seconds(20))
        #expect(pilot.claims == 0)
        #expect(pilot.shows("Nobody drives this migration: t takes over."))
        pilot.type("t")
        #expect(pilot.agent.snapshot.migrations.last?.driver?.wizard == Sample.me.wizard)
        // And keeps it, over the next restart too.
        pilot.change(Sample.migration(.inSync).id) { $0.driver = nil }
        pilot.advance(by: .seconds(4))
        #expect(pilot.agent.snapshot.migrations.last?.driver?.wizard == Sample.me.wizard)
    }

    @Test func aClaimThatNobodyAnswersIsNotComplainedAbout() {
        let live = Sample.measured(.copying)
        var pilot = ScreenPilot(.migrating(MigratingData(live.id)), agent: Sample.agent(live))
        pilot.advance(by: .seconds(2))
        pilot.agent.refuseNext(ControlError(.agentUnreachable, "nobody answers"))
        pilot.advance(by: .seconds(2))
        #expect(pilot.message.isEmpty)
    }

    @Test func aWatcherSeesTheCutoverAndCannotBackOut() {
        var live = Gallery.finalizing(4)
        live.driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        var pilot = ScreenPilot(.cutover(Cutover(live.id)), agent: Sample.agent(live))
        #expect(pilot.shows("▶ Compare the catalogs"))
        pilot.press(.enter)
        #expect(pilot.message.contains("you watch"))
        pilot.press(.right, .enter)
        #expect(pilot.commands.isEmpty)
    }
}
