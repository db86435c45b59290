internal import Synchronization

/// How far the cutover is, step by step, for whoever shows it. Thread safe.
package final class CutoverSteps: Sendable {
    package enum Name: String, CaseIterable, Sendable {
        case checkTransactions, checkUniqueIndexes, stopWrites, applyLastChanges, compareCatalogs
        case verify, prepareUniqueIndexes, checkForStrayWrites, openDestination, finishIndexes
    }

    package struct Step: Sendable {
        package let name: Name
        /// Nil where an earlier run has taken it: how long it took is not known.
        package let begun: ContinuousClock.Instant?
        package fileprivate(set) var ended: ContinuousClock.Instant?
        package fileprivate(set) var hasFailed = false
    }

    private let steps = Mutex<[Step]>([])
    private let attempt = Mutex<Int64?>(nil)

    /// Those that were begun in the last attempt, in this order.
    package var all: [Step] { steps.withLock { $0 } }

    /// When the last attempt of this run was begun, milliseconds since 1970; nil before there was one.
    package var lastAttemptAt: Int64? { attempt.withLock { $0 } }

    func beginAnew() {
        steps.withLock { $0 = [] }
        // Told apart even where two begin in the same millisecond, or the clock was put back.
        attempt.withLock { $0 = max(SystemClock.now, ($0 ?? 0) + 1) }
    }

    /// Those that an earlier run has taken, all up to the last one.
    func takeUp(through last: Name) {
        let names = Name.allCases.prefix { $0 != last } + [last]
        steps.withLock { steps in
            steps = names.map { Step(name: $0, begun: nil, ended: .now) }
        }
    }

    /// Ends the step before.
    func begin(_ name: Name) {
        end()
        steps.withLock { $0.append(Step(name: name, begun: .now)) }
    }

    func end(hasFailed: Bool = false) {
        steps.withLock { steps in
            guard let last = steps.indices.last, steps[last].ended == nil else { return }
            steps[last].ended = .now
            steps[last].hasFailed = hasFailed
        }
    }
}
