import Terminal
import Testing

@Suite struct KeyDecoderTests {
    private static let sample =
        "a\u{1b}[A\u{1b}OB\u{1b}[1;5C\u{1b}[3~\u{1b}[15~\u{1b}[[A\u{1b}[Zé漢\u{1b}[200~x\r\ny\u{1b}[201~"
        + "\u{1b}[1;9u\r\t\u{7f}\u{1}\u{1b}]52;c;QQ==\u{7}z"
    private static let keys: [Key] = [
        .character("a"), .up, .down, .right, .delete, .function(5), .function(1), .backTab,
        .character("é"), .character("漢"), .paste("x\ny"), .enter, .tab, .backspace,
        .control("a"), .character("z"),
    ]

    private func milliseconds(_ count: Int) -> Duration { .milliseconds(count) }

    @Test func everySequenceIsOneKey() {
        var decoder = KeyDecoder()
        #expect(decoder.keys(Self.sample.utf8, at: .zero) == Self.keys)
        #expect(decoder.deadline == nil)
    }

    @Test(arguments: 0...sample.utf8.count)
    func aSplitAnywhereChangesNothing(position: Int) {
        var decoder = KeyDecoder()
        let bytes = Array(Self.sample.utf8)
        let keys =
            decoder.keys(bytes[..<position], at: .zero)
            + decoder.keys(bytes[position...], at: milliseconds(20))
        #expect(keys == Self.keys)
    }

    @Test func bytesOneByOneGiveTheSameKeys() {
        var decoder = KeyDecoder()
        var keys: [Key] = []
        for (index, byte) in Self.sample.utf8.enumerated() {
            keys += decoder.keys([byte], at: milliseconds(index * 20))
        }
        #expect(keys == Self.keys)
    }

    @Test func aLoneEscapeIsAKeyAfterTheDelay() {
        var decoder = KeyDecoder()
        #expect(decoder.keys([0x1b], at: milliseconds(100)) == [])
        #expect(decoder.deadline == milliseconds(125))
        #expect(decoder.keys(at: milliseconds(124)) == [])
        #expect(decoder.keys(at: milliseconds(125)) == [.escape])
        #expect(decoder.deadline == nil)
    }

