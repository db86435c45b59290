import BSON
import Foundation
import Migration
import Mongo
import Sandbox

/// What happens in one random migration, drawn from a seed.
struct RandomStory {
    private var random: SplitMix64
    private let seed: UInt64
    private var collections: [Namespace] = []
    /// The faults that were made, in order.
    private(set) var told: [String] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix64(seed: seed)
    }

    mutating func chance(of probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    /// Collections of every kind of id and size, with indexes.
    mutating func fill(_ source: ReplicaSet) async throws {
        for number in 0..<Int.random(in: 1...5, using: &random) {
            let name = Namespace("shop\(number % 2)", "things\(number)")
            collections.append(name)
            let shape = SampleData.Shape.allCases.randomElement(using: &random) ?? .small
            let ids = SampleData.IDs.allCases.randomElement(using: &random) ?? .rising
            let bytes = Int.random(in: 10_000...20_000_000, using: &random)
            try await SampleData(shape, bytes: bytes, ids: ids, seed: seed &+ UInt64(number))
                .insert(into: name, through: [source.lane])
            guard chance(of: 0.6) else { continue }
            _ = try await source.lane.run(
                [
                    "createIndexes": .string(name.collection),
                    "indexes": [
                        ["key": ["a": 1], "name": "a_1"],
                        ["key": ["b": -1, "_id": 1], "name": "b", "unique": true],
                        ["key": ["t": 1], "name": "t", "expireAfterSeconds": 1_000_000],
                        ["key": ["h": "hashed"], "name": "h", "hidden": true],
                    ],
                ], on: name.database)
        }
    }

    mutating func workload() -> WorkloadOptions {
        var options = WorkloadOptions(
            collections, writesPerSecond: Double.random(in: 20...1_500, using: &random))
        options.definitionsPerSecond =
            chance(of: 0.7) ? Double.random(in: 0.5...5, using: &random) : 0
        options.seed = seed
        return options
    }

    /// Migrates with faults on the way: the engine is stopped and resumed, connections are cut, slowed and half-opened,
    /// servers are killed. The cutover is asked for once the faults are over.
    mutating func migrate(_ pair: Pair) async throws {
        var attempt = 0
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let engine = try pair.engine(process: attempt) { options in
                options.cutover = .manual
                options.resume = attempt > 0
            }
            attempt += 1
            let running = Task { try await engine.run() }
            let phases: [Phase] = [.copying, .indexing, .catchingUp, .inSync]
            let wanted = phases.randomElement(using: &random) ?? .inSync
            try await eventually("the phase \(wanted)", within: .seconds(240)) {
                let phase = engine.progress().phase
                return phase == wanted || phase == .inSync || phase == .failed
            }
            try await makeFault(pair)
            told.append("stop")
            running.cancel()
            _ = try? await running.value
        }
        let engine = try pair.engine(process: attempt) { options in
            options.cutover = .manual
            options.resume = attempt > 0
        }
        let running = Task { try await engine.run() }
        try await makeFault(pair)
        try await eventually("in sync", within: .seconds(240)) {
            let progress = engine.progress()
            return progress.isReady || progress.phase == .failed
        }
        try await eventually("complete", within: .seconds(240)) {
            let progress = engine.progress()
            if progress.isReady { await engine.requestCutover() }
            return progress.phase.isFinal
        }
        _ = try await running.value
    }

    private mutating func makeFault(_ pair: Pair) async throws {
        let set = chance(of: 0.5) ? pair.source : pair.destination
        let side = set === pair.source ? "source" : "destination"
        guard let proxy = set.members.first?.proxy else { return }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            told.append("cut \(side)")
            proxy.cut()
        case 1:
            told.append("slow \(side)")
            proxy.delay(milliseconds: 100)
            try await proxy.after(bytes: 20_000)
            proxy.heal()
        case 2:
            told.append("refuse \(side)")
            proxy.cut(refusing: true)
            try await eventually("nobody is connected") { proxy.connectionCount == 0 }
            proxy.heal()
        case 3:
            told.append("late writes to \(side)")
            proxy.halfOpen()
            try await eventually("requests are on their way") { proxy.heldBytes > 0 }
            proxy.cut(deliveringRequests: true)
            proxy.heal()
        case 4:
            told.append("restart \(side)")
            try await set.members[0].process.kill()
            try await set.members[0].process.start()
        default:
            told.append("nothing")
        }
    }
}

extension FaultProxy {
    /// Returns when so many more bytes came from the server, or after two seconds.
    fileprivate func after(bytes: Int) async throws {
        let start = bytesToClient
        try? await eventually("traffic", within: .seconds(2)) { bytesToClient - start > bytes }
    }
}
