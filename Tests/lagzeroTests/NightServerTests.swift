import Agent
import ControlAPI
import Foundation
import Glibc
import MigrationTesting
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// One operator's night, with hours that pass in half seconds: on links that drop and stall, over the death of the agent,
/// the loss of its host and a step-down, to a cutover that was put off twice.
@Suite(.serialized, .timeLimit(.minutes(15))) struct NightServerTests {
    private static let speed = 7_200
    private static let inSync = "Your source and destination clusters are in sync."

    @Test func aNightOfBadLinksALostHostAndTwoExtensionsEndsInACutoverWithNothingLost() async throws
    {
        let notices = try Notices()
        let session = try WizardSession(
            clockSpeed: Self.speed, configuration: notices.configuration)
        // It starts the agent.
        let evening = try session.open()
        try evening.shows("None yet")
        evening.send("d")
        #expect(try evening.endsWell())
        let flow = try await WizardFlow(in: session) {
            if $0.name == "shop-rs0" { $0.members = 3 }
        }

        // The first link drops, and the agent dies soon after it has begun.
        try flow.begin()
        try flow.reopen(showing: "Applying new writes")
        try await eventually("the destination knows of it", within: .seconds(240)) {
            try await flow.log().contains { $0.text.hasPrefix("begun by") }
        }
        try flow.killAgent()
        try flow.terminal.shows(Self.inSync)
        try flow.terminal.wait("the bell of every hour") { flow.terminal.emulated.bells > 2 }
        let end = try await deadline(flow)
        try expectCountdown(to: end, flow.terminal)

        // The second one is cut without a word.
        try flow.cut(showing: Self.inSync)
        try expectCountdown(to: end, flow.terminal)
        let evenings = try await expectStory(flow)
        #expect(evenings.contains { $0.text.hasSuffix("which pass 7200 times as fast") })
        let stored = try await storedLog(flow, as: evenings)

        // The host is lost with all that was known there. Another one goes on, by the same clock.
        try await flow.moveToAnotherHost()
        try flow.goOnFromDestination()
        try flow.terminal.shows(Self.inSync)
        let first = try await deadline(flow)
        #expect(abs(first - end) < 2_000)
        try expectCountdown(to: first, flow.terminal)
        try flow.terminal.send("\r", until: "I'm ready to cutover")
        try flow.terminal.shows("(1 s = 2 h)")
        let second = try await extend(flow, past: first)

        // The source has another primary, and the third link drops over it.
        try await flow.clusters.source.stepDown()
        try flow.reopen(showing: "I'm ready to cutover")
        _ = try await flow.isReadyOrComplete()

        // Nobody reads until the night is nearly over. What is shown then is of that moment.
        flow.terminal.stall()
        flow.terminal.send(String(repeating: "\u{c}", count: 50))
        try await eventually("a day is left", within: .seconds(240)) {
            notices.count(of: "countdown-24h") == 1
        }
        let stalled = flow.terminal.output.count + flow.terminal.unread
        try expectCountdown(to: second, flow.terminal)
        let fresh = String(decoding: flow.terminal.output[stalled...], as: UTF8.self)
        // It was asked for more than fifty whole frames; the terminal has kept some of them.
        #expect(
            fresh.components(separatedBy: "( I'm ready to cutover )").count - 1 <= 10, "\(fresh)")
        let third = try await extend(flow, past: second)
        try expectCountdown(to: third, flow.terminal)

        try await flow.stopWrites()
        try flow.terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        #expect(flow.terminal.screen.contains("identical"))
        let lines = try await expectStory(flow)
        // It begins with what was told before the host was lost, when it happened.
        #expect(lines.prefix(stored.count).map(StoredLine.init) == stored)
        #expect(lines.contains { $0.text.hasPrefix("begun by") })
        // By the second agent of the evening, and by the one of the other host.
        #expect(lines.count { $0.text.hasPrefix("resumed by") } == 2)
        #expect(
            lines.count { $0.text.contains("extended the time for the cutover by 24 hours") } == 2)
        #expect(lines.contains { $0.text.hasPrefix("notice: less than 24 hours left") })
        notices.expectNoneTwice()
        try await flow.end()
        try await notices.remove()
    }

    /// When the time to cut over is over, as the agent has it.
    private func deadline(_ flow: WizardFlow) async throws -> Int64 {
        try #require(try await flow.migration().cutover.deadlineAt)
    }

    /// Waits until the screen tells what is left to that moment now, within the second in which it is drawn.
    private func expectCountdown(to end: Int64, _ terminal: PseudoTerminal) throws {
        try terminal.wait("the countdown to \(end)") {
            guard
                let shown = terminal.screen.firstMatch(
                    of: /(?:(\d+) d )?(\d\d):(\d\d):(\d\d) +left to cut over/)
            else { return false }
            let parts = [shown.1 ?? "0", shown.2, shown.3, shown.4].map { Int64($0) ?? 0 }
            let seconds = ((parts[0] * 24 + parts[1]) * 60 + parts[2]) * 60 + parts[3]
            let left = (end - Clock.milliseconds()) * Int64(Self.speed) / 1_000
            return abs(seconds - left) <= Int64(Self.speed)
        }
    }

    /// On the page that says that they are in sync; returns the new deadline.
    private func extend(_ flow: WizardFlow, past old: Int64) async throws -> Int64 {
        try flow.terminal.send("\t\r", until: "─ Extend Sync ─")
        try flow.terminal.send("\r", until: "Extended:")
        // Back on the button that the page opens with.
        flow.terminal.send("\t")
        let new = try await deadline(flow)
        #expect(abs(new - old - 86_400_000 / Int64(Self.speed)) < 1_000)
        return new
    }

    /// The event log that the destination has, when that holds all that the engine of now has told.
    private func storedLog(_ flow: WizardFlow, as told: [LogLine]) async throws -> [StoredLine] {
        let begun = try #require(told.lastIndex { $0.text.hasPrefix("resumed by") })
        let own = told[begun...].filter { line in
            !["notice", "told by"].contains { line.text.hasPrefix($0) }
        }.map(StoredLine.init)
        let destination = flow.clusters.destination.lane
        var stored: [StoredLine] = []
        try await eventually("the destination has \(own)", within: .seconds(60)) {
            stored = try await destination.storedLog()
            return Set(own).isSubset(of: stored)
        }
        return stored
    }

    /// The event log has every number once, each phase begins where the one before has ended, and nothing is told twice.
    private func expectStory(_ flow: WizardFlow) async throws -> [LogLine] {
        let lines = try await flow.log()
        #expect(lines.map(\.sequence) == Array(1...max(1, lines.count)))
        let notices = lines.map(\.text).filter { $0.hasPrefix("notice:") }
        #expect(Set(notices).count == notices.count, "\(notices)")
        var phase = "preparing"
        for line in lines {
            // Every engine begins by preparing.
            if line.text.hasPrefix("resumed by") { phase = "preparing" }
            guard let step = line.text.wholeMatch(of: /(\w+) -> (\w+)/) else { continue }
            #expect(String(step.1) == phase, "\(line.text)")
            phase = String(step.2)
        }
        return lines
    }
}

extension StoredLine {
    fileprivate init(_ line: LogLine) { self.init(time: line.time, text: line.text) }
}

/// What a command was told, in a folder that outlives the hosts.
private struct Notices {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private var file: String { scratch.path + "/told" }

    /// Of an agent that tells it.
    var configuration: String {
        """
        notifications:
          command:
            - /bin/sh
            - -c
            - echo "$LAGZERO_EVENT $LAGZERO_MIGRATION $LAGZERO_MESSAGE" >> \(file)

        """
    }

    private var lines: [Substring] {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
            .split(separator: "\n")
    }

    func count(of event: String) -> Int { lines.count { $0.hasPrefix(event + " ") } }

    /// Each event once for a migration, and those of the countdown once for each of its ends.
    func expectNoneTwice() {
        #expect(count(of: "in-sync") >= 1)
        let told = lines.map { line in
            let words = line.split(separator: " ")
            let end =
                words.first?.hasPrefix("countdown") == true ? line.firstMatch(of: /until .*/) : nil
            return "\(words.prefix(2).joined(separator: " ")) \(end?.output ?? "")"
        }
        #expect(Set(told).count == told.count, "\(lines)")
    }

    func remove() async throws { try await scratch.remove() }
}
