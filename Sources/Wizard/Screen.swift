package import ControlAPI
package import Terminal

/// One page of the wizard, as a value: what was typed and chosen on it, and where the focus is.
///
/// What the agent knows is not in it: screens read that from the world, so that a screen that is opened again, after a
/// night or on another terminal, shows what is true then.
package protocol Screen: Sendable, Equatable, Codable {
    /// On the frame's first line.
    func title(_ world: World) -> String

    /// The keys that act now; the footer and the help are made from it.
    func keys(_ world: World) -> KeyMap

    /// Whether a text field or a dialog has the keys, so that a letter means itself and nothing else.
    var holdsKeys: Bool { get }

    /// The name that has to be typed here to confirm something; nil where none has.
    func nameToType(_ world: World) -> String?

    /// The migration that it is about, whose log can be opened; nil where there is none.
    func subject(_ world: World) -> Identifier?

    /// Answers a key. Keys that it does not know it leaves alone: empty, and nothing changed. Esc is the page's.
    mutating func handle(_ key: Key, _ world: World) -> [Action]

    /// The world has changed: news from the agent, or a second has passed.
    mutating func update(_ world: World) -> [Action]

    /// What a command came to that this page has asked for.
    mutating func answer(_ answer: Answer, to command: Command, _ world: World) -> [Action]

    /// Draws the body. Dialogs and open lists last.
    func draw(in body: Rect, on canvas: inout Canvas, _ world: World)
}

extension Screen {
    package var holdsKeys: Bool { false }
    package func nameToType(_ world: World) -> String? { nil }
    package func subject(_ world: World) -> Identifier? { nil }
    package mutating func update(_ world: World) -> [Action] { [] }
    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] { [] }
}

/// What a screen wants done.
package enum Action: Sendable, Equatable {
    /// Another page, from which Back leads here.
    case open(Page)
    /// Another page in the place of this one.
    case replace(Page)
    case back
    /// To the hub, whatever lies between.
    case home
    case perform(Command)
    /// On the message line.
    case say(String, Role)
    case bell
    /// The wheel of a migration is not given to the one that asks for it.
    case keepWheel(Identifier)
    case copy(String)
    /// Before a dialog that must not be confirmed by what was typed ahead.
    case discardTypeAhead
    /// Leaves the wizard; migrations go on.
    case detach
}

/// What is asked of the agent: one for each function of `MigrationControl` that changes something.
package enum Command: Sendable, Equatable {
    case add(NewCluster)
    case testCluster(Identifier)
    case editCluster(Identifier, ClusterChange)
    case removeCluster(Identifier)
    case validate(MigrationSetup)
    case start(MigrationSetup)
    case claim(Identifier)
    case yield(Identifier)
    case pause(Identifier)
    case resume(Identifier)
    case setLoadLevel(Identifier, Int)
    case beginCutover(Identifier, confirmedName: String)
    case backOut(Identifier)
    case cancel(Identifier, confirmedName: String)
    case extendSync(Identifier)
    case retry(Identifier)
    case releaseSource(Identifier)
    case acknowledgeMismatches(Identifier, [String])
    /// More lines of an event log.
    case readLog(Identifier, after: Int?)

    /// Whether it changes nothing.
    var isQuestion: Bool { if case .readLog = self { true } else { false } }
}

/// What came of a command.
package enum Answer: Sendable, Equatable {
    case done
    /// Of what was begun: a validation, a migration.
    case made(Identifier)
    /// As it was found when it was added, changed or tested.
    case cluster(Cluster)
    case deadline(Int64)
    case lines([LogLine])
    case refused(ControlError)
}
