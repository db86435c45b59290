/// A line as it is typed, where the terminal itself does not edit it. A pure value.
struct PlainLine {
    enum Event: Equatable {
        case line(String)
        /// Ctrl-D on an empty line.
        case end
        /// A key that is the program's: Ctrl-C on an empty line, Ctrl-Z.
        case key(Key)
    }

    private(set) var text = ""

    /// Answers a key; `echo` is what the terminal is to show for it, nothing for a secret.
    mutating func take(_ key: Key, isSecret: Bool) -> (echo: String, event: Event?) {
        switch key {
        case .character(let character): return (append("\(character)", isSecret), nil)
        // Nothing is done by a newline that was pasted.
        case .paste(let pasted):
            return (append(pasted.filter { !$0.isNewline && $0 != "\t" }, isSecret), nil)
        case .backspace:
            guard let last = text.popLast() else { return ("", nil) }
            return (isSecret ? "" : Self.erasing("\(last)"), nil)
        case .control("u"): return (erase(isSecret), nil)
        case .control("c") where !text.isEmpty: return (erase(isSecret), nil)
        case .control("d"): return ("", text.isEmpty ? .end : nil)
        case .control("c"), .control("z"): return ("", .key(key))
        case .enter:
            defer { text = "" }
            return ("\n", .line(text))
        default: return ("", nil)
        }
    }

    private mutating func append(_ new: String, _ isSecret: Bool) -> String {
        let room = max(0, Tuning.fieldLimit - text.count)
        let new = String(new.prefix(room))
        text += new
        return isSecret ? "" : new
    }

    private mutating func erase(_ isSecret: Bool) -> String {
        defer { text = "" }
        return isSecret ? "" : Self.erasing(text)
    }

    /// As a terminal's own line editing erases.
    private static func erasing(_ text: String) -> String {
        String(repeating: "\u{8} \u{8}", count: Width.of(text))
    }
}
