internal import BSON
internal import ControlAPI
internal import Migration
internal import Mongo

/// What the engine says, in the words of the wire.
extension LiveMigration {
    mutating func take(_ progress: MigrationProgress, _ details: MigrationDetails, at now: Int64) {
        pausedFrom = details.pausedFrom.flatMap { MigrationPhase(rawValue: $0.rawValue) }
        message = progress.message
        waitingFor = details.waitingFor
        error =
            phase == .paused ? details.pauseError.map { ControlError(.migrationFailed, $0) } : nil
        mismatches = details.mismatches
        var new = MigrationFigures()
        // An engine that is taken up paused has its preparations before it, too.
        let isPreparing =
            phase == .preparing || phase == .paused && pausedFrom == .preparing
        new.bytesCopied = isPreparing ? nil : progress.bytesCopied
        new.bytesTotal = progress.bytesTotal
        new.documentsCopied = isPreparing ? nil : progress.documentsCopied
        new.collectionsCopied = isPreparing ? nil : details.figures.collectionsCopied
        if details.figures.indexesTotal > 0 {
            new.indexesBuilt = details.figures.indexesBuilt
            new.indexesTotal = details.figures.indexesTotal
        }
        new.eventsRead = details.eventsRead
        new.eventsApplied = isPreparing ? nil : progress.eventsApplied
        new.backlog = isPreparing ? nil : progress.backlog
        new.streamLagSeconds = details.streamLagSeconds
        let isMeasured: Set<MigrationPhase> = [.catchingUp, .inSync, .finalizing, .complete]
        new.lagSeconds = isMeasured.contains(phase) ? progress.lagSeconds : nil
        new.oplogHeadroomSeconds = progress.oplogHeadroomSeconds
        new.isOplogFull = details.figures.isOplogFull
        new.appliedThrough = progress.appliedThrough.map { "\($0.seconds).\($0.increment)" }
        new.verification = isPreparing ? nil : details.verification.map(VerificationFigures.init)
        figures = new
        take(cutoverFrom: details, isReady: progress.isReady && phase == .inSync, at: now)
    }

    private mutating func take(cutoverFrom details: MigrationDetails, isReady: Bool, at now: Int64)
    {
        noteCutover(at: now)
        cutover.isReady = isReady
        cutover.missing = isReady ? [] : details.missing
        if let end = details.deadline {
            let deadline = now + ContinuousClock.now.duration(to: end).milliseconds
            // Not moved by the milliseconds between two looks at two clocks.
            let isSame = cutover.deadlineAt.map { abs(deadline - $0) < 1_000 } ?? false
            if !isSame { cutover.deadlineAt = deadline }
        } else if details.isPastPointOfNoReturn != nil {
            // Until it is read the countdown goes on: only its engine does not know of it yet.
            cutover.deadlineAt = nil
        }
        cutover.sourceWrites = details.recentWrites.map { writes in
            writes.map { CutoverState.Writes(namespace: "\($0.namespace)", count: $0.count) }
        }
        cutover.openTransactions = details.openTransactions.map { transactions in
            transactions.map { .init(client: $0.client, seconds: $0.seconds) }
        }
        cutover.canBlockSource = details.canBlockSource
        cutover.uniqueViolations = details.uniqueViolations
        // An engine that has not reached the clusters does not know what an earlier one has blocked.
        cutover.isSourceBlocked = details.isSourceBlocked ?? cutover.isSourceBlocked
        cutover.isSourceBlockedByOthers =
            details.isSourceBlockedByOthers ?? cutover.isSourceBlockedByOthers
        cutover.isDestinationBlocked = details.isDestinationBlocked ?? cutover.isDestinationBlocked
        cutover.isBackOutPossible = details.isBackOutPossible
        cutover.lastAttemptAt = details.lastAttemptAt ?? cutover.lastAttemptAt
        take(stepsFrom: details)
        cutover.refusal = details.refusal
        if phase == .finalizing {
            cutover.downtimeSeconds = details.downtime.map { ($0 * 1_000).rounded() / 1_000 }
        } else if phase != .complete {
            cutover.downtimeSeconds = nil
        }
    }

    /// Past the point of no return an engine that has not read yet how far it came takes nothing of that back.
    mutating func take(stepsFrom details: MigrationDetails) {
        guard let isPast = details.isPastPointOfNoReturn else {
            if cutover.isPastPointOfNoReturn != true { cutover.steps = [] }
            return
        }
        cutover.isPastPointOfNoReturn = isPast
        cutover.steps =
            details.steps.isEmpty
            ? []
            : CutoverState.StepName.allCases.map { name in
                var step = CutoverState.Step(name)
                guard let known = details.steps.first(where: { $0.name.rawValue == name.rawValue })
                else { return step }
                step.seconds = known.begun.map { begun in
                    Double(begun.duration(to: known.ended ?? .now).milliseconds) / 1_000
                }
                step.state = known.ended == nil ? .running : known.hasFailed ? .failed : .done
                return step
            }
    }

