/// The keys of one read that have not been handled yet.
struct KeyBatch {
    private var keys: ArraySlice<Key> = []

    init(_ keys: [Key] = []) { self.keys = keys[...] }

    /// The next key. Where a text has to be typed, the better part of it coming at once is a paste, together with what
    /// came behind: not every terminal marks a paste, and nobody types that fast.
    mutating func next(toType text: String?) -> Key? {
        if let text {
            let run = keys.prefix(while: \.isCharacter)
            let half = max(Tuning.pastedCharacters, (text.count + 1) / 2)
            if run.count >= max(Tuning.leastPastedCharacters, min(half, text.count)) {
                keys = []
                return .paste(String(run.compactMap(\.character)))
            }
        }
        return keys.popFirst()
    }

    /// These come next.
    mutating func putBack(_ keys: [Key]) { self.keys = keys + self.keys }

    mutating func discard() { keys = [] }
}

extension Key {
    fileprivate var character: Character? {
        if case .character(let character) = self { character } else { nil }
    }

    fileprivate var isCharacter: Bool { character != nil }
}
