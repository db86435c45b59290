import Mongo
import Sandbox

/// The lag under a steady workload of half of what the source takes alone.
enum LagFigures {
    static func measure(_ bench: BenchServers, _ engine: EngineProcess) async throws -> [Figure] {
        bench.say("Measuring what the source takes alone")
        engine.freeze()
        let alone = try await rate(
            on: bench, aimedAt: Tuning.benchUnlimitedRate, for: Tuning.benchCapacityTime)
        engine.thaw()
        let half = alone / 2
        bench.say(
            "  \(Units.count(Int(alone))) writes/s; now \(Units.count(Int(half))) while migrating")
        try await engine.wait(for: "the engine has caught up") {
            $0.backlog == 0 && ($0.lagSeconds ?? .infinity) < 1
        }
        let workload = try start(on: bench, rate: half)
        var lags: [Double] = []
        let begin = Clock.seconds()
        let reached: Double
        do {
            lags = try await sample(engine, since: begin)
            reached = Double(workload.counts.writes) / (Clock.seconds() - begin)
        } catch {
            await workload.stop()
            throw error
        }
        await workload.stop()
        let sorted = lags.sorted()
        guard let most = sorted.last else {
            throw SandboxError(.deadline, "the engine told no lag")
        }
        let high = sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
        bench.say("  \(Units.count(Int(reached))) writes/s, lag at most \(Units.fixed(most, 2)) s")
        return [
            Figure(
                name: "lag at half of what the source takes alone, p95", measured: high, limit: 1,
                unit: .seconds,
                note:
                    "\(Units.count(Int(reached))) of \(Units.count(Int(alone))) writes/s; most \(Units.fixed(most, 2)) s"
            )
        ]
    }

    /// The lag of every line after the first seconds.
    private static func sample(_ engine: EngineProcess, since begin: Double) async throws
        -> [Double]
    {
        var lags: [Double] = []
        try await engine.wait(for: "the time for lags is over") { line in
            let time = Clock.seconds() - begin
            if time > Tuning.benchLagWarmUp { lags.append(line.lagSeconds ?? .infinity) }
            return time > Tuning.benchLagWarmUp + Tuning.benchLagTime
        }
        return lags
    }

    /// Writes a second that were acknowledged.
    private static func rate(
        on bench: BenchServers, aimedAt target: Double, for seconds: Double
    ) async throws -> Double {
        let workload = try start(on: bench, rate: target)
        let begin = Clock.seconds()
        try await Task.sleep(for: .seconds(seconds))
        let count = workload.counts.writes
        let elapsed = Clock.seconds() - begin
        await workload.stop()
        return Double(count) / elapsed
    }

    private static func start(on bench: BenchServers, rate: Double) throws -> Workload {
        var options = WorkloadOptions(
            [bench.data.medium.namespace, ReferenceData.load], writesPerSecond: rate)
        options.sample = bench.data.medium.data
        // As applications write: a document a command, many at the same time.
        options.lanes = Tuning.benchLagLanes
        options.statements = 1
        options.seed = UInt64(rate)
        return Workload(on: try bench.clusters.sourceForApplication(), options)
    }
}
