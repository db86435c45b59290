import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// What can go wrong around a cutover, and what may be left behind.
extension FaultServerTests {
    /// No block, no cursor, no user, and the application can write on both sides.
    func expectNothingLeftBehind(_ trial: Trial) async throws {
        for set in [trial.pair.source, trial.pair.destination] {
            #expect(try await !set.isBlocked())
            #expect(try await set.engineCursors() == [])
        }
        let users = try await trial.pair.destination.lane.run(["usersInfo": 1])["users"]?.elements
        #expect(users?.count == 1)
        let before = trial.workload.counts.writes
        try await eventually("the application writes") {
            trial.workload.counts.writes > before
        }
    }

    @Test func f16WritesDuringTheCutoverRefuseIt() async throws {
        // Nobody can be blocked where nobody logs in.
        try await Pair.with {
            $0.root = nil
        } destination: {
            $0.root = nil
        } _: { pair in
            try await SampleData(.small, count: 500).insert(
                into: Trial.items, through: [pair.source.lane])
            let engine = try pair.engine {
                $0.cutover = .manual
                $0.quietPeriod = 2
            }
            let run = Task { try await engine.run() }
            defer { run.cancel() }
            let workload = Workload(
                on: try pair.source.cluster(), WorkloadOptions([Trial.orders], writesPerSecond: 50))
            try await eventually("it is ready") { engine.progress().isReady }
            await engine.requestCutover()
            try await eventually("it is refused") {
                let progress = engine.progress()
                return progress.phase == .inSync && progress.message.contains("shop.orders")
            }
            await workload.stop()
            try await eventually("it is complete") {
                if engine.progress().isReady { await engine.requestCutover() }
                return engine.progress().phase == .complete
            }
            #expect(try await run.value.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }

    /// From the application's last write on the source to its first one on the destination. The source's newest write is
    /// seen up to a second after it was done.
    @Test func theDowntimeOfTheReportIsThatOfTheApplication() async throws {
        try await Trial.with(definitionsPerSecond: 0) { trial in
            let clock = ContinuousClock()
            try await trial.advance(to: .inSync)
            let writing = clock.now
            try await trial.release(.inSync)
            try await trial.reach(.finalizing)
            try await eventually("the source is blocked") {
                try await trial.pair.source.isBlocked()
            }
            let blocked = clock.now
            try await eventually("applications have waited") {
                clock.now - blocked > .seconds(3)
            }
            let least = clock.now - blocked - .seconds(1)
            let report = try await trial.finish()
            let downtime = try #require(report.applicationDowntimeSeconds)
            #expect(downtime >= least / .seconds(1))
            #expect(downtime <= (clock.now - writing) / .seconds(1))
        }
    }

    @Test func f16ASourceThatWasNeverWrittenToIsQuiet() async throws {
        try await Pair.with {
            $0.root = nil
        } destination: {
            $0.root = nil
        } _: { pair in
            try await SampleData(.small, count: 500).insert(
                into: Trial.items, through: [pair.source.lane])
            // Longer than it takes until the cutover begins.
            let engine = try pair.engine { $0.quietPeriod = 8 }
            let run = Task { try await engine.run() }
            defer { run.cancel() }
            try await eventually("it is complete") { engine.progress().phase == .complete }
            #expect(try await run.value.applicationDowntimeSeconds == nil)
            #expect(try await pair.differences() == [])
        }
    }

    @Test func f18CancellingLeavesNothingBehind() async throws {
        for phase in isSoak ? Trial.phases + [.paused] : [.copying, .inSync, .finalizing] {
            try await Trial.with(writesPerSecond: 50) { trial in
                try await trial.advance(to: phase == .paused ? .inSync : phase)
                let engine = try #require(trial.engine)
                if phase == .paused { await engine.pause() }
                #expect(trial.phase == phase)
                try await engine.cancel()
                let report = try await trial.result()
                #expect(report.phase == .cancelled)
                #expect(report.problems.count == 1)
                try await expectNothingLeftBehind(trial)
                // It was for good.
                try trial.start()
                await #expect { _ = try await trial.result() } throws: {
                    ($0 as? MigrationError)?.code == .destinationHeld
                }
            }
        }
    }

    @Test func f18BackingOutLeavesNothingBehind() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await trial.advance(to: .copying)
            let engine = try #require(trial.engine)
            await engine.requestCutover()
            // Of what has not begun, too.
            #expect(try await engine.backOut())
            #expect(try await !engine.backOut())
            try await trial.advance(to: .inSync)
            for _ in 0..<2 {
                try await trial.reach(.finalizing)
                try await eventually("writes are blocked") {
                    try await trial.pair.source.isBlocked()
                }
                try await engine.backOut()
                #expect(trial.phase == .inSync)
                let refusal = await engine.details().refusal
                #expect(refusal?.hasPrefix("the operator backed out of the cutover") == true)
                #expect(try await !trial.pair.source.isBlocked())
                // Of the destination writes stay blocked: the migration goes on.
                #expect(try await trial.pair.destination.isBlocked())
                #expect(await engine.details().isSourceBlockedByOthers == false)
                try await eventually("it is ready again") { engine.progress().isReady }
            }
            try await trial.expectCompletion()
            await #expect { try await engine.cancel() } throws: {
                ($0 as? MigrationError)?.code == .tooLate
            }
        }
    }

    @Test func f18AnInterruptedCutoverLeavesTheSourceWritable() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await trial.advance(to: .inSync)
            try await trial.reach(.finalizing)
            try await eventually("writes are blocked") {
                try await trial.pair.source.isBlocked()
            }
            await trial.interrupt()
            #expect(try await !trial.pair.source.isBlocked())
            for set in [trial.pair.source, trial.pair.destination] {
                #expect(try await set.engineCursors() == [])
            }
            try trial.start()
            try await trial.expectCompletion()
        }
    }

    /// The time runs from the first time in sync on: before that it can end only in a migration that was resumed. In
    /// `finalizing` it never does.
    @Test(
        arguments: isSoak ? [.copying, .indexing, .catchingUp, .inSync, .paused] : [Phase.inSync])
    func f18ExpiryLeavesNothingBehindAndCanBeRetried(phase: Phase) async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let isResumed = phase != .inSync && phase != .paused
            try trial.start { $0.syncDuration = .seconds(isResumed ? 12 : 3) }
            try await trial.advance(to: .inSync)
            try await eventually("the time runs") {
                await trial.engine?.details().deadline != nil
            }
            if phase == .paused { await trial.engine?.pause() }
            if isResumed {
                await trial.interrupt()
                try await giveMoreToDo(trial, in: phase)
                try trial.start { $0.lagHold = 60 }
                try await trial.reach(phase)
            }
            await #expect { _ = try await trial.result() } throws: {
                ($0 as? MigrationError)?.code == .expired
            }
            #expect(trial.phase == .expired)
            try await expectNothingLeftBehind(trial)
            try trial.start()
            try await trial.expectCompletion()
        }
    }

    /// What holds a migration that has been in sync before.
    private func giveMoreToDo(_ trial: Trial, in phase: Phase) async throws {
        let source = trial.pair.source.lane
        try await trial.setFailPoint(from: phase)
        if phase == .copying {
            _ = try await source.run(["drop": "items"], on: "shop")
            _ = try await source.run(
                ["insert": "items", "documents": [["_id": "new"]]], on: "shop")
        }
        if phase == .indexing {
            _ = try await source.run(
                ["createIndexes": "items", "indexes": [["key": ["late": 1], "name": "late"]]],
                on: "shop")
        }
    }

    @Test func f18TheCountdownNeverFiresInACutover() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try trial.start { $0.syncDuration = .seconds(8) }
            let clock = ContinuousClock()
            try await trial.advance(to: .finalizing)
            let end = clock.now + .seconds(9)
            try await eventually("the time is over") { clock.now > end }
            #expect(trial.phase == .finalizing)
            try await trial.expectCompletion()
        }
    }

    @Test(.enabled(if: isSoak)) func f20ADrainThatDoesNotEndIsGivenUp() async throws {
        try await Trial.with(writesPerSecond: 50, definitionsPerSecond: 0) { trial in
            try await trial.advance(to: .inSync)
            let engine = try #require(trial.engine)
            try await eventually("it is ready") { engine.progress().isReady }
            let destination = trial.pair.destination.members[0]
            // ReadConcernMajorityNotAvailableYet: it is waited for.
            let data: Value = [
                "failCommands": ["insert", "update", "delete"], "errorCode": 134,
                "namespace": "shop.orders",
            ]
            try await destination.setFailPoint("failCommand", ["mode": "alwaysOn", "data": data])
            // Whatever the application has written until then.
            _ = try await trial.pair.source.lane.run(
                ["insert": "orders", "documents": [["_id": "last"]]], on: "shop")
            await engine.requestCutover()
            try await eventually("writes are blocked") { try await trial.pair.source.isBlocked() }
            try await eventually("it is refused") {
                trial.log.contains { $0.contains("refused: the last changes were not applied") }
            }
            #expect(try await !trial.pair.source.isBlocked())
            try await destination.setFailPoint("failCommand", ["mode": "off"])
            try await trial.expectCompletion()
        }
    }

    /// Where somebody sits before it: a script gets its exit code instead.
    @Test func differencesRefuseTheCutoverUntilTheyAreNotedByName() async throws {
        try await Trial.with(writesPerSecond: 50, definitionsPerSecond: 0) { trial in
            try await trial.advance(to: .inSync)
            await trial.interrupt()
            try await trial.release(.finalizing)
            for id in [-1, -2] {
                _ = try await trial.pair.destination.lane.run(
                    ["insert": "items", "documents": [["_id": .integer(id)]]], on: "shop")
            }
            let engine = try trial.start { $0.endsOnDifferences = false }
            try await trial.reach(.inSync)
            try await eventually("both are named and repaired") {
                let mismatches = await engine.details().mismatches
                return mismatches.count == 2 && mismatches.allSatisfy { $0.contains("repaired") }
            }
            let found = await engine.details().mismatches
            for (round, noted) in [found[0], "shop.items: document -3 is missing"].enumerated() {
                await engine.acknowledgeMismatches([noted])
                #expect(await engine.details().mismatches == [found[1]])
                await engine.requestCutover()
                try await eventually("the cutover is refused") {
                    trial.log.count {
                        $0.hasPrefix("cutover refused: verification found 1 difference")
                    } == round + 1
                }
                #expect(engine.progress().phase == .inSync)
            }
            await engine.acknowledgeMismatches([found[1]])
            try await trial.expectCompletion()
        }
    }

    /// What is left to be done then may take hours, in which the destination has its own applications.
    @Test func afterThePointOfNoReturnNothingOfTheSourceIsWritten() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try await source.createUser(FaultServerTests.stubborn, roles: ["root"])
            try await trial.advance(to: .inSync)
            let engine = try #require(trial.engine)
            try await trial.reach(.finalizing)
            try await trial.openUnfinished()
            let before = try #require(await engine.details().eventsRead)
            let lane = try source.cluster(as: FaultServerTests.stubborn).lane()
            _ = try await lane.run(
                ["insert": "orders", "documents": [["_id": "late"]]], on: "shop")
            try await eventually("the write is seen") {
                await engine.details().eventsRead ?? 0 > before
            }
            let problems = try await trial.finish().problems
            #expect(
                problems.contains { $0.contains("after the cutover (shop.orders)") }, "\(problems)")
            let found = try await destination.lane.open(
                ["find": "orders", "filter": ["_id": "late"]], on: "shop")
            #expect(found.isEmpty)
        }
    }

    /// Reading whole collections can take hours, and applications may be stopped when the cutover begins.
    @Test func uniqueIndexesAreCheckedInSyncAndNotOnceMoreInTheCutover_X12() async throws {
        try await Trial.with(writesPerSecond: 50, definitionsPerSecond: 0) { trial in
            try await trial.advance(to: .inSync)
            let engine = try #require(trial.engine)
            try await eventually("no violations are known") {
                await engine.details().uniqueViolations == []
            }
            let destination = trial.pair.destination.members[0]
            // Unauthorized, which is waited for
            let data: Value = [
                "failCommands": ["aggregate"], "errorCode": 13, "namespace": "shop.items",
            ]
            try await destination.setFailPoint("failCommand", ["mode": "alwaysOn", "data": data])
            #expect(try await trial.finish().phase == .complete)
            try await destination.setFailPoint("failCommand", ["mode": "off"])
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// Applications would wait for it, and do not yet.
    @Test func whileAnIndexIsBuiltTheMigrationIsNotReady() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await trial.advance(to: .inSync)
            let engine = try #require(trial.engine)
            try await trial.pair.destination.members[0].setFailPoint(
                "failCommand",
                [
                    "mode": "alwaysOn",
                    "data": ["failCommands": ["createIndexes"], "errorCode": 6],
                ])
            _ = try await trial.pair.source.lane.run(
                ["createIndexes": "items", "indexes": [["key": ["late": 1], "name": "late"]]],
                on: "shop")
            try await eventually("the index is being built") {
                await engine.details().waitingFor.contains { $0.contains("building indexes") }
            }
            try await eventually("that is said") {
                let progress = engine.progress()
                return !progress.isReady && progress.missing == "an index is being built"
            }
            #expect(await engine.details().missing.contains("an index is being built"))
            await engine.requestCutover()
            try await trial.expectCompletion()
            #expect(!trial.log.contains { $0.hasPrefix("cutover refused: indexes of") })
        }
    }
}
