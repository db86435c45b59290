/// Who gives a migration its commands: one wizard at a time. Everybody else watches.
package struct Driver: Codable, Sendable, Hashable {
    /// The wizard's own, made when it starts.
    package var wizard: Identifier
    /// For people: `anna@bastion pts/3`.
    package var name: String
    /// When it was heard last, milliseconds since 1970.
    package var heardAt: Int64
    /// Who asked for it meanwhile and was refused, for the driver to give it up; nil where nobody did.
    package var wantedBy: String?
    /// When that was the last time, milliseconds since 1970; nil where nobody did.
    package var wantedAt: Int64?
    /// Whether the agent has heard nothing for 10 s, by a clock that is never set; nil while that is not so. Anybody may
    /// take over then.
    package var hasFallenSilent: Bool?

    package init(wizard: Identifier, name: String, heardAt: Int64) {
        self.wizard = wizard
        self.name = name
        self.heardAt = heardAt
    }

    /// Nobody wants it any more.
    package mutating func forgetRequest() { (wantedBy, wantedAt) = (nil, nil) }

    /// How long a driver must have been silent before another one may take over, milliseconds.
    package static let patience: Int64 = 10_000

    package var isSilent: Bool { hasFallenSilent == true }
}

/// Who is asking: a wizard, or a command.
package struct Asker: Codable, Sendable, Hashable {
    package var wizard: Identifier
    package var name: String

    package init(wizard: Identifier, name: String) {
        self.wizard = wizard
        self.name = name
    }
}
