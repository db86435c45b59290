import Testing

@testable import Migration

/// How many workers there are, on servers that do so much with so many.
@Suite struct WorkerClimbTests {
    /// Looks every second for so long, at a copy whose speed is `rate` for a number of workers, in measures a second.
    private func climb(
        _ climb: inout WorkerClimb, seconds: Int, done: inout Double, from start: Int = 0,
        _ rate: (Int) -> Double
    ) {
        for second in start..<start + seconds {
            climb.look(.copy, done: Int(done), seconds: Double(second))
            done += rate(climb.workers) * Double(Tuning.climbBytes)
        }
    }

    @Test(arguments: [(2, 2), (4, 4), (6, 5), (8, 5)])
    func itStopsWhereOneMoreBringsNothing(most: Int, wanted: Int) {
        var climb = WorkerClimb(most: most)
        #expect(climb.workers == 2)
        var done = 0.0
        self.climb(&climb, seconds: 1_000, done: &done) { Double(min($0, 5)) }
        #expect(climb.proven == wanted)
    }

    @Test func whatSuffersFromMoreIsLeftAlone() {
        var climb = WorkerClimb(most: 8)
        var done = 0.0
        self.climb(&climb, seconds: 1_000, done: &done) { 1 / Double($0) }
        #expect(climb.proven == 2)
    }

    @Test func itGoesDownWhereFewerAreAsFast() {
        var climb = WorkerClimb(most: 8)
        var done = 0.0
        self.climb(&climb, seconds: 1_000, done: &done) { Double($0) }
        #expect(climb.proven == 8)
        self.climb(&climb, seconds: 4_000, done: &done, from: 1_000) { _ in 3 }
        #expect(climb.proven == 2)
    }

    @Test func trialsThatFailBecomeRare() {
        var climb = WorkerClimb(most: 8)
        var done = 0.0
        self.climb(&climb, seconds: 1_000, done: &done) { _ in 1 }
        var trials = 0
        var wasOnTrial = false
        for second in 1_000..<2_000 {
            self.climb(&climb, seconds: 1, done: &done, from: second) { _ in 1 }
            let isOnTrial = climb.proven != climb.workers
            if isOnTrial, !wasOnTrial { trials += 1 }
            wasOnTrial = isOnTrial
        }
        #expect((5...11).contains(trials), "\(trials)")
    }

    /// Nothing is learnt from work that waits.
    @Test func aTrialEndsWhereThereIsTooLittleToDo() {
        var climb = WorkerClimb(most: 8)
        var done = 0.0
        var second = 0
        while climb.proven == climb.workers, second < 100 {
            self.climb(&climb, seconds: 1, done: &done, from: second) { Double($0) }
            second += 1
        }
        #expect(climb.workers == 3)
        climb.look(nil, done: 0, seconds: Double(second))
        #expect(climb.workers == 2 && climb.proven == 2)
    }

    @Test func theLoadLevelCountsAtOnce() async throws {
        let workers = Workers(loadLevel: 1, cores: 16)
        #expect(workers.allow(0) && !workers.allow(1))
        async let second: Void = workers.pass(1)
        workers.setLoadLevel(3)
        try await second
        #expect(workers.count == 2)
        var done = 0.0
        var time = 0.0
        while workers.count < 4, time < 100 {
            _ = workers.look(.copy, done: Int(done), seconds: time)
            time += 1
            done += Double(workers.count * Tuning.climbBytes)
        }
        #expect(workers.count == 4)
        workers.setLoadLevel(1)
        #expect(workers.count == 1 && !workers.allow(1))
    }

    /// The memory of the process does not grow with the workers.
    @Test(arguments: [(1, 1, 1), (2, 2, 1), (3, 4, 2), (4, 8, 4)])
    func moreWorkersHaveSmallerBatches(level: Int, most: Int, share: Int) {
        let workers = Workers(loadLevel: level, cores: 16)
        var done = 0.0
        for second in 0..<1_000 {
            _ = workers.look(.copy, done: Int(done), seconds: Double(second))
            done += Double(workers.count * Tuning.climbBytes)
        }
        #expect(workers.count == most)
        #expect(workers.batchBytes == Tuning.copyBatchBytes / share)
    }

    @Test(arguments: [(1, 2), (2, 2), (3, 3), (16, 4)])
    func aSmallHostHasNoMoreWorkersThanCores(cores: Int, wanted: Int) {
        let workers = Workers(loadLevel: 3, cores: cores)
        var done = 0.0
        for second in 0..<1_000 {
            _ = workers.look(.copy, done: Int(done), seconds: Double(second))
            done += Double(workers.count * Tuning.climbBytes)
        }
        #expect(workers.count == wanted)
    }
}
