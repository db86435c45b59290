/// A migration whose state a destination holds, wherever it was run.
package struct EarlierMigration: Codable, Sendable, Hashable {
    /// Milliseconds since 1970; nil where it does not say so.
    package var startedAt: Int64?
    /// The filters that it was begun with and goes on with.
    package var include: [String] = []
    package var exclude: [String] = []
    /// Whether its destination accepts writes; nil where an older agent does not say so.
    package var isPastPointOfNoReturn: Bool?
    /// Whether its cutover is undone or finished first, before anything is validated; nil where an older agent does not say
    /// so.
    package var isInCutover: Bool?
    /// Who ran it last, `process 4711 on bastion`; nil where it was left cleanly.
    package var holder: String?
    /// Why it cannot go on from here, and what to do; nil where it can.
    package var refusal: ControlError?

    package init(startedAt: Int64? = nil) { self.startedAt = startedAt }
}
