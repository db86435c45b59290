import Foundation
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

@Suite(.serialized, .timeLimit(.minutes(2))) struct ResidentCodeTests {
    @Test func onlyTheCodeOfFilesIsLetGo() {
        let file = "08:01 42                         /usr/lib/x.so"
        #expect(ResidentCode.codeRange("7f10-7f20 r-xp 00000000 \(file)\n") == 0x7f10..<0x7f20)
        for line in [
            "7f10-7f20 r--p 00000000 \(file)", "7f10-7f20 rw-p 00000000 \(file)",
            "7f10-7f20 rwxp 00000000 \(file)", "7f10-7f20 r-xp 00000000 00:00 0 [vdso]",
            "7f10-7f20 r-xp 00000000 00:00 0", "", "7f10 r-xp 0 \(file)",
        ] { #expect(ResidentCode.codeRange(line) == nil) }
    }

    /// Kilobytes of files that are mapped.
    private func mapped(_ process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    }

    @Test func anOpenWizardLetsGoOfTheCodeThatOnlyStartingNeeded() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        try terminal.shows("None yet")
        let started = try mapped(terminal.child)
        try await eventually("less is mapped", within: .seconds(60)) {
            terminal.readSome()
            return try mapped(terminal.child) < started * 3 / 4
        }
        // It is as it was.
        try terminal.send("?", until: "Everywhere")
        terminal.send("q")
        terminal.send("d")
        #expect(try terminal.endsWell())
        try await session.end()
    }
}
