/// The keys of one read that have not been handled yet.
struct KeyBatch {
    private var keys: ArraySlice<Key> = []

    init(_ keys: [Key] = []) { self.keys = keys[...] }

    /// The next key. Where a paste is refused, characters that came at once are one, together with what came behind
    /// them: not every terminal marks a paste, and nobody types that fast.
    mutating func next(refusesPaste: Bool) -> Key? {
        if refusesPaste {
            let run = keys.prefix(while: \.isCharacter)
            if run.count >= Tuning.pastedCharacters {
                keys = []
                return .paste(String(run.compactMap(\.character)))
            }
        }
        return keys.popFirst()
    }

    mutating func discard() { keys = [] }
}

extension Key {
    fileprivate var character: Character? {
        if case .character(let character) = self { character } else { nil }
    }

    fileprivate var isCharacter: Bool { character != nil }
}
