import Glibc
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// The whole way of document 001 on a terminal without a screen, by numbers: the real wizard, the real agent and real
/// servers.
@Suite(.serialized, .timeLimit(.minutes(10))) struct PlainFlowServerTests {
    @Test func s1ToS12FromTheHubToSuccessLineByLine() async throws {
        let flow = try await WizardFlow(documents: 1_000)
        try flow.terminal.shows("Acme Cloud / shop-prod")
        flow.terminal.send("d")
        #expect(try flow.terminal.endsWell())
        let plain = try flow.session.open(["TERM": "dumb"])
        let found = plain.settings()
        plain.patience = .seconds(240)
        try plain.hears("Migration Hub")
        try setUp(plain)
        try plain.choose("Continue", until: ". Continue\r\n")
        try plain.choose("Continue", until: "Review & Confirm")
        try plain.choose("Start Migration", until: "Start to migrate shop-rs0 to shop-atlas?")
        try plain.choose("Start Migration", until: "Step 5 of 6, Migrating Data")
        try plain.hears("ok: Your source and destination clusters are in sync.")
        try plain.choose("Cutover to your destination cluster", until: "Extend Sync")
        try plain.choose("I'm ready to cutover", until: "Before you stop anything")
        try plain.choose("Type the name of the destination cluster", until: "cluster: ")
        // All at once it is pasted.
        try plain.type("shop-atlas\r", until: "pasting is refused here")
        for letter in "shop-atlas" { try plain.type("\(letter)", until: "\(letter)") }
        try plain.type("\r", until: "shop-atlas (ok)")
        try plain.choose("Proceed to cutover", until: "Stop writes to your source cluster now.")
        await flow.workload.stop()
        try plain.choose("I confirm that I've stopped writes", until: ": checked")
        try plain.choose("Finalize migration", until: "You have successfully migrated to Atlas")
        try plain.hears("identical")
        plain.send("q\r")
        #expect(try plain.endsWell())
        #expect(plain.settings() == found)
        #expect(!plain.text.contains("\u{1b}"))
        // Another wizard finds the same page, on its screen.
        let last = try flow.session.open()
        last.patience = .seconds(240)
        _ = flow.turn(to: last)
        try flow.terminal.shows("You have successfully migrated to Atlas")
        try await flow.end()
    }

    /// From the hub to both clusters chosen.
    private func setUp(_ plain: PseudoTerminal) throws {
        try plain.choose("Migrate from Atlas", until: "Organization you start from")
        try plain.choose("Organization you start from", until: "Acme Cloud\r\n")
        try plain.choose("Acme Cloud", until: "Back on")
        try plain.choose("Get Started", until: "Set up Migration")
        try plain.choose("Organization", until: "1. Acme\r\n")
        try plain.choose("Acme", until: "note: Choose the source cluster.")
        try plain.choose("Cluster: choose", until: "1. shop-rs0")
        try plain.choose("shop-rs0", until: "Back on")
        try plain.type("r\r", until: "Cluster: choose")
        try plain.choose("Cluster: choose", until: "1. shop-atlas")
        try plain.choose("shop-atlas", until: "Continue")
    }
}

extension PseudoTerminal {
    /// Types, then reads until the text was sent behind what had been sent before.
    func type(_ text: String, until expected: String) throws {
        let before = output.count
        send(text)
        try wait("\"\(expected)\" after \(text)") {
            String(decoding: output[before...], as: UTF8.self).contains(expected)
        }
    }

    /// Types the number that was read last before the name, or else before what begins so.
    func choose(_ name: String, until expected: String) throws {
        var number: Int?
        try wait("a number for \(name)") {
            let lines = text.split(whereSeparator: \.isNewline).reversed()
            number =
                lines.lazy.compactMap { Self.number(in: $0) { $0 == name } }.first
                ?? lines.lazy.compactMap { Self.number(in: $0) { $0.hasPrefix(name) } }.first
            return number != nil
        }
        try type("\(number ?? 0)\r", until: expected)
    }

    private static func number(in line: Substring, _ fits: (Substring) -> Bool) -> Int? {
        guard let dot = line.firstIndex(of: "."), let number = Int(line[..<dot]) else { return nil }
        let words = line[dot...].dropFirst(2)
        return fits(words.hasPrefix("current: ") ? words.dropFirst(9) : words) ? number : nil
    }
}
