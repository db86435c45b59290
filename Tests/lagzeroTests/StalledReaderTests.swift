import ControlAPI
import Foundation
import Sandbox
import TerminalEmulator
import Testing

@testable import Terminal

/// A link that stands still, at length: `make soak`.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StalledReaderTests {
    private static let isSoak = ProcessInfo.processInfo.environment["LAGZERO_SOAK"] == "1"

    /// Bytes that the process may grow by meanwhile, far below the pictures that it is asked for.
    private static let growth = 1 << 20

    @Test(.enabled(if: isSoak))
    func t11AReaderThatStallsForAMinuteHoldsNothingUpAndFindsOneFreshPicture() async throws {
        let session = try WizardSession()
        let terminal = try session.open(rows: 40)
        try terminal.shows("None yet")
        try await add(0, to: session)
        try terminal.shows("shop-0 ")
        try terminal.send("\r", until: "Before you begin   0 of 8")
        let paint = terminal.output.count
        terminal.stall()
        let seen = terminal.output.count
        let before = try #require(ResourceUsage(pid: terminal.child))
        let asked = try await sitOutAMinute(terminal, session)
        let after = try #require(ResourceUsage(pid: terminal.child))
        #expect(after.peakBytes - before.peakBytes < Self.growth)
        #expect(after.cpuSeconds - before.cpuSeconds < 3)
        // Of all those pictures only a window each time that an answer is no longer waited for, then the last.
        try terminal.shows("Before you begin   2 of 8")
        let windows = Int(Duration.seconds(70) / Terminal.Tuning.answerLimit)
        let limit = windows * (Terminal.Tuning.sendWindow + paint) + 2 * paint
        #expect(terminal.output.count - seen <= limit)
        #expect(asked * paint > 20 * limit)
        try terminal.send("\u{1b}", until: "shop-10 ")
        for number in 0...10 { #expect(terminal.screen.contains("shop-\(number) ")) }
        try terminal.wait("the present time") {
            let time = Date.now.formatted(.iso8601.time(includingFractionalSeconds: false))
            return terminal.screen.contains(time)
        }
        #expect(terminal.emulated.unknown == [])
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }

    /// Reads nothing for a minute. The clock goes on every second, the agent has news every six, two boxes are ticked, and
    /// somebody asks for a picture all the time. Returns how many were asked for.
    private func sitOutAMinute(
        _ terminal: PseudoTerminal, _ session: WizardSession
    ) async throws -> Int {
        let begun = ContinuousClock.now
        var asked = 0
        for number in 1...10 {
            try await add(number, to: session)
            try await eventually("\(6 * number) s have passed") {
                terminal.send("\u{c}")
                asked += 1
                return ContinuousClock.now - begun >= .seconds(6 * number)
            }
            if [4, 8].contains(number) {
                terminal.send(" \u{1b}[B")
                try await session.keeps(ticked: number / 4)
            }
        }
        return asked
    }

    private func add(_ number: Int, to session: WizardSession) async throws {
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
        let added = try await LagzeroProcess.run(
            ["clusters", "add", "shop-\(number)", "--uri", uri, "--state", session.folder.path])
        #expect(added.status == 0, "\(added.errors)")
    }
}
