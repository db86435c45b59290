import Mongo
import Sandbox

/// The downtime of an application that writes until it is refused.
enum CutoverFigures {
    static func measure(_ bench: BenchServers, _ engine: EngineProcess) async throws -> [Figure] {
        bench.say("Migrating: cutover")
        let namespaces = bench.data.parts.map(\.namespace) + [ReferenceData.load]
        let workload = Workload(
            on: try bench.clusters.sourceForApplication(),
            WorkloadOptions(namespaces, writesPerSecond: Tuning.benchCutoverRate))
        let report: EngineLine
        do {
            try await engine.wait(for: "it is ready without lag") {
                $0.isReady && ($0.lagSeconds ?? .infinity) < 1 && workload.counts.writes > 0
            }
            engine.askForCutover()
            report = try await engine.wait(for: "the migration is complete") {
                $0.problems != nil
            }
        } catch {
            await workload.stop()
            throw error
        }
        await workload.stop()
        let differences = report.mismatches ?? []
        guard report.phase == "complete", differences.isEmpty,
            let downtime = report.applicationDowntimeSeconds
        else {
            let reasons = (report.problems ?? []) + differences
            throw SandboxError(
                .ended,
                "the migration is \(report.phase): \(reasons.prefix(3).joined(separator: "; "))")
        }
        bench.say("  \(Units.duration(downtime)) of downtime, and no differences")
        return [
            Figure(
                name: "downtime at cutover, \(namespaces.count) collections", measured: downtime,
                limit: 2,
                unit: .seconds)
        ]
    }
}
