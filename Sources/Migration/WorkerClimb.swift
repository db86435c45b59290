/// How many workers pay: tries one more or one fewer now and then, measures, and keeps what is better.
///
/// A value that is told what was done so far, whenever somebody looks.
struct WorkerClimb: Sendable {
    /// What the workers are busy with.
    enum Work: Sendable {
        /// Measured in bytes.
        case copy
        /// Measured in documents.
        case apply

        /// What must be done before the rate means something.
        var leastMeasure: Int {
            switch self {
            case .copy: Tuning.climbBytes
            case .apply: Tuning.climbDocuments
            }
        }
    }

    /// Workers at work, 1 to `most`.
    private(set) var workers: Int
    private(set) var most: Int
    /// The same without a trial that is under way.
    var proven: Int { before?.workers ?? workers }
    private var measure: (work: Work, done: Int, seconds: Double)?
    /// Measures with this number of workers, and how many were taken together.
    private var rate = (sum: 0.0, count: 0)
    /// What a trial that is under way has to beat.
    private var before: (workers: Int, rate: Double)?
    /// Measures between two trials; grows as long as they fail.
    private var patience = Tuning.firstClimbPatience
    private var goesUp = true

    init(most: Int) {
        self.most = most
        workers = min(most, Tuning.firstWorkers)
    }

    mutating func setMost(_ most: Int) {
        self.most = most
        workers = min(most, max(workers, Tuning.firstWorkers))
        startOver()
    }

    /// - `work`: nil while there is too little to do, or something is waited for: then nothing can be learnt.
    /// - `done`: bytes or documents since the beginning.
    /// - `seconds`: of a clock that never goes back.
    mutating func look(_ work: Work?, done: Int, seconds: Double) {
        guard let work, work == measure?.work else {
            if let before { workers = before.workers }
            startOver()
            measure = work.map { ($0, done, seconds) }
            return
        }
        guard let start = measure, done - start.done >= work.leastMeasure,
            seconds - start.seconds >= Tuning.climbSeconds
        else { return }
        measure = (work, done, seconds)
        judge(Double(done - start.done) / (seconds - start.seconds))
    }

    private mutating func judge(_ new: Double) {
        if let before {
            self.before = nil
            rate = (new, 1)
            if new >= before.rate * (workers > before.workers ? Tuning.climbGain : Tuning.climbLoss)
            {
                patience = Tuning.firstClimbPatience
            } else {
                workers = before.workers
                rate = (0, 0)
                patience = min(2 * patience, Tuning.lastClimbPatience)
                goesUp.toggle()
            }
            return
        }
        rate = (rate.sum + new, rate.count + 1)
        guard rate.count >= patience else { return }
        if goesUp, workers == most { goesUp = false }
        if !goesUp, workers <= Tuning.firstWorkers { goesUp = true }
        let next = workers + (goesUp ? 1 : -1)
        guard (1...most).contains(next) else { return }
        before = (workers, rate.sum / Double(rate.count))
        workers = next
    }

    private mutating func startOver() {
        measure = nil
        rate = (0, 0)
        before = nil
        patience = Tuning.firstClimbPatience
        goesUp = true
    }
}
