/// What an escape sequence means. Those of xterm, the Linux console, rxvt, screen and tmux; modifiers are ignored but
/// for Shift-Tab.
enum EscapeSequence {
    enum Meaning: Equatable {
        case key(Key)
        case pasteStart
        /// To the question of `FlowControl`.
        case answer
        case nothing
    }

    enum Scan: Equatable {
        /// How many bytes it has.
        case complete(Int, Meaning)
        case incomplete
    }

    private static let letters: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
        UInt8(ascii: "D"): .left, UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
        UInt8(ascii: "Z"): .backTab, UInt8(ascii: "P"): .function(1),
        UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3),
        UInt8(ascii: "S"): .function(4), UInt8(ascii: "M"): .enter,
    ]

    private static let numbers: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9),
        21: .function(10), 23: .function(11), 24: .function(12),
    ]

    /// `bytes` begin with Esc.
    static func scan(_ bytes: [UInt8]) -> Scan {
        guard bytes.count > 1 else { return .incomplete }
        switch bytes[1] {
        case UInt8(ascii: "["): return control(bytes)
        case UInt8(ascii: "O"):
            guard bytes.count > 2 else { return .incomplete }
            return .complete(3, letters[bytes[2]].map(Meaning.key) ?? .nothing)
        // Strings: OSC, DCS, SOS, PM and APC, up to BEL or ST.
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            return string(bytes)
        // The first Esc was a key; a second one may begin a sequence.
        case 0x1b: return .complete(1, .key(.escape))
        // Alt and a character.
        default: return .complete(2, .nothing)
        }
    }

    private static func control(_ bytes: [UInt8]) -> Scan {
        guard bytes.count > 2 else { return .incomplete }
        // F1 to F5 of the Linux console.
        if bytes[2] == UInt8(ascii: "[") {
            guard bytes.count > 3 else { return .incomplete }
            let number = Int(bytes[3]) - Int(UInt8(ascii: "A")) + 1
            return .complete(4, (1...5).contains(number) ? .key(.function(number)) : .nothing)
        }
        // The mouse as terminals report it that do not know SGR: three bytes behind it, which are no keys.
        if bytes[2] == UInt8(ascii: "M") {
            return bytes.count < 6 ? .incomplete : .complete(6, .nothing)
        }
        for (index, byte) in bytes.enumerated().dropFirst(2) {
            if (0x40...0x7e).contains(byte) {
                return .complete(index + 1, meaning(bytes[2..<index], byte))
            }
            // Not one of its bytes: it ends here, and the byte is another key's.
            guard (0x20...0x3f).contains(byte), index < Tuning.longestSequence else {
                return .complete(index, .nothing)
            }
        }
        return .incomplete
    }

    private static func meaning(_ parameters: ArraySlice<UInt8>, _ final: UInt8) -> Meaning {
        if final == UInt8(ascii: "n"), parameters == [UInt8(ascii: "0")] { return .answer }
        let number = parameters.split(separator: UInt8(ascii: ";")).first.flatMap {
            Int(String(decoding: $0, as: UTF8.self))
        }
        if final == UInt8(ascii: "~") {
            if number == 200 { return .pasteStart }
            return number.flatMap { numbers[$0] }.map(Meaning.key) ?? .nothing
        }
        if parameters.first == UInt8(ascii: "<") { return mouse(parameters.dropFirst(), final) }
        // A private answer is no key.
        guard parameters.first.map({ $0 < 0x3a }) ?? true, final != UInt8(ascii: "M"),
            !(parameters.count > 0 && final == UInt8(ascii: "R") && number != 1)
        else { return .nothing }
        return letters[final].map(Meaning.key) ?? .nothing
    }

    /// `button;column;row` in xterm's SGR encoding, counted from 1; other buttons and releases mean nothing.
    private static func mouse(_ parameters: ArraySlice<UInt8>, _ final: UInt8) -> Meaning {
        let numbers = parameters.split(separator: UInt8(ascii: ";"))
            .compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3, final == UInt8(ascii: "M"), let act = Mouse.Act(numbers[0]),
            numbers[1] > 0, numbers[2] > 0
        else { return .nothing }
        return .key(.mouse(Mouse(act, at: Point(numbers[1] - 1, numbers[2] - 1))))
    }

    private static func string(_ bytes: [UInt8]) -> Scan {
        for (index, byte) in bytes.enumerated().dropFirst(2) {
            if byte == 0x07 { return .complete(index + 1, .nothing) }
            if byte == 0x1b {
                guard index + 1 < bytes.count else { return .incomplete }
                let isEnd = bytes[index + 1] == UInt8(ascii: "\\")
                return .complete(isEnd ? index + 2 : index, .nothing)
            }
            if index >= Tuning.longestPaste { return .complete(index, .nothing) }
        }
        return .incomplete
    }
}
