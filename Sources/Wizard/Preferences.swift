/// What the user has decided once and for all.
package struct Preferences: Sendable, Equatable, Codable {
    /// The name of the theme to begin with; nil for the one that was chosen last.
    package var theme: String?
    /// Whether the mouse is the wizard's from the beginning.
    package var hasMouse = false
    /// Whether *Set up Migration* proposes to verify; nil leaves it to the size of the source.
    package var verify: Bool?
    /// What *Set up Migration* proposes, one of `loadLevels`.
    package var loadLevel = Tuning.usualLoadLevel

    package static var loadLevels: ClosedRange<Int> { 1...Words.loadLevels.count }

    package init() {}
}
