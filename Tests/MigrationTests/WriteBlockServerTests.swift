import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

/// How writes are blocked where the network does its worst.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WriteBlockServerTests {
    /// The server goes on with a block that nobody waits for any more, as soon as it can. `isCancelled`: whoever wanted it
    /// does not any more, and lifts it.
    @Test(arguments: [false, true]) func aBlockWhoseAnswerIsLostDoesNotStay(
        isCancelled: Bool
    ) async throws {
        try await Pair.with(source: { $0.isBehindProxy = true }) { pair in
            let proxy = try #require(pair.source.members[0].proxy)
            try await pair.source.lane.perform(["create": "orders"], on: "shop")
            let source = try await Side(.source, ConnectionString(pair.source.uri))
            let destination = try await Side(.destination, ConnectionString(pair.destination.uri))
            let retry = Retry(status: Status())
            let lease = try await Lease.acquire(
                as: Lease.Owner(host: "test", boot: "1", process: 1), isRunning: { _ in false },
                lane: destination.lane(), retry: retry)
            let store = StateStore(lane: destination.lane(), retry: retry, epoch: lease.epoch)
            let block = WriteBlock(side: source, store: store, retry: retry)

            let transaction = try await OpenTransaction(on: pair.source.cluster())
            let blocking = Task { try await block.block(limit: 3_000, isOursAlready: false) }
            try await eventually("the block waits for the transaction") {
                try await blocksUnderWay(pair.source.lane) == 1
            }
            proxy.cut(deliveringRequests: true)
            if isCancelled { blocking.cancel() }
            let lifting = Task {
                let result = await blocking.result
                if isCancelled { try await block.lift() }
                return try result.get()
            }
            try await eventually("the transaction ends") {
                (try? await transaction.commit()) != nil
            }
            await #expect { _ = try await lifting.value } throws: {
                ($0 as? MongoError)?.isUnanswered ?? ($0 is CancellationError)
            }
            try await eventually("no block is under way") {
                try await blocksUnderWay(pair.source.lane) == 0
            }
            #expect(try await !pair.source.isBlocked())
            #expect(!retry.status.blocked.contains(.source))
            // Who lifts it in a cutover tells that at its end.
            #expect(try await store.loadMigration()?["sourceBlocked"]?.bool == isCancelled)
            await source.close()
            await destination.close()
        }
    }

    private func blocksUnderWay(_ lane: Lane) async throws -> Int {
        try await lane.open(
            [
                "aggregate": 1,
                "pipeline": [
                    ["$currentOp": ["allUsers": true]],
                    ["$match": ["command.setUserWriteBlockMode": ["$exists": true]]],
                ], "cursor": [:],
            ], on: "admin"
        ).documents.count { _ in true }
    }
}
