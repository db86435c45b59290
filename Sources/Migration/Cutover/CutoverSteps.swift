internal import Synchronization

/// How far the cutover is, step by step, for whoever shows it. Thread safe.
package final class CutoverSteps: Sendable {
    package enum Name: String, CaseIterable, Sendable {
        case checkTransactions, checkUniqueIndexes, stopWrites, applyLastChanges, compareCatalogs
        case verify, prepareUniqueIndexes, checkForStrayWrites, openDestination, finishIndexes
    }

    package struct Step: Sendable {
        package let name: Name
        package let begun: ContinuousClock.Instant
        package fileprivate(set) var ended: ContinuousClock.Instant?
        package fileprivate(set) var hasFailed = false
    }

    private let steps = Mutex<[Step]>([])

    /// Those that were begun in the last attempt, in this order.
    package var all: [Step] { steps.withLock { $0 } }

    func beginAnew() { steps.withLock { $0 = [] } }

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
