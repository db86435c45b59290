/// Whether an answer of the agent is waited for. Not stored with a page: who takes the page up again gets no answer to
/// what another one has asked.
struct Asking: Sendable, Equatable, Codable {
    var isOpen = false

    init() {}

    init(from decoder: any Decoder) throws {}

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(false)
    }
}
