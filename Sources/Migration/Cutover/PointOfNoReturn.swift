internal import Synchronization

/// Which comes first: a cutover is given up, so that the source may take writes again without anybody being asked, or
/// its point of no return is being recorded. Never both. Thread safe.
final class PointOfNoReturn: Sendable {
    private enum State {
        /// Both are still possible.
        case open
        case givenUp
        /// The record is on its way, or nobody knows whether it arrived: the source must not take writes.
        case uncertain
        case passed
    }

    private let state = Mutex(State.open)

    /// A cutover begins.
    func reset() { state.withLock { $0 = .open } }

    /// False where the record is on its way or written.
    func giveUp() -> Bool {
        state.withLock { state in
            if state == .open { state = .givenUp }
            return state == .givenUp
        }
    }

    /// The record is about to be sent. False where the cutover was given up.
    func approach() -> Bool {
        state.withLock { state in
            guard state == .open else { return false }
            state = .uncertain
            return true
        }
    }

    var isPassed: Bool { state.withLock { $0 == .passed } }

    func pass() { state.withLock { $0 = .passed } }

    /// The record was refused, or can no longer be written.
    func miss() { state.withLock { $0 = .givenUp } }
}
