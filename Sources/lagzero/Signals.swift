import Glibc
import Synchronization

/// The signals of the process, received by the main thread, which does nothing else: a second
/// Ctrl-C works whatever the rest of the process is doing. (A main thread that is left to Dispatch
/// unblocks every signal.)
final class Signals: Sendable {
    /// Stop, said by a terminal, a supervisor or a connection that went away.
    static let stopping: Set<Int32> = [SIGINT, SIGTERM, SIGHUP]

    private let handler = Mutex<(@Sendable (Int32) -> Void)?>(nil)

    /// Who receives the signals from now on; waits until none is waited for here.
    private let heir = Mutex<CheckedContinuation<Void, Never>?>(nil)

    private let watched: sigset_t

    private init(_ watched: sigset_t) { self.watched = watched }

    /// To be called first, before there are other threads. Until there is a handler, a stop ends
    /// the process at once.
    static func takeOver() -> Signals {
        // A file that may grow no more is an error of the one who writes it, not the end of all.
        for ignored in [SIGPIPE, SIGTTIN, SIGTTOU, SIGXFSZ] { signal(ignored, SIG_IGN) }
        // Whoever started this one may not want to know how its children end.
        signal(SIGCHLD, SIG_DFL)
        var watched = sigset_t()
        sigemptyset(&watched)
        // A process started with `nohup` must stay deaf to its terminal. A background job of a
        // script has SIGINT ignored as well, yet there it is sent on purpose.
        for number in [SIGINT, SIGTERM, SIGUSR1] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) {
            sigaddset(&watched, number)
        }
        pthread_sigmask(SIG_BLOCK, &watched, nil)
        return Signals(watched)
    }

    /// What to do about signals from now on; called on the main thread.
    func handle(_ body: @escaping @Sendable (Int32) -> Void) { handler.withLock { $0 = body } }

    /// Leaves the signals to another thread for good; they stay blocked in all that there are now. Returns when none
    /// is waited for here any more.
    func handOver() async {
        await withCheckedContinuation { continuation in
            heir.withLock { $0 = continuation }
            kill(getpid(), Signals.wake)
        }
    }

    /// Ends a wait, and means nothing.
    private static let wake = SIGUSR1

    /// Receives signals until the process ends.
    func receive() -> Never {
        var set = watched
        while true {
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            if let heir = heir.withLock({ $0 }) {
                // One that was meant for the process is left to the other thread.
                if number != Signals.wake { kill(getpid(), number) }
                heir.resume()
                while true { pause() }
            }
            if let handler = handler.withLock({ $0 }) {
                handler(number)
            } else if Signals.stopping.contains(number) {
                _exit(ExitStatus.interrupted.rawValue)
            }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        sigaction(number, nil, &current)
        return current.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) }
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
