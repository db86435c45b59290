internal import Dispatch
internal import Synchronization

/// Blocking calls away from Swift's cooperative pool, which has only as many threads as there are cores.
package enum OwnThread {
    /// Runs the call on a thread of its own. Nil when it has not returned within the limit; it then goes on by itself
    /// and its result is dropped.
    package static func run<Result: Sendable>(
        within limit: Duration, _ call: @escaping @Sendable () -> Result
    ) async -> Result? {
        await withCheckedContinuation { continuation in
            let answer = Once(continuation)
            DispatchQueue(label: "lagzero.blocking").async { answer.resume(call()) }
            DispatchQueue.global().asyncAfter(deadline: .now() + limit.dispatchInterval) {
                answer.resume(nil)
            }
        }
    }

    /// Lets a value go on a thread of its own, for one whose end blocks. The caller holds no other reference to it.
    package static func release<Object: AnyObject & Sendable>(_ holder: Holder<Object>) {
        DispatchQueue(label: "lagzero.blocking").async { holder.drop() }
    }

    /// The only reference to an object, until it is dropped.
    package final class Holder<Object: AnyObject & Sendable>: Sendable {
        private let object: Mutex<Object?>

        package init(_ object: consuming Object) { self.object = Mutex(object) }

        /// Nil after the end.
        package var value: Object? { object.withLock { $0 } }

        fileprivate func drop() { object.withLock { $0 = nil } }
    }

    private final class Once<Result: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Result?, Never>?>

        init(_ continuation: CheckedContinuation<Result?, Never>) {
            self.continuation = Mutex(continuation)
        }

        func resume(_ result: Result?) {
            let waiting = continuation.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            waiting?.resume(returning: result)
        }
    }
}

extension Duration {
    fileprivate var dispatchInterval: DispatchTimeInterval {
        .milliseconds(
            Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
