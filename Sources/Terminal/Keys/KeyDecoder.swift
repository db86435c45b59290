/// Bytes from a terminal into keys. A pure value: the bytes and the time go in. Sequences and characters may be split
/// anywhere; control sequences that are unknown are swallowed whole, so that no letter of theirs acts.
package struct KeyDecoder: Sendable, Equatable {
    private var pending: [UInt8] = []
    private var pasted: [UInt8]?
    private var lastByte = Duration.zero
    private var answers = 0
    private let escapeDelay: Duration

    package init(escapeDelay: Duration = Tuning.escapeDelay) { self.escapeDelay = escapeDelay }

    /// When `keys(at:)` is to be called although no byte came; nil when nothing is pending.
    package var deadline: Duration? {
        if pasted != nil { return lastByte + Tuning.pasteQuiet }
        return pending.isEmpty ? nil : lastByte + escapeDelay
    }

    /// How many answers of the terminal came since the last time.
    mutating func takeAnswers() -> Int {
        defer { answers = 0 }
        return answers
    }

    /// Forgets what has not become a key yet.
    package mutating func reset() {
        pending = []
        pasted = nil
    }

    /// What came is the rest of what is pending, however late it is read: where nothing comes in time, `keys(at:)` is
    /// called first. Only behind a lone Esc it may also be the next key.
    package mutating func keys(_ bytes: some Sequence<UInt8>, at time: Duration) -> [Key] {
        let bytes = Array(bytes)
        let isRest =
            pending.count > 1 || [UInt8(ascii: "["), UInt8(ascii: "O")].contains(bytes.first)
        var keys = pasted == nil && isRest ? [] : self.keys(at: time)
        pending += bytes
        lastByte = time
        while let key = next(isFinal: false) { keys += key }
        return keys
    }

    /// What pending bytes mean when nothing followed within the delay.
    package mutating func keys(at time: Duration) -> [Key] {
        guard let deadline, time >= deadline else { return [] }
        if let text = pasted {
            // Its end was lost; without this no key would ever work again.
            reset()
            return [.paste(Self.text(text))]
        }
        var keys: [Key] = []
        while let key = next(isFinal: true) { keys += key }
        return keys
    }

    /// Takes one unit from the front; nil when there is none that is complete.
    private mutating func next(isFinal: Bool) -> [Key]? {
        if pasted != nil { return nextOfPaste() }
        guard let first = pending.first else { return nil }
        if first != 0x1b { return nextCharacter(first, isFinal: isFinal) }
        switch EscapeSequence.scan(pending) {
        case .complete(let length, let meaning):
            pending.removeFirst(length)
            switch meaning {
            case .key(let key): return [key]
            case .pasteStart:
                pasted = []
                return []
            case .answer:
                answers += 1
                return []
            case .nothing: return []
            }
        case .incomplete:
            guard isFinal else { return nil }
            // A lone Esc is the key; the beginning of a sequence whose rest was lost is nothing.
            let isLone = pending.count == 1
            pending = []
            return isLone ? [.escape] : []
        }
    }

    private mutating func nextCharacter(_ first: UInt8, isFinal: Bool) -> [Key]? {
        if first < 0x80 {
            pending.removeFirst()
            return Key(ascii: first).map { [$0] } ?? []
        }
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
        let available = pending.prefix(length)
        let isBroken = available.dropFirst().contains { $0 & 0xc0 != 0x80 }
        if available.count < length, !isBroken, !isFinal { return nil }
        guard let text = String(validating: available, as: UTF8.self),
            let character = text.first, available.count == length
        else {
            pending.removeFirst()
            return []
        }
        pending.removeFirst(length)
        // C1 control characters.
        return first == 0xc2 && pendingIsControl(character) ? [] : [.character(character)]
    }

    private func pendingIsControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.value < 0xa0 }
    }

    private mutating func nextOfPaste() -> [Key]? {
        let end: [UInt8] = Array("\u{1b}[201~".utf8)
        while !pending.isEmpty {
            if pending.starts(with: end) {
                pending.removeFirst(end.count)
                defer { pasted = nil }
                return [.paste(Self.text(pasted ?? []))]
            }
            if pending.count < end.count, end.starts(with: pending) { return nil }
            let byte = pending.removeFirst()
            if pasted?.count ?? 0 < Tuning.longestPaste { pasted?.append(byte) }
        }
        return nil
    }

    /// Newlines of any kind as "\n"; other control characters but tab are dropped.
    private static func text(_ bytes: [UInt8]) -> String {
        var text = String(decoding: bytes, as: UTF8.self).unicodeScalars
        text = String.UnicodeScalarView(
            String(text).replacing("\r\n", with: "\n").replacing("\r", with: "\n").unicodeScalars
                .filter { $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !isControl($0) })
        return String(text)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (0x7f..<0xa0).contains(scalar.value)
    }
}

extension Key {
    /// Of a byte below 0x80; nil for bytes that mean nothing.
    fileprivate init?(ascii byte: UInt8) {
        switch byte {
        case 0x0d, 0x0a: self = .enter
        case 0x09: self = .tab
        case 0x08, 0x7f: self = .backspace
        case 0x01...0x1a:
            self = .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x20..<0x7f: self = .character(Character(Unicode.Scalar(byte)))
        default: return nil
        }
    }
}
