import BSON
import Foundation
import Migration
import Mongo
import Sandbox
import Testing

/// The engine itself is killed, frozen, doubled or starved.
extension FaultServerTests {
    /// Owners that are given up after a second.
    static func hasty(_ options: inout MigrationOptions) {
        options.lease.heartbeat = .milliseconds(200)
        options.lease.limit = .milliseconds(600)
        options.lease.patience = .milliseconds(1_000)
    }

    @Test func f1KillingTheEngineAtAnyMomentLosesNothing() async throws {
        try await Trial.with { trial in
            var child = try ChildMigration(trial.pair)
            for phase in Trial.phases {
                for _ in 0..<(isSoak ? 5 : 1) {
                    try await child.reach(phase.rawValue)
                    trace("--- kill in \(phase)")
                    try await child.kill()
                    child = try ChildMigration(trial.pair, isResumed: true)
                }
                try await trial.release(phase)
            }
            #expect(try await child.end() == 0)
            #expect(child.phase == "complete")
            #expect(child.mismatches == [])
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// Past the point of no return there is only forward, before the destination is opened and afterwards.
    @Test(arguments: [false, true])
    func f1KillingTheEngineWhileItFinishesLosesNothing(isOpened: Bool) async throws {
        try await Trial.with { trial in
            try await FaultServerTests.killWhileItFinishes(trial, isOpened: isOpened)
            try await trial.release(.finalizing)
            let child = try ChildMigration(trial.pair, isResumed: true)
            #expect(try await child.end() == 0)
            #expect(child.phase == "complete")
            // By the one that was killed: nothing is left to be compared.
            #expect(try #require(child.documentsVerified) > 0)
            #expect(try await !trial.pair.destination.isBlocked())
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }

    /// The next engine knows from the first moment on that there is only forward, and says how far that is.
    @Test(arguments: [false, true])
    func f1KillingTheEngineWhileItFinishesIsKnownToTheNextOne(isOpened: Bool) async throws {
        try await Trial.with { trial in
            try await FaultServerTests.killWhileItFinishes(trial, isOpened: isOpened)
            let engine = try trial.start(options: FaultServerTests.hasty, host: "elsewhere")
            try await trial.reach(.finalizing)
            let details = await engine.details()
            #expect(details.isPastPointOfNoReturn == true)
            #expect(!details.isBackOutPossible)
            let opening = try #require(details.steps.first { $0.name == .openDestination })
            #expect((opening.ended != nil) == isOpened)
            #expect(details.steps.prefix { $0.name != .openDestination }.count == 8)
            let earlier = details.steps.prefix(8)
            #expect(earlier.allSatisfy { $0.ended != nil && !$0.hasFailed && $0.begun == nil })
            try await trial.release(.finalizing)
            let report = try await trial.result()
            #expect(report.phase == .complete)
            #expect(await engine.details().steps.allSatisfy { $0.ended != nil })
        }
    }

    static func killWhileItFinishes(_ trial: Trial, isOpened: Bool) async throws {
        let child = try ChildMigration(trial.pair)
        for phase in Trial.phases.dropLast() {
            try await child.reach(phase.rawValue)
            try await trial.release(phase)
        }
        try await child.reach("finalizing")
        let state = Namespace("lagzero_internal", "state")
        let destination = trial.pair.destination
        // What is to be done after the point of no return takes its time.
        let unopened: Document = [
            "mode": "alwaysOn",
            "data": ["failCommands": ["setUserWriteBlockMode"], "errorCode": 6],
        ]
        try await destination.members[0].setFailPoint(
            "failCommand", isOpened ? Trial.unfinished : unopened)
        try await eventually("the point of no return is recorded, and how open the destination is")
        {
            try await destination.lane.open(
                [
                    "find": .string(state.collection),
                    "filter": ["cutover": "accepted", "destinationBlocked": .bool(!isOpened)],
                ],
                on: state.database
            ).isEmpty == false
        }
        #expect(try await destination.isBlocked() != isOpened)
        try await child.kill()
        #expect(try await trial.pair.source.isBlocked())
    }

    /// Everything is on the destination: nothing of this host is needed.
    @Test func f2AnotherHostGoesOnAfterTheFirstIsLost() async throws {
        try await Trial.with { trial in
            for phase in Trial.phases {
                if isSoak || phase == .copying || phase == .inSync {
                    let first = try ChildMigration(
                        trial.pair, isResumed: phase != .copying)
                    try await first.reach(phase.rawValue)
                    try await first.kill()
                    // It cannot know that the process is dead: only that it is silent.
                    try trial.start(options: FaultServerTests.hasty, host: "elsewhere")
                    try await trial.reach(phase)
                    try await trial.release(phase)
                    if isSoak, phase != .finalizing { await trial.interrupt() }
                    if phase == .copying { await trial.interrupt() }
                } else {
                    try await trial.release(phase)
                }
            }
            try await trial.expectCompletion()
        }
    }

    @Test func f3ASecondOwnerIsRefused() async throws {
        try await Trial.with(writesPerSecond: 20) { trial in
            try trial.start(options: FaultServerTests.hasty)
            for phase in Trial.phases {
                try await trial.reach(phase)
                for host in ["test", "elsewhere"] {
                    try await trial.expectRefusal(
                        of: Lease.Owner(host: host, boot: "1", process: 99),
                        options: FaultServerTests.hasty)
                }
                #expect(trial.phase?.isFinal == false)
                try await trial.release(phase)
            }
            try await trial.expectCompletion()
        }
    }

    /// A process that cannot be seen from here is not gone: names of hosts, and numbers of processes, are given twice.
    @Test func f3AnOwnerThatCannotBeSeenIsNotTakenForGone() async throws {
        try await Trial.with(writesPerSecond: 20) { trial in
            try trial.start(options: FaultServerTests.hasty)
            try await trial.reach(.copying)
            for owner in [
                Lease.Owner(host: "test", boot: "2", process: 2),
                Lease.Owner(host: "test", boot: "1", pids: "other", process: 2),
            ] {
                try await trial.expectRefusal(
                    of: owner, isHolderRunning: false, options: FaultServerTests.hasty)
            }
            try await trial.release(.finalizing)
            try await trial.expectCompletion()
        }
    }

    @Test func f4AStaleOwnerThatWakesWritesNothing() async throws {
        try await Trial.with { trial in
            // It, too, holds itself for replaced after a second.
            let arguments = ["--lease-scale", "0.04"]
            var stale = try ChildMigration(trial.pair, arguments: arguments)
            for phase in isSoak ? Trial.phases : Trial.phases.dropLast() {
                try await stale.reach(phase.rawValue)
                if isSoak || phase == .inSync { try await takeOver(from: stale, in: phase, trial) }
                if phase != .inSync || isSoak { try await trial.release(phase) }
                if isSoak, phase != .finalizing {
                    await trial.interrupt()
                    stale = try ChildMigration(trial.pair, isResumed: true, arguments: arguments)
                }
            }
            try await trial.expectCompletion()
        }
    }

    private func takeOver(
        from stale: ChildMigration, in phase: Phase, _ trial: Trial
    ) async throws {
        stale.send(SIGSTOP)
        // Another host sees that it is silent, and takes over.
        try trial.start(options: FaultServerTests.hasty, host: "elsewhere")
        try await trial.reach(phase)
        if phase == .finalizing {
            try await eventually("writes are blocked") { try await trial.pair.source.isBlocked() }
        } else {
            let before = trial.workload.counts.writes
            try await eventually("the application writes") {
                trial.workload.counts.writes > before + 200
            }
        }
        stale.send(SIGCONT)
        #expect(try await stale.end() == 1)
        #expect(stale.phase == "failed")
        #expect(trial.phase == phase || phase == .catchingUp)
        // The block is the new owner's.
        #expect(try await trial.pair.source.isBlocked() == (phase == .finalizing))
    }

    /// At most 800 MB of addresses, stacks and programs included: at 450 MB a thread finds no room for its stack,
    /// however much data there are.
    @Test func f17ItRunsWithinLittleMemory() async throws {
        try await Trial.with(documents: isSoak ? 2_000_000 : 100_000, writesPerSecond: 500) {
            trial in
            try await trial.release(.finalizing)
            let child = try ChildMigration(
                trial.pair, arguments: ["--cutover", "when-in-sync"],
                limits: "ulimit -v 800000;")
            var peak = 0
            try await eventually("the process ends", within: .seconds(isSoak ? 600 : 240)) {
                peak = max(peak, ResourceUsage(pid: child.pid)?.peakBytes ?? 0)
                return !child.isRunning
            }
            #expect(try await child.end() == 0)
            trace("peak \(peak >> 20) MB")
            #expect(peak > 0 && peak < 256 << 20)
            await trial.workload.stop()
            #expect(try await trial.pair.differences() == [])
        }
    }
}
