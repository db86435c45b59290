import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// A destination that does not answer in the middle of a cutover.
extension FaultServerTests {
    /// `isInterrupted`: the operator does not wait until the engine has noticed.
    @Test(arguments: [false, true])
    func f18ADestinationLostInACutoverLeavesTheSourceWritable(isInterrupted: Bool) async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            let uri = destination.uri(as: Pair.root, options: FaultServerTests.impatient)
            try trial.start(
                options: { if !isInterrupted { $0.lease = Lease.Timing(scale: 0.2) } },
                destination: uri)
            try await trial.advance(to: .inSync)
            try await trial.reach(.finalizing)
            try await eventually("writes are blocked") { try await source.isBlocked() }
            destination.members[0].process.freeze()
            let stop = isInterrupted ? Task { await trial.interrupt() } : nil
            try await eventually("the source takes writes again") {
                try await !source.isBlocked()
            }
            let before = trial.workload.counts.writes
            try await eventually("the application writes") {
                trial.workload.counts.writes > before
            }
            destination.members[0].process.thaw()
            if let stop {
                await stop.value
                try trial.start(destination: uri)
            } else {
                try await eventually("it is undone") { trial.phase == .inSync }
            }
            try await trial.expectCompletion()
        }
    }

    /// The record of the point of no return is refused, or nobody knows whether it was written.
    @Test(arguments: [["errorCode": 6], ["closeConnection": true]] as [Document])
    func f18TheDestinationIsNotOpenedBeforeThePointOfNoReturnIsRecorded(
        failure: Document
    ) async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try await trial.advance(to: .inSync)
            try await trial.reach(.finalizing)
            try await eventually("writes are blocked") { try await source.isBlocked() }
            var data = DocumentBuilder(failure)
            data.append("failCommands", ["update"])
            data.append("namespace", "lagzero_internal.state")
            try await destination.members[0].setFailPoint(
                "failCommand", ["mode": "alwaysOn", "data": .document(data.finish())])
            try await eventually("the cutover fails at its record") {
                trial.log.contains {
                    $0.contains(
                        failure.has("errorCode")
                            ? "the source takes writes again" : "the source stays blocked")
                }
            }
            #expect(try await source.isBlocked() == !failure.has("errorCode"))
            #expect(try await destination.isBlocked())
            try await trial.release(.finalizing)
            try await eventually("it is undone") { trial.phase == .inSync }
            #expect(try await !source.isBlocked())
            try await trial.expectCompletion()
        }
    }

    /// What is recorded counts, whoever wanted to go back meanwhile.
    @Test func backingOutWhileThePointOfNoReturnIsRecordedComesTooLate() async throws {
        try await Trial.with(writesPerSecond: 50) { trial in
            try await trial.advance(to: .inSync)
            try await trial.reach(.finalizing)
            let engine = try #require(trial.engine)
            let data: Value = [
                "failCommands": ["update"], "blockConnection": true, "blockTimeMS": 2_000,
                "namespace": "lagzero_internal.state",
            ]
            try await trial.pair.destination.members[0].setFailPoint(
                "failCommand", ["mode": "alwaysOn", "data": data])
            try await eventually("the point of no return is being recorded") {
                await engine.details().steps.contains {
                    $0.name == .openDestination && $0.ended == nil
                }
            }
            let error = await #expect(throws: MigrationError.self) { try await engine.backOut() }
            #expect(error?.code == .tooLate)
            #expect(!trial.log.contains { $0.contains("the source takes writes again") })
            try await trial.expectCompletion()
        }
    }
}
