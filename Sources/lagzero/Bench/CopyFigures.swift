import BSON
import Mongo
import Sandbox

/// The copy phase beside the ingest ceiling: the same batches inserted from memory by two lanes,
/// with nothing read.
///
/// The ceiling is measured before the copy and after it: what else the machine does changes from one minute to the next
/// by more than what is measured.
struct CopyFigures {
    private let seconds: Double
    private let begin: EngineProcess.Usage
    private let end: EngineProcess.Usage

    /// Seconds that a destination needs for nothing but taking the data in, into empty collections.
    static func measureCeiling(_ bench: BenchServers) async throws -> Double {
        bench.say("Measuring the ingest ceiling")
        let commands = bench.data.insertCommands()
        let seconds = try await bench.withCeiling { set, lanes in
            _ = try await lanes[0].run(["dropDatabase": 1], on: ReferenceData.database)
            let seconds = try await commands.send(through: lanes)
            try await bench.data.index(set)
            return seconds
        }
        let rate = Units.bytes(Double(commands.bytes) / seconds)
        bench.say("  \(Units.bytes(commands.bytes)) in \(Units.duration(seconds)), \(rate)/s")
        return seconds
    }

    static func measure(_ bench: BenchServers, _ engine: EngineProcess) async throws -> CopyFigures
    {
        bench.say("Migrating: copy")
        try await engine.wait(for: "the copy begins") { $0.phase == "copying" }
        let begin = engine.usage
        try await engine.wait(for: "the copy is done") { $0.phase != "copying" }
        let end = engine.usage
        let seconds = end.time - begin.time
        bench.say("  \(Units.duration(seconds))")
        return CopyFigures(seconds: seconds, begin: begin, end: end)
    }

    /// `ceilings`: seconds before the copy and after it.
    func figures(ceilings: [Double]) -> [Figure] {
        let ceiling = ceilings.reduce(0, +) / Double(ceilings.count)
        let words = ceilings.map { Units.fixed($0, 1) + " s" }.joined(separator: " and ")
        return [
            Figure(
                name: "copy phase / ingest ceiling, wall", measured: seconds / ceiling, limit: 1.25,
                unit: .ratio, note: "\(Units.fixed(seconds, 1)) s / \(words)"),
            Figure(
                name: "engine CPU / CPU of both servers, copy", measured: end.share(since: begin),
                limit: 0.15,
                unit: .ratio, note: EngineProcess.words(from: begin, to: end)),
        ]
    }
}

extension EngineProcess {
    /// The CPU times that a share is made of.
    static func words(from begin: Usage, to end: Usage) -> String {
        "\(Units.fixed(end.engine - begin.engine, 1)) s / \(Units.fixed(end.servers - begin.servers, 1)) s"
    }
}
