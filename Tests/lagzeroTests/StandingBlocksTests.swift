import Migration
import Testing

@testable import lagzero

@Suite struct StandingBlocksTests {
    private func lines(_ phase: Phase, _ blocked: Set<Side.Role>) -> [String] {
        var progress = MigrationProgress(phase: phase)
        progress.blocked = blocked
        return StandingBlocks.lines(progress)
    }

    @Test func nothingIsSaidWhereNothingIsBlocked() {
        #expect(lines(.complete, []) == [])
    }

    @Test(arguments: [Phase.inSync, .failed, .complete])
    func everyBlockIsNamedWithTheCommandThatLiftsIt(phase: Phase) {
        for side in [Side.Role.source, .destination] {
            let lines = lines(phase, [side])
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("The \(side.rawValue) ") ?? false)
            #expect(
                lines.first?.hasSuffix("on the \(side.rawValue): \(StandingBlocks.command)")
                    ?? false)
        }
    }

    @Test func aSourceBlockedInACutoverMayBelongToADecidedOne() {
        #expect(lines(.finalizing, [.source]).first?.contains("\"accepted\"") ?? false)
    }
}