    @Test func overARemoteLineASequenceMayTakeLonger() {
        var decoder = KeyDecoder(escapeDelay: Tuning.remoteEscapeDelay)
        #expect(decoder.keys([0x1b], at: .zero) == [])
        #expect(decoder.keys("[A".utf8, at: milliseconds(60)) == [.up])
        var local = KeyDecoder()
        _ = local.keys([0x1b], at: .zero)
        #expect(local.keys(at: milliseconds(25)) == [.escape])
        #expect(
            local.keys("[A".utf8, at: milliseconds(60)) == [.character("["), .character("A")])
    }

    @Test func t12WhatIsReadLateCameInTime() {
        for (first, rest) in [
            ("\u{1b}", "[A"), ("\u{1b}[", "A"), ("\u{1b}", "OA"), ("\u{1b}[1;5", "A"),
        ] {
            var decoder = KeyDecoder()
            #expect(decoder.keys(first.utf8, at: .zero) == [])
            #expect(decoder.keys((rest + "x").utf8, at: .seconds(1)) == [.up, .character("x")])
        }
        var decoder = KeyDecoder()
        _ = decoder.keys([0x1b], at: .zero)
        #expect(decoder.keys("d".utf8, at: .seconds(1)) == [.escape, .character("d")])
    }

    @Test func unknownSequencesLeaveNoLetters() {
        for text in [
            "\u{1b}[1;9y", "\u{1b}[<0;10;5m", "\u{1b}[?62;4c", "\u{1b}P1$r0m\u{1b}\\", "\u{1b}x",
            "\u{1b}[M !d",
        ] {
            var decoder = KeyDecoder()
            #expect(decoder.keys(text.utf8, at: .zero) == [])
            #expect(decoder.keys("q".utf8, at: milliseconds(500)) == [.character("q")])
        }
    }

    @Test func theBeginningOfALostSequenceIsNothing() {
        var decoder = KeyDecoder()
        #expect(decoder.keys("\u{1b}[1;".utf8, at: .zero) == [])
        #expect(decoder.keys(at: milliseconds(30)) == [])
        #expect(decoder.keys("q".utf8, at: milliseconds(31)) == [.character("q")])
    }

    @Test func brokenUTF8IsDropped() {
        var decoder = KeyDecoder()
        #expect(decoder.keys([0xff, 0xc3, 0x61, 0xe6, 0xbc], at: .zero) == [.character("a")])
        #expect(decoder.keys("b".utf8, at: milliseconds(1)) == [.character("b")])
    }

    @Test func aPasteKeepsNoControlCharacters() {
        var decoder = KeyDecoder()
        let text = "\u{1b}[200~a\u{1b}[31mb\u{0}\tc\r\u{1b}[201~"
        #expect(decoder.keys(text.utf8, at: .zero) == [.paste("a[31mb\tc\n")])
    }

    @Test func aSlowPasteIsWaitedFor() {
        var decoder = KeyDecoder()
        #expect(decoder.keys("\u{1b}[200~ab\u{1b}".utf8, at: .zero) == [])
        #expect(decoder.keys("[201~".utf8, at: .seconds(29)) == [.paste("ab")])
        #expect(decoder.deadline == nil)
    }

    @Test func aPasteWithoutAnEndDoesNotSwallowEveryKey() {
        var decoder = KeyDecoder()
        #expect(decoder.keys("\u{1b}[200~ab".utf8, at: .zero) == [])
        #expect(decoder.deadline == .seconds(30))
        #expect(decoder.keys("q".utf8, at: .seconds(31)) == [.paste("ab"), .character("q")])
    }

    @Test func clicksAndTheWheelAreReadAndNothingElseOfTheMouse() {
        func keys(_ bytes: String) -> [Key] {
            var decoder = KeyDecoder()
            return decoder.keys(bytes.utf8, at: .zero)
        }
        func mouse(_ act: Mouse.Act, _ column: Int, _ row: Int) -> [Key] {
            [.mouse(Mouse(act, at: Point(column, row)))]
        }
        #expect(keys("\u{1b}[<0;1;1M") == mouse(.click, 0, 0))
        #expect(keys("\u{1b}[<64;80;24M") == mouse(.wheelUp, 79, 23))
        #expect(keys("\u{1b}[<65;300;2M") == mouse(.wheelDown, 299, 1))
        // Releases, other buttons, motion, and what is no report.
        for bytes in [
            "<0;1;1m", "<2;1;1M", "<35;1;1M", "<0;1M", "<;;M", "<0;1;1;1M", "<0;1;1A",
            "<0;-9223372036854775808;1M", "<0;0;0M",
        ] {
            #expect(keys("\u{1b}[\(bytes)") == [])
        }
    }

    @Test func everyKeyIsEncodedAndDecoded() throws {
        for key in Self.keys + [.escape, .function(12), .space, .paste("a b"), .pageDown] {
            let data = try JSON.encode(key)
            #expect(try JSON.decode(Key.self, data) == key)
        }
    }

    @Test func noBytesAtAllMakeItTrapOrWaitForEver() {
        var random = SystemRandomNumberGenerator()
        let likely = Array("\u{1b}[O]P;~ABM<?0129 a\u{7}\r".utf8)
        for _ in 0..<500 {
            var decoder = KeyDecoder()
            var time = Duration.zero
            for _ in 0..<40 {
                let byte =
                    Bool.random()
                    ? likely.randomElement() : UInt8.random(in: 0...255, using: &random)
                for key in decoder.keys([byte ?? 0], at: time) {
                    if case .character(let character) = key {
                        #expect(character.unicodeScalars.allSatisfy { $0.value >= 0x20 })
                    }
                }
                time += milliseconds(Int.random(in: 0...30))
            }
            _ = decoder.keys(at: time + .seconds(31))
            _ = decoder.keys("\u{1b}[201~".utf8, at: time + .seconds(62))
            #expect(decoder.keys("q".utf8, at: time + .seconds(93)).last == .character("q"))
        }
    }
}
