import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// `Clear any existing data on your destination cluster?`
@Suite struct ClearingTests {
    private func dialog(size: Size = Size(80, 24)) -> ScreenPilot {
        var pilot = ScreenPilot.chosen(to: "shop-old", size: size)
        pilot.focus(" ] Clear")
        pilot.press(.space)
        return pilot
    }

    @Test func s3TickingItOpensADialogWithTheConsequenceInNumbers() {
        for size in pageSizes {
            let pilot = dialog(size: size)
            #expect(pilot.shows("every user database of"), "\(size)")
            #expect(pilot.shows("2 databases, 20.0 MB on disk: old 10.0 MB, shop 10.0 MB."))
            #expect(pilot.shows("Type shop-old to confirm:"))
            #expect(pilot.shows("( Back )  ( Clear existing data )"))
            #expect(pilot.setup?.clear == false)
            #expect(pilot.pilot.requests.contains(.discardTypeAhead))
        }
    }

    @Test func s3AClusterThatWasNeverSeenIsSaidToBeSo() {
        var snapshot = Sample.snapshot
        for index in snapshot.clusters.indices { snapshot.clusters[index].lastSeenAt = nil }
        var pilot = ScreenPilot.chosen(to: "shop-old", ScriptedAgent(snapshot))
        pilot.focus(" ] Clear")
        pilot.press(.space)
        #expect(pilot.shows("good. Never seen:"))
    }

    @Test func s3OnlyTheTypedNameTicksIt() {
        var pilot = dialog()
        pilot.type("shop-ol")
        pilot.press(.enter, .tab, .tab, .enter)
        #expect(pilot.shows("First type the name shop-old."))
        #expect(pilot.setup?.clear == false)
        pilot.press(.tab)
        pilot.type("d")
        pilot.press(.enter, .enter)
        #expect(pilot.shows("[x] Clear any existing data on your destination cluster?"))
        #expect(pilot.setup?.clear == true)
        #expect(pilot.setup?.clearConfirmedName == "shop-old")
        // Whatever has that name later on, this is what was shown.
        #expect(pilot.setup?.clearConfirmedCluster == ClearedCluster(Sample.filled))
        #expect(pilot.commands.isEmpty)
    }

    @Test func s3APastedNameIsRefused() {
        var pilot = dialog()
        pilot.paste("shop-old")
        #expect(pilot.shows("pasting is refused"))
        pilot.press(.enter, .enter)
        #expect(pilot.setup?.clear == false)
    }

    @Test func s3EscLeavesItUnticked() {
        var pilot = dialog()
        pilot.type("shop-old")
        pilot.press(.escape)
        #expect(pilot.shows("[ ] Clear any existing data on your destination cluster?"))
        #expect(pilot.shows("Additional settings"))
    }

    @Test func s3ItCanBeUntickedAgain() {
        var pilot = dialog()
        pilot.type("shop-old")
        pilot.press(.enter, .enter, .space)
        #expect(pilot.setup?.clear == false)
        #expect(pilot.setup?.clearConfirmedName == nil)
        #expect(pilot.setup?.clearConfirmedCluster == nil)
    }

    @Test func s3AnotherDestinationUnticksIt() {
        var pilot = dialog()
        pilot.type("shop-old")
        pilot.press(.enter, .enter, .backTab, .backTab)
        pilot.choose("shop-atlas")
        #expect(pilot.shows("[ ] Clear any existing data on your destination cluster?"))
        #expect(pilot.says("No longer ticked: it was confirmed for another cluster."))
    }

    @Test func s3WithoutADestinationItIsRefused() {
        var pilot = ScreenPilot.setUp()
        pilot.focus(" ] Clear")
        pilot.press(.space)
        #expect(pilot.shows("✘ Choose the destination cluster first."))
    }

    @Test func s3ALongListOfDatabasesScrollsWhileTheNameIsTyped() {
        var cluster = Sample.filled
        cluster.facts?.databases = (0..<90).map { .init(name: "database\($0)", bytes: 90 - $0) }
        let agent = ScriptedAgent()
        agent.put(.cluster(cluster))
        var pilot = ScreenPilot.chosen(to: "shop-old", agent, size: Size(60, 18))
        pilot.focus(" ] Clear")
        pilot.press(.space)
        #expect(pilot.shows("90 databases"))
        #expect(!pilot.shows("database89"))
        #expect(pilot.shows(" more "))
        #expect(pilot.lines.last?.contains("Up Down Scroll") == true)
        for _ in 0..<60 { pilot.press(.down) }
        #expect(pilot.shows("database89"))
        #expect(!pilot.shows(" more "))
        pilot.press(.up)
        #expect(!pilot.shows("database89"))
        #expect(pilot.shows("Type shop-old to confirm:"))
    }

    @Test func s3WhatIsNotKnownIsNotZero() {
        var cluster = Sample.filled
        cluster.facts = nil
        #expect(Clearing.contents(of: cluster) == "an unknown number of databases")
        cluster.facts = ClusterFacts()
        cluster.facts?.databases = [.init(name: "a", bytes: 5), .init(name: "b")]
        #expect(Clearing.contents(of: cluster) == "2 databases, - on disk: a 5 B, b -")
        #expect(Clearing.contents(of: Sample.destination) == "no database: it has none now")
    }
}
