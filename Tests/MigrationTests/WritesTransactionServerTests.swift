import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Line W3 of the checklists: transactions.
@Suite(.serialized) struct WritesTransactionServerTests {
    @Test func w3CommittedAndAbortedTransactionsAreKept() async throws {
        try await Pair.withHolds { pair in
            try await seed(pair)
            let lanes = try await pair.application(lanes: 2)
            let committing = Application { round in
                try await Transaction.run(lanes[0], number: Int64(round), transfer(round))
            }
            let aborting = Application { round in
                let transaction = Transaction(lanes[1], number: Int64(round))
                try await transaction.perform(
                    ["insert": "accounts", "documents": [["_id": .integer(10_000 + round)]]],
                    on: "shop")
                try await transaction.abort()
            }
            let report = try await pair.migrate { _ in
                try await committing.does(5)
                try await aborting.does(5)
            }
            try await committing.stop()
            try await aborting.stop()
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }

    @Test func w3TransactionsOfManyOplogEntriesAreKept() async throws {
        try await Pair.withHolds(source: { $0.cacheGigabytes = 1 }) { pair in
            try await seed(pair)
            let lane = try pair.source.cluster().lane()
            // 20 MB are two entries of the oplog, and 12,000 documents two batches of the stream.
            let text = Value.string(String(repeating: "x", count: 1 << 20))
            let report = try await pair.migrate { phase in
                let number = LiveMigration.phases.firstIndex(of: phase) ?? 0
                let large = (0..<20).map { index -> Document in
                    [
                        "insert": "large",
                        "documents": [["_id": .integer(number * 100 + index), "text": text]],
                    ]
                }
                let many = (0..<12).map { part -> Document in
                    let documents = (0..<1_000).map { index -> Value in
                        ["_id": .integer((number * 12 + part) * 1_000 + index)]
                    }
                    return [
                        "insert": "many", "documents": .array(Document(array: documents)),
                    ]
                }
                try await Transaction.run(lane, number: Int64(number * 2), large)
                try await Transaction.run(
                    lane, number: Int64(number * 2 + 1), many + transfer(number))
            }
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
        }
    }

    @Test func w3ATransactionOpenAcrossTheStartIsKept() async throws {
        try await Pair.withHolds { pair in
            try await seed(pair)
            let cluster = try pair.source.cluster()
            var open: [Phase: Transaction] = [:]
            for (number, phase) in LiveMigration.phases.enumerated() {
                let transaction = Transaction(cluster.lane(), number: 1)
                try await transaction.perform(
                    [
                        "update": "accounts",
                        "updates": [["q": ["_id": .integer(number)], "u": ["before": true]]],
                    ], on: "shop")
                try await transaction.perform(
                    ["insert": "early", "documents": [["_id": .string(phase.rawValue)]]],
                    on: "shop")
                open[phase] = transaction
            }
            let report = try await pair.migrate { phase in try await open[phase]?.commit() }
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
            let early = try await pair.destination.lane.run(["count": "early"], on: "shop")
            #expect(early["n"]?.integer == LiveMigration.phases.count)
        }
    }

    @Test func w3ATransactionOpenAcrossTheCutoverRefusesIt() async throws {
        try await Pair.withHolds { pair in
            try await seed(pair)
            let live = try LiveMigration(pair)
            try await live.reached(.inSync)
            let transaction = Transaction(try pair.source.cluster().lane(), number: 1)
            try await transaction.perform(
                ["insert": "accounts", "documents": [["_id": "late"]]], on: "shop")
            await live.engine.requestCutover()
            try await live.isTrue("the cutover is refused for the transaction") {
                live.engine.progress().message.contains("open transaction")
            }
            try await live.isTrue("the migration is in sync again") { live.phase == .inSync }
            // The application goes on as if nothing had been.
            try await pair.source.lane.perform(
                ["insert": "accounts", "documents": [["_id": "meanwhile"]]], on: "shop")
            try await transaction.commit()
            let report = try await live.cutOver()
            #expect(report.verification.mismatches == [])
            #expect(try await pair.differences() == [])
            let late = try await pair.destination.lane.run(
                ["count": "accounts", "query": ["_id": ["$in": ["late", "meanwhile"]]]], on: "shop")
            #expect(late["n"]?.integer == 2)
        }
    }

    private func seed(_ pair: Pair) async throws {
        let accounts = (0..<50).map { number -> Value in
            ["_id": .integer(number), "balance": 1_000]
        }
        let lane = pair.source.lane
        try await lane.perform(
            ["insert": "accounts", "documents": .array(Document(array: accounts))], on: "shop")
        for name in ["large", "many", "early", "journal"] {
            try await lane.perform(["create": .string(name)], on: "shop")
        }
    }
}

/// What an application does in one transaction.
private func transfer(_ round: Int) -> [Document] {
    let (from, to) = (Value.integer(round % 50), Value.integer((round * 7 + 1) % 50))
    return [
        [
            "update": "accounts",
            "updates": [
                ["q": ["_id": from], "u": ["$inc": ["balance": -1]]],
                ["q": ["_id": to], "u": ["$inc": ["balance": 1]]],
                // Twice in one transaction.
                ["q": ["_id": from], "u": ["$set": ["last": .integer(round)]]],
            ],
        ],
        ["insert": "journal", "documents": [["from": from, "to": to]]],
        ["delete": "journal", "deletes": [["q": ["from": to], "limit": 1]]],
    ]
}
