import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// What holds for every screen of the list, S1 to S21, in the whole wizard.
@Suite struct EveryScreenTests {
    @Test func everyScreenIsTheSameAfterOtherSizes() {
        for picture in Screenshot.all {
            var wizard = picture.wizard(Size(80, 24))
            let before = wizard.screen
            for (columns, rows) in [(60, 18), (40, 10), (1, 1), (200, 60), (80, 24)] {
                wizard.resize(columns, rows)
                #expect(wizard.lines.count == rows)
            }
            #expect(wizard.screen == before, "\(picture.number) \(picture.name)")
        }
    }

    /// The terminal goes, and the wizard is opened again from what was kept: with all that was typed and chosen, and on
    /// the same place. What happened meanwhile is told again until its page is left.
    @Test func everyScreenIsOpenedAgainWithWhatWasTypedOnIt() throws {
        var left = Set(Self.otherwise.keys)
        for picture in Screenshot.all {
            var wizard = picture.wizard(Size(80, 24))
            wizard.happen(.hangUp)
            let data = try JSONEncoder().encode(#require(wizard.saved.last))
            #expect(!String(decoding: data, as: UTF8.self).contains(Sample.secret))
            let saved = try JSONDecoder().decode(SavedState.self, from: data)
            let world = wizard.pilot.model.world
            // An agent that was lost is back by then.
            wizard.agent.isLost = world.snapshot == nil
            let again = WizardPilot(
                wizard.agent, saved: saved, isReadOnly: world.isReadOnly)
            let name = "\(picture.number) \(picture.name)"
            #expect(again.pages.count == wizard.pages.count, "\(name)")
            guard let other = Self.otherwise[picture.name] else {
                // Up to what was just said.
                #expect(again.lines.dropLast(2) == wizard.lines.dropLast(2), "\(name)")
                continue
            }
            left.remove(picture.name)
            for text in other.shown { #expect(again.shows(text), "\(name): \(text)") }
            for text in other.gone {
                #expect(wizard.shows(text) && !again.shows(text), "\(name): \(text)")
            }
        }
        #expect(left.isEmpty)
    }

    /// What is there again and what is not, where it is not all: secrets, dialogs that ask something, the name that was
    /// typed to confirm it, what was refused, and what is open over a page.
    private static let otherwise: [String: (shown: [String], gone: [String])] = {
        let isInSync = "( Cutover to your destination cluster )"
        let isMigrated = "You have successfully migrated to Atlas"
        return [
            "set-up-list": (["[ shop-rs0 ", "[ shop-atlas "], ["│ shop-old"]),
            "set-up-clear": (
                ["[ shop-rs0 ", "[ shop-old ", "[ ] Clear any existing data"], ["│ shop-o "]
            ),
            "validate-refused": (
                ["shop.items, shop.orders", "▶ Validate"], ["must be mended first"]
            ),
            "start-migration": (
                ["▶ Review & Confirm", "Acme / shop / shop-rs0", "shop-prod / shop-atlas"],
                ["Start to migrate"]
            ),
            "start-migration-clear": (
                ["▶ Review & Confirm", "shop-prod / shop-old", "Yes. Deleted for good"],
                ["Start to migrate"]
            ),
            "extend-sync": (["I'm ready to cutover"], ["New end"]),
            "little-time": (["I'm ready to cutover"], ["Little time is left"]),
            "proceed-to-cutover": (["Type the name of the destination cluster:"], [":  shop-at"]),
            "proceed-to-cutover-typed": (
                ["Type the name of the destination cluster:"], [":  shop-atlas"]
            ),
            "stop-writes": ([isInSync], ["[ ] I confirm"]),
            "stop-writes-confirmed": ([isInSync], ["[x] I confirm"]),
            "stop-writes-refused": ([isInSync], ["[ ] I confirm"]),
            "back-out": (["▶ Compare the catalogs"], ["─ Back out ─"]),
            "success-details": ([isMigrated], ["─ Details ─"]),
            "release": ([isMigrated, "r release"], ["Applications can write"]),
            "connect-to-atlas": ([isMigrated], ["mongosh \""]),
            "connect-to-atlas-drivers": ([isMigrated], ["In your application"]),
            "load-level": (["▶ Copying data"], ["─ Load level ─"]),
            "cancel": (["▶ Copying data"], ["│ shop-at "]),
            "mismatches": (["! 3 mismatches: shop.orders _id 7"], ["I have taken note"]),
            "retry": (["✘ Expired.", "( Retry )"], ["─ Retry ─"]),
            "failed-details": (["✘ Failed.", "( Retry )"], ["─ Details ─"]),
            "agent-starting": (["▶ Copying data"], ["No news from the agent"]),
            "help": (["▶ Copying data"], ["─ Help ─"]),
            "log": (["▶ Copying data"], ["Log of shop-rs0"]),
            "add-a-cluster": (
                [
                    "─ Add a cluster ─",
                    "mongodb://anna@a.example.net:27017,b.example.net/?replicaSet=rs0",
                    "was not kept: type it again", "Name          a ",
                ], ["•••"]
            ),
            "add-a-cluster-refused": (
                ["─ Add a cluster ─", "a.example.net:***", "Name          a "], ["begins with"]
            ),
            "remove-a-cluster": (["▶ archive"], ["─ Remove a cluster ─"]),
        ]
    }()
}
