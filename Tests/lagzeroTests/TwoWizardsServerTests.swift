import ControlAPI
import Glibc
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// Two wizards on two terminals and one agent, while an application writes: one drives, the other watches.
@Suite(.serialized, .timeLimit(.minutes(20))) struct TwoWizardsServerTests {
    /// Reads both terminals until the condition holds: one that nobody reads could fall silent.
    private func wait(
        _ what: String, _ first: PseudoTerminal, _ second: PseudoTerminal, until isMet: () -> Bool
    ) throws {
        do {
            try first.wait(what) {
                second.readSome()
                return isMet()
            }
        } catch {
            throw PseudoTerminal.Failure(
                description: "no \(what); one:\n\(first.screen)\nthe other:\n\(second.screen)")
        }
    }

    /// Waits until the wheel is where it should be, as both screens say.
    private func expect(
        _ driver: PseudoTerminal, drives watcher: PseudoTerminal, _ line: Int = #line
    ) throws {
        try wait("the wheel in other hands, line \(line)", driver, watcher) {
            watcher.screen.contains(Self.watching) && !driver.screen.contains(Self.watching)
                && !driver.screen.contains(Self.silent)
        }
    }

    private static let watching = "drives, you watch: t asks for the wheel."
    private static let silent = "drives but is silent: t takes over."
    private static let asking = "asks for the wheel: g gives it away, k keeps it."

    /// The rows of the page that are figures, as they are on a screen.
    private func figures(_ terminal: PseudoTerminal) -> [Substring] {
        let labels = ["Copying data", "Lag behind source", "Change stream", "Oplog headroom"]
        return terminal.screen.split(separator: "\n").filter { line in
            labels.contains { line.contains($0) }
        }
    }

    /// The watcher presses a key of the driver, and sees beside the message why nothing comes of it.
    private func expectRefused(
        _ key: String, of watcher: PseudoTerminal, _ driver: PseudoTerminal
    ) throws {
        watcher.send(key)
        try wait("\(key.debugDescription) refused", watcher, driver) {
            watcher.screen.split(separator: Self.watching).count == 3
        }
    }

    /// One asks for the wheel, is refused with the reason, and the other one gives it away.
    private func handOver(from driver: PseudoTerminal, to watcher: PseudoTerminal) throws {
        watcher.send("t")
        try wait("the refusal", watcher, driver) {
            watcher.screen.contains("drives this migration")
        }
        try wait("who asks", driver, watcher) { driver.screen.contains(Self.asking) }
        driver.send("g")
        try expect(watcher, drives: driver)
    }

    /// From the hub to the dialog that asks once more: nobody drives yet, and what one has validated the other need not.
    private func toStart(_ flow: WizardFlow) throws {
        try flow.setUp()
        try flow.see("✔ Passed")
        try flow.review()
    }

    @Test func t16OneDrivesTheOtherWatchesTakesOverAndEndsTheCutover() async throws {
        let flow = try await WizardFlow()
        let second = try flow.openAnother()
        try toStart(flow)
        let first = flow.turn(to: second)
        try toStart(flow)
        #expect(try await flow.validations() == 1)
        try first.send("\t\r", until: "Applying new writes")
        try second.send("\t\r", until: "shop-atlas cannot be used")
        for page in [
            "✔ Passed", "Connect to your source cluster", "Before you begin", "Migration Hub",
        ] {
            second.send("\u{1b}")
            try wait(page, second, first) { second.screen.contains(page) }
        }
        try second.send("\u{1b}OH\r", until: "Applying new writes")
        try expect(first, drives: second)
        try wait("in sync on both", first, second) {
            [first, second].allSatisfy {
                $0.screen.contains("Your source and destination clusters are in sync.")
            }
        }
        try wait("the same figures on both", first, second) {
            let seen = figures(first)
            return seen.count == 4 && seen == figures(second)
        }
        for key in ["p", "c", "\r"] {
            try expectRefused(key, of: second, first)
            // What was said is gone with the next key.
            try second.send("i", until: "( Close )")
            second.send("\u{1b}")
            try wait("the page again", second, first) { !second.screen.contains("( Close )") }
        }
        #expect(try await flow.migration().phase == .inSync)

        try handOver(from: first, to: second)
        try expectRefused("p", of: first, second)

        // A wizard that does not answer is not asked.
        kill(second.child, SIGSTOP)
        try first.shows(Self.silent)
        first.send("t")
        try first.wait("the wheel") { !first.screen.contains(Self.silent) }
        kill(second.child, SIGCONT)
        try expect(first, drives: second)

        // One that nobody sits before lets go of what it is asked for, though its screen is read.
        second.send("t")
        try wait("who asks", first, second) { first.screen.contains(Self.asking) }
        try wait("nobody's wheel", first, second) { second.screen.contains(Self.silent) }
        second.send("t")
        try expect(second, drives: first)
        _ = try await flow.isReadyOrComplete()
        try await flow.prepareCutover()
        try second.send("\t\t\r", until: "You have successfully migrated to Atlas")
        try first.shows("You have successfully migrated to Atlas")
        first.send("d")
        #expect(try first.endsWell())
        try await flow.end()
    }
}
