import BSON
import Mongo
import Sandbox

/// Applying a backlog beside its limit: the same final documents as bulk replaces from memory.
enum ApplyFigures {
    static func measure(
        _ bench: BenchServers, _ engine: EngineProcess, changes count: Int
    ) async throws -> [Figure] {
        bench.say("Making \(Units.count(count)) changes while the engine is frozen")
        try await engine.wait(for: "nothing is left to apply") { $0.backlog == 0 }
        engine.freeze()
        let source = try bench.clusters.source.cluster()
        let lanes = [source.lane(), source.lane()]
        var script = MixedChanges(bench.data)
        let (changes, touched) = script.commands(count)
        _ = try await changes.send(through: lanes)
        let last = try await newestWrite(lanes[0])
        let final = try await finalCommands(touched, lanes[0])
        try await bench.settle()
        bench.say("Migrating: applying the changes")
        let begin = engine.usage
        engine.thaw()
        try await engine.wait(for: "the changes are applied") { $0.isApplied(through: last) }
        let end = engine.usage
        let seconds = end.time - begin.time
        let ceiling = try await bench.withCeiling { _, lanes in try await final.send(through: lanes)
        }
        bench.say(
            "  \(Units.duration(seconds)); the final documents from memory: \(Units.duration(ceiling))"
        )
        return [
            Figure(
                name:
                    "applying \(Units.count(count)) mixed changes / bulk replaces from memory, wall",
                measured: seconds / ceiling, limit: 1.5, unit: .ratio,
                note: "\(Units.fixed(seconds, 1)) s / \(Units.fixed(ceiling, 1)) s"),
            Figure(
                name: "engine CPU / CPU of both servers, applying",
                measured: end.share(since: begin),
                limit: 0.10, unit: .ratio, note: EngineProcess.words(from: begin, to: end)),
        ]
    }

    private static func newestWrite(_ lane: Lane) async throws -> Timestamp {
        let hello = try await lane.run(["hello": 1])
        guard let time = hello["lastWrite"]?.document?["opTime"]?.document?["ts"]?.timestamp else {
            throw SandboxError(.server, "the source does not tell its newest write")
        }
        return time
    }

    /// What makes these documents equal to those of the source: replacements, and deletes of those
    /// that are gone.
    private static func finalCommands(
        _ touched: [Namespace: Set<Value>], _ lane: Lane
    ) async throws -> PreparedCommands {
        var commands: [Document] = []
        for (namespace, ids) in touched.sorted(by: { $0.key.description < $1.key.description }) {
            var rest = Array(ids)[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(Tuning.benchStatements))
                rest = rest.dropFirst(some.count)
                commands += try await finalCommands(namespace, some, lane)
            }
        }
        return PreparedCommands(commands, on: ReferenceData.database)
    }

    private static func finalCommands(
        _ namespace: Namespace, _ ids: [Value], _ lane: Lane
    ) async throws -> [Document] {
        var found: [Document] = []
        var batch = try await lane.open(
            [
                "find": .string(namespace.collection), "batchSize": .integer(ids.count),
                "filter": ["_id": ["$in": .array(Document(array: ids))]],
            ], on: namespace.database)
        found += batch.documents.map { $0.copied() }
        while let cursor = batch.cursor {
            batch = try await lane.more(cursor)
            found += batch.documents.map { $0.copied() }
        }
        let replaces = found.compactMap { document in
            document["_id"].map { id -> Document in
                ["q": ["_id": id], "u": .document(document), "upsert": true]
            }
        }
        let present = Set(found.compactMap { $0["_id"] })
        let deletes = ids.filter { !present.contains($0) }.map { id -> Document in
            ["q": ["_id": id], "limit": 1]
        }
        return
            (replaces.isEmpty
            ? [] : [MixedChanges.command("update", "updates", replaces, namespace)])
            + (deletes.isEmpty
                ? [] : [MixedChanges.command("delete", "deletes", deletes, namespace)])
    }
}
