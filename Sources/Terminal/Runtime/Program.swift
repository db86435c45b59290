/// A full-screen program as pure functions over values. Nothing in it reads a clock or does anything: time comes with
/// every event, and what is to be done is returned as effects.
package protocol Program: Sendable {
    associatedtype Model: Sendable & Equatable & Codable
    associatedtype Message: Sendable
    associatedtype Effect: Sendable

    /// Changes the model; the effects returned are begun in this order, when the frame that shows the change is sent.
    static func reduce(_ model: inout Model, _ message: Message) -> [Effect]

    /// Draws the whole screen, for any size.
    static func view(_ model: Model, on canvas: inout Canvas)

    /// What an event means; nil when nothing.
    static func message(for event: TerminalEvent, at moment: Moment) -> Message?

    /// The uptime at which a `tick` is wanted; nil when none is. One in the past means at once, so the message of a
    /// tick has to move it.
    static func nextTick(_ model: Model) -> Duration?

    /// What an effect asks of the terminal itself; nil for one that is performed outside.
    static func request(for effect: Effect) -> TerminalRequest?

    /// Whether an effect ends by itself: a script goes on when all that it began has.
    static func isBrief(_ effect: Effect) -> Bool

    /// What has to be typed now, and not pasted: much of it coming at once is a paste then, marked or not. Nil where
    /// nothing has.
    static func textToType(_ model: Model) -> String?

    /// The same page for those who read it line by line; nil for a program that is only seen.
    static func plain(_ model: Model) -> PlainView?
}

extension Program {
    package static func isBrief(_ effect: Effect) -> Bool { true }
    package static func textToType(_ model: Model) -> String? { nil }
    package static func plain(_ model: Model) -> PlainView? { nil }
}

/// What happens at the terminal.
package enum TerminalEvent: Sendable, Equatable {
    /// The first, before any frame.
    case start(Size)
    case key(Key)
    case resize(Size)
    /// The time asked for with `nextTick` has come.
    case tick
    /// The program was stopped and goes on now.
    case resumed
    /// What was to be copied was not sent: the terminal tells of no clipboard.
    case notCopied
    /// The mouse was to be switched on, and the terminal tells of none.
    case noMouse
    /// The way to the terminal has become slow, so that what changes by itself is drawn every few seconds, or is so no
    /// more.
    case link(isSlow: Bool)
    /// It is read line by line, and a line begins that is typed: the first after `start` or `resize`, the others after the
    /// one before them was typed and before it is done.
    case line
    /// Who reads it line by line asks to leave, from whatever page.
    case leave
    /// Ctrl-C, SIGTERM and the like ask for an end. The runtime ends by itself when the terminal is gone.
    case interrupt, terminate, hangUp
}

/// What a program asks of the terminal.
package enum TerminalRequest: Sendable, Equatable {
    /// Ends the run after one last frame.
    case exit
    case bell
    /// The title of the window; what it was comes back at the end.
    case title(String)
    /// Sends text to the clipboard of the terminal (OSC 52), where it has one.
    case copy(String)
    /// Paints everything anew.
    case repaint
    /// Stops the program as ^Z does elsewhere.
    case suspend
    /// Drops what was typed and has not been handled, before a dialog that must not be confirmed by type-ahead.
    case discardTypeAhead
    case theme(Theme)
    /// Whether the mouse is reported, and not left to the terminal.
    case mouse(Bool)
    /// Is read line by line from now on, where the program can be.
    case lines
}

/// A point in time.
package struct Moment: Sendable, Hashable, Codable {
    /// Since the run began; never goes back. Deadlines are in this.
    package var uptime: Duration
    /// Milliseconds since 1970, for clocks on the screen.
    package var wall: Int64

    package init(uptime: Duration, wall: Int64) {
        self.uptime = uptime
        self.wall = wall
    }
}

/// Brings messages into a running program, from any thread. What comes after the end is dropped.
package struct Sender<Message: Sendable>: Sendable {
    private let send: @Sendable (Message) -> Void

    package init(_ send: @escaping @Sendable (Message) -> Void) { self.send = send }

    package func callAsFunction(_ message: Message) { send(message) }
}

/// Looks for messages that need not wake the program up. Called by the thread of the terminal each time something happens
/// there, a tick included; must not block.
package typealias Look<P: Program> = @Sendable () -> [P.Message]

/// Performs an effect on the thread of the terminal, without waking another one up; false for what is to be performed
/// outside. Must not block.
package typealias AtOnce<P: Program> =
    @Sendable (_ effect: P.Effect, _ send: Sender<P.Message>) -> Bool

/// Performs an effect outside of the program; runs in a task of its own, which is cancelled when the run ends.
package typealias Perform<P: Program> =
    @Sendable (_ effect: P.Effect, _ send: Sender<P.Message>) async -> Void
