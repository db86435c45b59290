/// Something that the program around the wizard can let happen to the servers, the network or the agent, for training.
package struct Fault: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case cutNetwork, slowNetwork, silentNetwork, stepDown, freeze, killAgent
    }

    /// From when to when it was set, milliseconds since 1970.
    package struct Span: Sendable, Equatable, Codable {
        package var begunAt: Int64
        /// Nil while it is set.
        package var endedAt: Int64?

        package init(begunAt: Int64, endedAt: Int64? = nil) {
            self.begunAt = begunAt
            self.endedAt = endedAt
        }
    }

    package var kind: Kind
    /// What setting it is called, and what ending it is called; nil where it ends by itself.
    package var setting: String
    package var ending: String?
    /// How things are while it is set, in two or three words.
    package var state: String
    /// Why it cannot be set now, in a few words; nil where it can.
    package var obstacle: String?
    /// Every time that it was set, the last one last.
    package var spans: [Span] = []

    package init(_ kind: Kind, setting: String, ending: String?, state: String) {
        self.kind = kind
        self.setting = setting
        self.ending = ending
        self.state = state
    }

    package var isSet: Bool { spans.last.map { $0.endedAt == nil } ?? false }

    /// Whether it was set, and is no more.
    package var isOver: Bool { !spans.isEmpty && !isSet }
}
