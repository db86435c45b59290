import Glibc
import Terminal
import Testing

@testable import lagzero

/// What the benchmark lets pass within minutes. There is one curses screen at a time.
@Suite(.serialized) struct SimulatedDaysTests {
    init() { setenv("LC_ALL", "C.UTF-8", 1) }

    @Test func eachSecondIsToldShownAndEncoded() throws {
        var days = try SimulatedDays()
        try days.pass(seconds: 61)
        let screen = days.canvas.lines.joined(separator: "\n")
        #expect(screen.contains("Your source and destination clusters are in sync."))
        #expect(screen.contains("events read") && screen.contains("not ready: behind the source"))
        let before = days.bytes
        #expect(before > 61 * 30)
        try days.pass(seconds: 1)
        // What has not changed is not sent again.
        #expect(days.bytes > before && days.bytes - before < 400)
    }
}
