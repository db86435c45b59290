package import BSON

extension ValidationReport {
    /// For programs: `{blocking, checks: [{number, name, title, outcome, side, message, seen, remedy}]}`; what is not there
    /// is null.
    package var document: Document {
        [
            "blocking": .bool(isBlocking),
            "checks": .array(Document(array: checks.map { .document($0.document) })),
        ]
    }
}

extension ValidationCheck {
    package var document: Document {
        [
            "number": number.map(Value.integer) ?? nil, "name": .string(name),
            "title": .string(title),
            "outcome": .string(outcome.rawValue), "side": .string(side.rawValue),
            "message": .string(message),
            "seen": .string(seen), "remedy": remedy.map(Value.string) ?? nil,
        ]
    }
}
