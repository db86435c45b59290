import Testing

@testable import Terminal

@Suite struct PlaybackTests {
    private static let enter = "\u{1b}[?1049h"
    private static let leave = "\u{1b}[?1049l"

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func framesAreDueAtTheirTimesAndLongPausesAreCutShort() {
        var playback = Playback([(1, "a"), (1.5, "b"), (100, "c")], longestPause: 2)
        #expect(playback.deadline == .seconds(1) && playback.take(at: .zero).isEmpty)
        #expect(text(playback.take(at: .seconds(1.5))) == "ab")
        #expect(playback.deadline == .seconds(3.5) && playback.take(at: .seconds(3)).isEmpty)
        #expect(text(playback.take(at: .seconds(3.5))) == "c")
        #expect(playback.deadline == playback.end && playback.end == .seconds(5.5))
        #expect(text(playback.shown) == "abc")
    }

    /// A clock that was set back.
    @Test func aTimeBeforeTheLastOneIsAtOnce() {
        var playback = Playback([(5, "a"), (3, "b"), (3.5, "c")], longestPause: 9)
        #expect(text(playback.take(at: .seconds(5))) == "ab")
        #expect(playback.deadline == .seconds(5.5))
    }

    @Test(arguments: ["?1049", "?1047", "?47"])
    func onlyTheScreenThatIsShownIsLeft(mode: String) {
        let enter = "\u{1b}[\(mode)h"
        let leave = "\u{1b}[\(mode)l"
        var playback = Playback(
            [
                (0, "a\u{1b}[m"), (1, "\(enter)b"), (2, "\(leave)c"),
                (3, "\(enter)d\(leave)\(enter)"),
            ],
            longestPause: 9)
        for (time, isOther) in [(0, false), (1, true), (2, false), (3, true)] {
            _ = playback.take(at: .seconds(time))
            #expect(text(playback.leaving).hasSuffix(leave) == isOther, "\(time)")
            #expect(text(playback.leaving).hasPrefix("\u{1b}[m\u{1b}[?25h"))
        }
    }

    @Test func linesForAPipeBeginAtTheLeft() {
        var lines = Playback([(0, "one\ntwo\r\n")], longestPause: 1)
        #expect(Array("one\r\ntwo\r\n".utf8) == lines.take(at: .zero))
        var drawn = Playback([(0, "\u{1b}[Hone\ntwo")], longestPause: 1)
        #expect(Array("\u{1b}[Hone\ntwo".utf8) == drawn.take(at: .zero))
    }
}
