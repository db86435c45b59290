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
    private var attempts = 0
    /// Who migrated how far, and the faults that were made, in order.
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
            chance(of: 0.7) ? Double.random(in: 0.5...3, using: &random) : 0
        options.seed = seed
        return options
    }

    /// Migrates with faults on the way: engines are stopped or killed and others go on, connections are cut, slowed and
    /// half-opened, servers are killed, frozen and stepped down, also in a cutover. The last engine has to complete it.
    mutating func migrate(_ pair: Pair) async throws {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let engine = try await start(pair)
            let phases: [Phase] = [
                .preparing, .copying, .indexing, .catchingUp, .inSync, .finalizing,
            ]
            let wanted = phases.randomElement(using: &random) ?? .inSync
            told.append("\(wanted)")
            try await engine.reach(wanted)
            // What a process validates before it begins is refused by rights.
            if engine.phase?.hasReached(.copying) == true { try await makeFault(pair) }
            told.append("stop")
            try await engine.stop()
        }
        let engine = try await start(pair)
        try await engine.reach(.copying)
        try await makeFault(pair)
        if chance(of: 0.3) {
            told.append("\(Phase.finalizing)")
            try await engine.reach(.finalizing)
            try await makeFault(pair)
        }
        try await engine.finish()
    }

    private mutating func start(_ pair: Pair) async throws -> BackgroundEngine {
        attempts += 1
        // One that was killed at the very beginning leaves nothing to go on from.
        let isResumed = try await pair.isBegun()
        let kind = Int.random(in: 0..<5, using: &random)
        guard kind > 1 else {
            told.append("process")
            return .process(
                try ChildMigration(
                    pair, isResumed: isResumed, lagHold: 0.3,
                    arguments: ["--lease-scale", "\(RandomStory.leaseScale)"]))
        }
        told.append(kind > 2 ? "engine" : "engine elsewhere")
        let owner =
            kind > 2
            ? try ChildMigration.neighbour(attempts)
            : Lease.Owner(host: "elsewhere", boot: "1", process: attempts)
        let partitionBytes = chance(of: 0.5) ? 64 << 20 : 64 << 10
        return .engine(
            try LiveMigration(pair, owner: owner) { options in
                options.cutover = .manual
                options.lagHold = 0.3
                options.lease = Lease.Timing(scale: RandomStory.leaseScale)
                options.resume = isResumed
                options.partitionBytes = partitionBytes
            })
    }

    /// Owners on another host are given up after three seconds.
    private static let leaseScale = 0.1

    private mutating func makeFault(_ pair: Pair) async throws {
        let set = chance(of: 0.5) ? pair.source : pair.destination
        let side = set === pair.source ? "source" : "destination"
        guard let member = set.members.randomElement(using: &random), let proxy = member.proxy
        else { return }
        switch Int.random(in: 0..<8, using: &random) {
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
            // Of an engine that has just ended there are none.
            try? await eventually("requests are on their way", within: .seconds(2)) {
                proxy.heldBytes > 0
            }
            proxy.cut(deliveringRequests: true)
            proxy.heal()
        case 4:
            told.append("restart \(side)")
            try await member.process.restart()
        case 5:
            told.append("freeze \(side)")
            let sent = proxy.bytesToServer
            member.process.freeze()
            try? await eventually("it is spoken to", within: .seconds(2)) {
                proxy.bytesToServer > sent + 2_000
            }
            member.process.thaw()
        case 6 where set.members.count > 1:
            told.append("step down \(side)")
            // Refused while no other member has caught up.
            _ = try? await set.stepDown()
        default:
            told.append("nothing")
        }
    }
}

extension Pair {
    /// Whether the destination holds the state of a migration.
    fileprivate func isBegun() async throws -> Bool {
        try await findPrimaries()
        return try await destination.migrationState() != nil
    }
}

extension FaultProxy {
    /// Returns when so many more bytes came from the server, or after two seconds.
    fileprivate func after(bytes: Int) async throws {
        let start = bytesToClient
        try? await eventually("traffic", within: .seconds(2)) { bytesToClient - start > bytes }
    }
}
