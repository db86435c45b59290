internal import ControlAPI
internal import Terminal

/// Something to be looked at before writes are stopped. What is not known is said, and stands before nothing.
struct CutoverCheck: Sendable, Equatable {
    enum State: Int, Sendable, Comparable {
        case failed, warning, unknown, passed

        static func < (left: State, right: State) -> Bool { left.rawValue < right.rawValue }
    }

    var state: State
    var text: String

    init(_ state: State, _ text: String) {
        self.state = state
        self.text = text
    }

    func mark(_ glyphs: Glyphs) -> Run {
        switch state {
        case .failed: Run(glyphs.failed, .error)
        case .warning: Run(glyphs.warning, .warning)
        case .unknown: Run(glyphs.waiting, .dim)
        case .passed: Run(glyphs.done, .ok)
        }
    }

    static func all(_ live: LiveMigration, _ world: World) -> [CutoverCheck] {
        let cutover = live.cutover
        var checks = [
            lag(live), verification(live, world),
            unique(cutover.uniqueViolations),
            transactions(cutover.openTransactions), block(live),
        ]
        if !live.phase.isFinal, let left = world.timeLeft(live) {
            let timer = world.flow(of: live).timer
            let state: State = left <= timer.warning ? .warning : .passed
            let text = Times.span(milliseconds: left.milliseconds)
            checks.append(CutoverCheck(state, "\(text) \(timer.left)"))
        }
        checks += live.waitingFor.map { CutoverCheck(.warning, "Waiting for \($0)") }
        if live.phase != .inSync {
            checks.append(CutoverCheck(.failed, Words.phase(live)))
        } else if !cutover.isReady {
            checks += cutover.missing.map { CutoverCheck(.failed, Words.sentence([$0])) }
        }
        if let refusal = cutover.refusal {
            checks.append(CutoverCheck(.warning, "The last cutover was undone: \(refusal)"))
        }
        return checks
    }

    private static func lag(_ live: LiveMigration) -> CutoverCheck {
        guard let lag = live.figures.lagSeconds else {
            return CutoverCheck(.unknown, "Lag: not known")
        }
        let state: State = live.cutover.isReady ? .passed : .warning
        return CutoverCheck(state, "Lag \(Times.span(lag))")
    }

    private static func verification(_ live: LiveMigration, _ world: World) -> CutoverCheck {
        if live.setup.verify == .off {
            let text = world.flow(of: live).verification.yourself
            return CutoverCheck(.warning, "Verification \(text)")
        }
        let count = live.mismatches.count
        if count > 0 {
            let text = Figure.counted(count, "mismatch", "mismatches")
            return live.areMismatchesAcknowledged
                ? CutoverCheck(.warning, "\(text), noted") : CutoverCheck(.failed, text)
        }
        guard let figures = live.figures.verification, let done = figures.collectionsDone,
            let all = figures.collections
        else { return CutoverCheck(.unknown, "Verification: not known") }
        let text = "0 mismatches, \(done) of \(Figure.counted(all, "collection")) verified"
        return CutoverCheck(figures.isFirstPassDone ? .passed : .warning, text)
    }

    private static func unique(_ violations: [String]?) -> CutoverCheck {
        guard let violations else {
            return CutoverCheck(.unknown, "Unique indexes: being checked")
        }
        guard let first = violations.first else {
            return CutoverCheck(.passed, "No unique violations")
        }
        let count = Figure.counted(violations.count, "unique violation")
        return CutoverCheck(.failed, "\(count): \(first)")
    }

    private static func transactions(_ open: [CutoverState.Transaction]?) -> CutoverCheck {
        guard let open else { return CutoverCheck(.unknown, "Open transactions: not known") }
        guard let oldest = open.max(by: { $0.seconds < $1.seconds }) else {
            return CutoverCheck(.passed, "No open transactions")
        }
        return CutoverCheck(
            .warning,
            "\(Figure.counted(open.count, "open transaction")), the oldest \(oldest.seconds) s, "
                + oldest.client)
    }

    private static func block(_ live: LiveMigration) -> CutoverCheck {
        switch live.cutover.canBlockSource {
        case nil: CutoverCheck(.unknown, "Blocking source writes: tried in step 2")
        case true?: CutoverCheck(.passed, "Source writes can be blocked")
        case false?:
            CutoverCheck(
                .warning,
                "Source writes cannot be blocked: \(live.setup.quietPeriod) s of silence needed"
            )
        }
    }
}
