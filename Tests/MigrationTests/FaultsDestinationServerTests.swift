import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// A destination that is full, does not let us in or does not take a document.
extension FaultServerTests {
    /// OutOfDiskSpace for every command that writes.
    private static let full: Document = [
        "mode": "alwaysOn",
        "data": [
            "failCommands": ["insert", "update", "delete", "createIndexes", "create", "collMod"],
            "errorCode": 14031,
        ],
    ]

    @Test func f10AFullDestinationIsWaitedFor() async throws {
        try await Trial.with { trial in
            let member = trial.pair.destination.members[0]
            try await trial.survive { _ in
                try await member.setFailPoint("failCommand", FaultServerTests.full)
                try await eventually("the engine says that it waits for space") {
                    trial.engine?.progress().message.contains("OutOfDiskSpace") ?? false
                }
                #expect(trial.phase?.isFinal == false)
                try await trial.release(.finalizing)
            }
        }
    }

    @Test func f11RemovedPrivilegesAndUsersAreWaitedFor() async throws {
        let user = Credentials(username: "mover", password: "mover")
        let lockedOut = ["unauthorized", "not authorized", "authentication"]
        try await Trial.with { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            for set in [source, destination] { try await set.createUser(user, roles: ["root"]) }
            try trial.start(source: source.uri(as: user), destination: destination.uri(as: user))
            try await trial.survive { phase in
                for set in [source, destination] {
                    _ = try await set.lane.run(["updateUser": "mover", "roles": []])
                    try await eventually("the engine waits for privileges at \(phase)") {
                        trial.isWaiting(for: lockedOut)
                    }
                    _ = try await set.lane.run(["updateUser": "mover", "roles": ["root"]])
                    try await eventually("the engine goes on") { !trial.isWaiting(for: lockedOut) }
                    _ = try await set.lane.run(["dropUser": "mover"])
                    try await eventually("the engine waits for its user at \(phase)") {
                        trial.isWaiting(for: lockedOut)
                    }
                    try await set.createUser(user, roles: ["root"])
                    try await eventually("the engine goes on") { !trial.isWaiting(for: lockedOut) }
                }
            }
            #expect(!trial.log.contains("catalog: drop shop.items"))
        }
    }

    @Test func f12ARefusedDocumentPausesAndNothingIsSkipped() async throws {
        try await Trial.with { trial in
            let member = trial.pair.destination.members[0]
            let refusal: Document = [
                "mode": "alwaysOn", "data": ["collectionNS": .string("\(Trial.items)")],
            ]
            try trial.start()
            try await trial.reach(.copying)
            try await member.setFailPoint("failCollectionInserts", refusal)
            try await trial.release(.copying)
            try await trial.reach(.paused)
            let why = try #require(trial.engine).progress().message
            #expect(why.contains("refuses a document of shop.items with _id"))
            // Resumed too early, it pauses again.
            await trial.engine?.resume()
            try await trial.reach(.paused)
            try await member.setFailPoint("failCollectionInserts", ["mode": "off"])
            await trial.engine?.resume()
            for phase in [Phase.indexing, .catchingUp] {
                try await trial.reach(phase)
                try await trial.release(phase)
            }
            try await trial.reach(.inSync)
            // Upserts insert, too.
            try await member.setFailPoint("failCollectionInserts", refusal)
            try await trial.reach(.paused)
            #expect(try #require(trial.engine).progress().message.contains("shop.items"))
            try await member.setFailPoint("failCollectionInserts", ["mode": "off"])
            await trial.engine?.resume()
            try await trial.expectCompletion()
        }
    }
}
