import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Past the point of no return the source is nobody's business any more: it may be shut down, or cleared.
extension FaultServerTests {
    /// By another process, before the destination is opened and afterwards.
    @Test(arguments: [false, true])
    func f1ACutoverIsFinishedWithoutItsSource(isOpened: Bool) async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try await FaultServerTests.killWhileItFinishes(trial, isOpened: isOpened)
            await trial.workload.stop()
            for member in source.members { try await member.process.kill() }
            try await trial.release(.finalizing)
            let child = try ChildMigration(trial.pair, isResumed: true)
            #expect(try await child.end() == 0)
            #expect(child.phase == "complete")
            // Also where the one that saw the last write did not live to open the destination.
            #expect(
                try await FaultServerTests.downtime(destination).map { (0.001..<600).contains($0) }
                    == true)
            #expect(try await !destination.isBlocked())
            try await FaultServerTests.bringBack(source)
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// By the process that has cut over. What was wanted of the source is left to be done, and done when it is back.
    @Test func theSourceMayGoWhileItsCutoverIsFinished() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try trial.start { $0.keepSourceWritable = true }
            try await FaultServerTests.openButUnfinished(trial)
            await trial.workload.stop()
            for member in source.members { try await member.process.kill() }
            let report = try await trial.finish()
            #expect(report.phase == .complete)
            #expect(report.problems.count == 1)
            #expect(report.problems.first?.contains("the source did not answer") == true)
            try await FaultServerTests.bringBack(source)
            try trial.start { $0.keepSourceWritable = true }
            #expect(try await trial.result().problems == [])
            #expect(try await !source.isBlocked())
            #expect(try await !destination.isBlocked())
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// Nothing of another one is touched.
    @Test func anotherSetInThePlaceOfTheSourceIsNoneOfItsCutover() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let other = try await ReplicaSet.start(ReplicaSetOptions())
            try await FaultServerTests.openButUnfinished(trial)
            await trial.interrupt()
            try trial.start(options: { $0.keepSourceWritable = true }, source: other.uri)
            let report = try await trial.finish()
            #expect(report.phase == .complete)
            #expect(report.problems.count == 1)
            #expect(report.problems.first?.contains("the source did not answer") == true)
            #expect(try await trial.pair.source.isBlocked())
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
            try await other.stop()
        }
    }

    @Test(.enabled(if: isSoak))
    func f5f7f9f10WhatHappensToEitherSideWhileItFinishesIsSurvived() async throws {
        try await Trial.with(destination: { $0.isBehindProxy = true }, writesPerSecond: 50) {
            trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            let member = destination.members[0]
            try await FaultServerTests.openButUnfinished(trial)
            func isTriedAgain() async throws {
                try await member.failOne(
                    by: [
                        "mode": "alwaysOn", "data": ["failCommands": ["collMod"], "errorCode": 6],
                    ])
                #expect(trial.phase == .finalizing)
            }
            trace("--- step-down")
            for set in [source, destination] { try await set.stepDown() }
            try await isTriedAgain()
            trace("--- freeze")
            try await member.freezeUntilAsked()
            try await isTriedAgain()
            trace("--- full")
            try await member.setFailPoint("failCommand", FaultServerTests.full)
            try await trial.waitsForSpace()
            trace("--- restart")
            try await member.process.restart()
            _ = try await destination.primary()
            try await isTriedAgain()
            let report = try await trial.finish()
            #expect(report.phase == .complete)
            #expect(report.problems == [])
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// Indexes get the form that they had on the source when it was left.
    @Test func theSourceMayBeClearedWhileItsCutoverIsFinished() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try await FaultServerTests.openButUnfinished(trial)
            await trial.interrupt()
            await trial.workload.stop()
            let expected = try await FaultServerTests.indexes(source)
            _ = try await source.lane.run(["setUserWriteBlockMode": 1, "global": false])
            _ = try await source.lane.run(["dropDatabase": 1], on: "shop")
            #expect(try await FaultServerTests.indexes(destination) != expected)
            try trial.start()
            let report = try await trial.finish()
            #expect(report.phase == .complete)
            #expect(report.problems == [])
            #expect(try await FaultServerTests.indexes(destination) == expected)
        }
    }

    /// A lost history is no failure of a migration that is cut over.
    @Test func whatTheSourceCannotTellAfterTheCutoverIsNotNeeded() async throws {
        try await Trial.with(writesPerSecond: 20) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try await FaultServerTests.openButUnfinished(trial)
            let member = source.members[0]
            try await member.setFailPoint(
                "failCommand",
                [
                    "mode": "alwaysOn",
                    // ChangeStreamHistoryLost.
                    "data": ["failCommands": ["getMore", "aggregate"], "errorCode": 286],
                ])
            try await eventually("it is not asked any more") {
                trial.log.contains { $0.contains("the source is not asked any more") }
            }
            #expect(trial.phase == .finalizing)
            try await member.setFailPoint("failCommand", ["mode": "off"])
            let report = try await trial.finish()
            #expect(report.phase == .complete)
            #expect(report.problems == [])
            #expect(try await !destination.isBlocked())
        }
    }

    /// Goes to where the destination accepts writes, and unique indexes cannot be made unique for now.
    private static func openButUnfinished(_ trial: Trial) async throws {
        try await trial.advance(to: .finalizing)
        try await trial.openUnfinished()
    }

    private static func bringBack(_ source: ReplicaSet) async throws {
        for member in source.members { try await member.process.start() }
        try await eventually("the source is back") { (try? await source.isBlocked()) == true }
    }

    /// Of the stored report, seconds.
    private static func downtime(_ destination: ReplicaSet) async throws -> Double? {
        let state = try await destination.migrationState()
        return state?["report"]?.document?["downtime"]?.double
    }

    private static func indexes(_ set: ReplicaSet) async throws -> [Document] {
        let found = try await set.lane.open(["listIndexes": "items"], on: "shop").documents
        return found.map { $0.copied() }.sorted { "\($0)" < "\($1)" }
    }
}