    /// Whether it has come so far since that a later agent must know: it has no other way to, until its engine has
    /// reached the clusters.
    func isFurther(than before: LiveMigration) -> Bool {
        phase != before.phase || error != before.error
            || cutover.isPastPointOfNoReturn != before.cutover.isPastPointOfNoReturn
            || cutover.isSourceBlocked != before.cutover.isSourceBlocked
            || cutover.isSourceBlockedByOthers != before.cutover.isSourceBlockedByOthers
            || cutover.deadlineAt != before.cutover.deadlineAt
            || isDestinationOpen != before.isDestinationOpen
    }

    /// What an earlier agent has written down of a cutover may be older than what its engine did then: that is unknown
    /// until an engine has read it. The point of no return stays passed.
    mutating func forgetUnreadCutover() {
        guard !phase.isFinal, !isPastPointOfNoReturn else { return }
        (cutover.isSourceBlocked, cutover.isPastPointOfNoReturn) = (nil, nil)
    }

    /// It is taken up again: the time to cut over begins anew where that had run out.
    mutating func forgetExpiry() {
        if phase == .expired { cutover.deadlineAt = nil }
    }

    /// Remembers since when a cutover is under way, over restarts of the agent too: every engine begins by preparing.
    mutating func noteCutover(at now: Int64) {
        switch phase {
        case .finalizing: cutover.begunAt = cutover.begunAt ?? now
        case .preparing: break
        case .paused where pausedFrom == .preparing: break
        default: cutover.begunAt = nil
        }
    }

    mutating func take(_ report: MigrationReport, at now: Int64) {
        phase = MigrationPhase(rawValue: report.phase.rawValue) ?? .failed
        endedAt = now
        problems = report.problems
        mismatches = report.verification.mismatches
        // What the last look saw may have been applied since.
        if phase == .complete, figures.backlog != nil { figures.backlog = 0 }
        cutover.downtimeSeconds = report.applicationDowntimeSeconds
        isSourceHeld =
            phase == .complete && !setup.keepSourceWritable && cutover.isSourceBlocked == true
        var verification = figures.verification ?? VerificationFigures(mode: setup.verify)
        verification.collectionsDone = report.verification.collections
        verification.documents = report.verification.documents
        verification.mismatches = report.verification.mismatches.count
        var final = FinalReport(
            phase: phase, durationSeconds: report.durationSeconds, bytesCopied: report.bytesCopied,
            documentsCopied: report.documentsCopied, collectionsCopied: report.collectionsCopied,
            eventsApplied: report.eventsApplied, verification: verification)
        final.applicationDowntimeSeconds = report.applicationDowntimeSeconds
        final.mismatches = mismatches
        final.problems = problems
        self.report = final
    }

    /// The ending of one that has failed has itself come to an end.
    mutating func take(cancellation result: Result<Abandonment.Outcome, any Error>, at now: Int64) {
        waitingFor = []
        switch result {
        case .failure(let error): cancellation = Cancellation(error: ControlError(any: error))
        case .success(let outcome):
            (phase, endedAt, problems) = (.cancelled, now, outcome.problems)
            (cancellation, error, isRetryPossible, clearsOnRetry) = (nil, nil, false, nil)
            cutover.isSourceBlocked = outcome.isSourceBlocked
            cutover.isDestinationBlocked = false
        }
    }

    /// Of one that is over, what says nothing any more: a thousand of them are in every snapshot.
    mutating func dropOldFigures() {
        if phase.isFinal { figures.lagByMinute = [] }
    }

    mutating func take(_ failure: any Error, at now: Int64, isStopping: Bool) {
        let code = (failure as? MigrationError)?.code
        // Stopped with the agent: the next one goes on from here.
        if code == .interrupted || isStopping { return }
        phase = code == .expired ? .expired : .failed
        endedAt = now
        error = ControlError(any: failure)
        isRetryPossible = code != .historyLost
        // Known to be undone: nobody is to wonder about it after another start.
        if cutover.isSourceBlocked == false, !isPastPointOfNoReturn { cutover.begunAt = nil }
    }
}

extension VerificationFigures {
    init(_ progress: VerifyProgress) {
        self.init(mode: MigrationSetup.Verify(rawValue: progress.mode.rawValue) ?? .full)
        isFirstPassDone = progress.isFirstPassDone
        fraction = progress.fraction
        // There may be none; before it is over that is not known.
        let isKnown = progress.collections > 0 || progress.isFirstPassDone
        collections = isKnown ? progress.collections : nil
        collectionsDone = isKnown ? progress.collectionsDone : nil
        documents = progress.documents
        mismatches = progress.mismatches
    }
}

extension ControlError {
    init(any error: any Error) {
        switch error {
        case let error as ControlError: self = error
        case let error as MongoError: self.init(error)
        case let error as MigrationError:
            let code: Code =
                switch error.code {
                case .expired: .expired
                case .tooLate, .cutoverRefused: .wrongPhase
                case .validationFailed: .validationFailed
                default: .migrationFailed
                }
            self.init(code, error.description)
        default: self.init(.unexpected, "\(error)")
        }
    }
}
