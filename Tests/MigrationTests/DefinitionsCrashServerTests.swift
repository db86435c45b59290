import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Line D6 of the checklists: definitions change while the engine is killed and while it is down.
@Suite(.serialized) struct DefinitionsCrashServerTests {
    @Test func d6DefinitionsChangeWhileTheEngineIsStopped() async throws {
        try await Pair.withHolds { pair in
            let hold = try await Hold(pair)
            let scripts = try await begin(pair)
            let application = try await write(pair)
            var live = try LiveMigration(pair)
            for (number, phase) in LiveMigration.phases.enumerated() {
                if isSoak || [.indexing, .catchingUp].contains(phase) {
                    try await live.reached(phase)
                    try await changes(scripts, phase) { await live.kill() }
                    live = try LiveMigration(pair, process: 2 + number) { $0.resume = true }
                }
                try await hold.release(phase)
            }
            try await live.reached(.inSync)
            try await application.does(1)
            #expect(try await live.cutOver().verification.mismatches == [])
            try await finish(pair, application)
        }
    }

    @Test func d6DefinitionsChangeWhileTheProcessIsKilled() async throws {
        try await Pair.withHolds { pair in
            let hold = try await Hold(pair)
            let scripts = try await begin(pair)
            let application = try await write(pair)
            var isResumed = false
            for phase in LiveMigration.phases {
                if isSoak || [.copying, .inSync].contains(phase) {
                    let process = try ChildMigration(pair, isResumed: isResumed)
                    try await process.hasReached(phase)
                    try await changes(scripts, phase) { try await process.kill() }
                    isResumed = true
                }
                try await hold.release(phase)
            }
            let last = try ChildMigration(pair, isResumed: true)
            try await last.hasReached(.inSync)
            try await application.does(1)
            #expect(try await last.end() == 0)
            #expect(last.mismatches == [])
            try await finish(pair, application)
        }
    }

    /// Every script runs; in the middle the engine is killed, so that some changes were seen by it,
    /// some are half done, and some are made while there is none.
    private func changes(
        _ scripts: [Phase: [DefinitionScript]], _ phase: Phase, kill: () async throws -> Void
    ) async throws {
        let scripts = scripts[phase] ?? []
        for script in scripts.prefix(scripts.count / 2) { try await script.run() }
        try await kill()
        for script in scripts.suffix(from: scripts.count / 2) { try await script.run() }
    }

    private func begin(_ pair: Pair) async throws -> [Phase: [DefinitionScript]] {
        let lane = pair.source.lane
        var scripts: [Phase: [DefinitionScript]] = [:]
        for (turn, phase) in LiveMigration.phases.enumerated() {
            let lines = DefinitionScript.lines.indices.map { index -> DefinitionScript in
                // In another order each time, so that every line comes before and after the death.
                let number = (index + 2 * turn) % DefinitionScript.lines.count
                return DefinitionScript.lines[number]("d\(number + 1)_\(phase.rawValue)", lane)
            }
            for script in lines { try await script.begin() }
            scripts[phase] = lines
        }
        try await SampleData(.small, count: 3_000, ids: .integers).insert(
            into: Namespace("shop", "items"), through: [lane])
        return scripts
    }

    /// Documents that were copied early change all the time, also while no engine is there.
    private func write(_ pair: Pair) async throws -> Application {
        let lane = try await pair.application()[0]
        return Application { round in
            let id = Value.int64(Int64(round * 37 % 3_000))
            try await lane.perform(
                [
                    "update": "items",
                    "updates": [["q": ["_id": id], "u": ["$set": ["by": .integer(round)]]]],
                ], on: "shop")
            try await lane.perform(
                [
                    "delete": "items",
                    "deletes": [["q": ["_id": .integer(round % 3_000)], "limit": 1]],
                ],
                on: "shop")
        }
    }

    private func finish(_ pair: Pair, _ application: Application) async throws {
        try await application.stop()
        #expect(try await pair.differences() == [])
    }
}
