import Migration
import Testing

/// An engine that migrates in the background: one of these tests, or a process of its own.
enum BackgroundEngine: Sendable {
    case engine(LiveMigration)
    case process(ChildMigration)

    /// Nil where it has said nothing yet.
    var phase: Phase? {
        switch self {
        case .engine(let live): live.phase
        case .process(let child): child.phase.flatMap(Phase.init)
        }
    }

    /// Waits until it is in the phase or beyond; asks for the cutover where that is needed.
    func reach(_ phase: Phase) async throws {
        switch self {
        case .process(let child): try await child.pass(phase)
        case .engine(let live):
            try await live.isTrue("the migration is \(phase)") {
                if live.phase.hasReached(phase) { return true }
                let progress = live.engine.progress()
                if progress.isReady || progress.differences > 0 {
                    await live.engine.requestCutover()
                }
                return false
            }
        }
    }

    /// Cancels an engine, kills a process, and waits until it is gone.
    func stop() async throws {
        switch self {
        case .engine(let live): await live.kill()
        case .process(let child): try await child.kill()
        }
    }

    /// Cuts over and waits for the end.
    func finish() async throws {
        switch self {
        case .engine(let live):
            try await reach(.complete)
            #expect(try await live.cutOver().phase == .complete)
        case .process(let child):
            #expect(try await child.end() == 0)
            #expect(phase == .complete)
        }
    }
}
