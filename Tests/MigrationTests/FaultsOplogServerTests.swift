import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// An oplog that is too small for what happens.
extension FaultServerTests {
    /// One that is cut off every second: what lies behind the last checkpoint is kept.
    private static func tinyOplog(_ options: inout ReplicaSetOptions) {
        options.oplogMegabytes = 1
        options.arguments = ["--syncdelay", "1"]
    }

    /// Writes until the oplog holds nothing of what it held before.
    private func rollOver(_ set: ReplicaSet, as user: Credentials = Trial.application) async throws
    {
        let before = try await oplogEnd(set, .last)
        let lane = try set.cluster(as: user).lane()
        let text = String(repeating: "x", count: 200_000)
        var rounds = 0
        try await eventually("the oplog has rolled over") {
            rounds += 1
            _ = try await lane.write(
                [
                    "update": "filler",
                    "updates": [
                        [
                            "q": ["_id": 1],
                            "u": ["_id": 1, "round": .integer(rounds), "text": .string(text)],
                            "upsert": true,
                        ]
                    ],
                ], on: "other")
            return try await oplogEnd(set, .first) > before
        }
    }

    private enum End {
        case first, last
    }

    private func oplogEnd(_ set: ReplicaSet, _ end: End) async throws -> Timestamp {
        let found = try await set.lane.open(
            [
                "find": "oplog.rs", "sort": ["$natural": .integer(end == .first ? 1 : -1)],
                "limit": 1,
            ], on: "local"
        ).documents.first { _ in true }
        return try #require(found?["ts"]?.timestamp)
    }

    private func oplogStart(_ set: ReplicaSet) async throws -> Timestamp {
        try await oplogEnd(set, .first)
    }

    private func storedToken(_ set: ReplicaSet) async throws -> Timestamp {
        let token = try #require(try await set.migrationState()?["token"]?.document)
        return try #require(ResumeToken(token).time)
    }

    @Test func f13TheOplogRollsOverDuringTheCopy() async throws {
        try await Trial.with(source: FaultServerTests.tinyOplog, writesPerSecond: 40) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try trial.start()
            try await trial.reach(.copying)
            try await rollOver(source)
            // What is not applied is kept on the destination, and the position moves on.
            try await eventually("the stored position is within the oplog") {
                try await storedToken(destination) > oplogStart(source)
            }
            await trial.interrupt()
            try trial.start()
            try await trial.reach(.copying)
            try await trial.survive([.indexing, .inSync]) { _ in
                try await rollOver(source)
            }
        }
    }

    /// What the reconciler could not do is found again by the next process; its events need not be.
    @Test func f13TheOplogRollsOverWhileADefinitionIsRefused() async throws {
        try await Trial.with(source: FaultServerTests.tinyOplog, writesPerSecond: 40) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try await trial.advance(to: .inSync)
            try await destination.members[0].setFailPoint(
                "failCommand",
                [
                    "mode": "alwaysOn",
                    // InvalidOptions
                    "data": ["failCommands": ["create"], "errorCode": 72],
                ])
            _ = try await source.lane.run(["create": "refused"], on: "shop")
            try await trial.reach(.paused)
            try await rollOver(source)
            try await eventually("the stored position is within the oplog") {
                try await storedToken(destination) > oplogStart(source)
            }
            await trial.interrupt()
            try await trial.setFailPoint(from: nil)
            try trial.start()
            try await trial.expectCompletion()
        }
    }

    @Test(arguments: isSoak ? Trial.phases : [.copying])
    func f14APositionThatTheOplogNoLongerHoldsEndsTheMigration(phase: Phase) async throws {
        try await Trial.with(source: FaultServerTests.tinyOplog, writesPerSecond: 20) { trial in
            try await trial.advance(to: phase)
            await trial.interrupt()
            try await rollOver(trial.pair.source)
            try trial.start()
            await #expect { _ = try await trial.result() } throws: {
                guard let error = $0 as? MigrationError else { return false }
                return error.code == .historyLost && error.message.contains("--drop")
            }
            #expect(trial.phase == .failed)
            let stored = try await trial.pair.destination.lane.open(
                ["find": "log"], on: "lagzero_internal"
            ).documents.compactMap { $0["text"]?.string }
            #expect(stored.contains { $0.contains("-> failed: ") })
            // As it says: anew.
            try trial.start {
                $0.resume = false
                $0.drop = true
            }
            try await trial.expectCompletion()
        }
    }

    /// Of a migration whose destination is open the oplog is not needed any more.
    @Test(.enabled(if: isSoak)) func f14AfterThePointOfNoReturnNoPositionIsNeeded() async throws {
        try await Trial.with(source: FaultServerTests.tinyOplog, writesPerSecond: 20) { trial in
            let source = trial.pair.source
            try await trial.advance(to: .finalizing)
            try await trial.openUnfinished()
            await trial.interrupt()
            try await rollOver(source, as: Pair.root)
            _ = try await source.lane.run(["dropDatabase": 1], on: "other")
            try trial.start()
            try await trial.expectCompletion()
        }
    }

    /// What changes meanwhile is more than what is held in memory: the rest is on this host's disk. In a cutover, when
    /// writes are blocked, nothing gathers.
    @Test(arguments: isSoak ? Trial.phases.dropLast() : [.inSync])
    func f20AFullDestinationDoesNotFillTheMemory(phase: Phase) async throws {
        try await Trial.with(writesPerSecond: 20) { trial in
            try trial.start { $0.dirtyBytes = 1 << 20 }
            try await trial.advance(to: phase)
            let member = trial.pair.destination.members[0]
            try await member.setFailPoint(
                "failCommand",
                [
                    "mode": "alwaysOn",
                    "data": [
                        "failCommands": ["insert", "update", "delete"], "errorCode": 14031,
                    ],
                ])
            let count = 20_000
            try await SampleData(.small, count: count, ids: .scattered, seed: 9)
                .insert(into: Trial.items, through: [trial.pair.source.lane])
            let engine = try #require(trial.engine)
            try await eventually("everything is read") { engine.progress().backlog >= count }
            #expect(engine.progress().onDisk > count / 4)
            // A stop waits for nothing, and the next process reads those changes again.
            await trial.interrupt()
            try await member.setFailPoint("failCommand", ["mode": "off"])
            try trial.start()
            try await trial.expectCompletion()
            #expect(trial.engine?.progress().onDisk == 0)
        }
    }

    @Test func f20AFullDestinationWhileTheOplogRollsOver() async throws {
        try await Trial.with(source: FaultServerTests.tinyOplog, writesPerSecond: 40) { trial in
            let member = trial.pair.destination.members[0]
            let phases = isSoak ? Trial.phases : [.copying, .catchingUp, .inSync]
            try await trial.survive(phases) { phase in
                try await member.setFailPoint(
                    "failCommand",
                    [
                        "mode": "alwaysOn",
                        "data": [
                            "failCommands": ["insert", "update", "delete", "createIndexes"],
                            "errorCode": 14031,
                        ],
                    ])
                try await trial.waitsForSpace()
                // In a cutover only who bypasses the block writes.
                try await rollOver(
                    trial.pair.source, as: phase == .finalizing ? Pair.root : Trial.application)
                #expect(trial.phase?.isFinal == false)
            }
        }
    }
}
