import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// A destination that is full, does not let us in or does not take a document.
extension FaultServerTests {
    /// OutOfDiskSpace for every command that writes.
    static let full: Document = [
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
                try await trial.waitsForSpace()
                #expect(trial.phase?.isFinal == false)
            }
        }
    }

    /// A server whose disk is full refuses what it is told, and ends sooner or later.
    @Test func f10ADestinationOnAFullDiskIsWaitedFor() async throws {
        let disk = try await SmallDisk()
        try await Trial.with(destination: { $0.mongod = disk.mongod }) { trial in
            let destination = trial.pair.destination
            let server = destination.members[0].process
            try await trial.survive(isSoak ? Trial.phases : [.copying, .inSync]) { phase in
                try disk.fill(for: destination)
                try await eventually("the engine waits for space at \(phase)") {
                    !server.isRunning || trial.isWaiting(for: ["no space left"])
                }
                #expect(trial.phase?.isFinal == false)
                disk.empty(for: destination)
                // What it could not write it may not survive.
                try await server.restart()
                _ = try await destination.primary()
            }
        }
    }

    @Test func f11RemovedPrivilegesAndUsersAreWaitedFor() async throws {
        let user = Credentials(username: "mover", password: "mover")
        try await Trial.with { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            for set in [source, destination] { try await set.createUser(user, roles: ["root"]) }
            try trial.start(source: source.uri(as: user), destination: destination.uri(as: user))
            try await trial.survive { phase in
                for set in [source, destination] {
                    _ = try await set.lane.run(["updateUser": "mover", "roles": []])
                    try await eventually("the engine waits for privileges at \(phase)") {
                        trial.isWaiting(for: Trial.lockedOut)
                    }
                    _ = try await set.lane.run(["updateUser": "mover", "roles": ["root"]])
                    try await eventually("the engine goes on") {
                        !trial.isWaiting(for: Trial.lockedOut)
                    }
                    _ = try await set.lane.run(["dropUser": "mover"])
                    try await eventually("the engine waits for its user at \(phase)") {
                        trial.isWaiting(for: Trial.lockedOut)
                    }
                    try await set.createUser(user, roles: ["root"])
                    try await eventually("the engine goes on") {
                        !trial.isWaiting(for: Trial.lockedOut)
                    }
                }
            }
            #expect(!trial.log.contains("catalog: drop shop.items"))
        }
    }

    /// In every phase documents are written: the copied collections are kept in step from `copying` on.
    @Test func f12ARefusedDocumentPausesAndNothingIsSkipped() async throws {
        try await Trial.with { trial in
            let member = trial.pair.destination.members[0]
            let refusal: Document = [
                "mode": "alwaysOn", "data": ["collectionNS": .string("\(Trial.items)")],
            ]
            try await trial.survive(isSoak ? Trial.phases : [.copying, .inSync]) { phase in
                let engine = try #require(trial.engine)
                // Upserts insert, too.
                try await member.setFailPoint("failCollectionInserts", refusal)
                if phase == .copying { try await trial.release(.copying) }
                if phase == .finalizing {
                    // A cutover does not pause, it is refused; that of a user who writes in spite of the block ends at once.
                    _ = try await trial.pair.source.lane.run(
                        ["insert": "items", "documents": [["_id": "refused"]]], on: "shop")
                    try await eventually("the write is read") { engine.progress().backlog > 0 }
                    try await trial.release(.finalizing)
                }
                try await trial.reach(.paused)
                #expect(
                    await engine.details().pausedFrom == (phase == .finalizing ? .inSync : phase))
                #expect(
                    engine.progress().message.contains("refuses a document of shop.items with _id"))
                // Resumed too early, it pauses again.
                await engine.resume()
                try await trial.reach(.paused)
                try await member.setFailPoint("failCollectionInserts", ["mode": "off"])
                await engine.resume()
            }
        }
    }

    /// Not single statements of it: the whole command, by an error that no rule knows.
    @Test func f12ARefusedCommandPausesAndNothingIsSkipped() async throws {
        try await Trial.with { trial in
            let member = trial.pair.destination.members[0]
            try await trial.survive([.copying, .inSync]) { phase in
                let engine = try #require(trial.engine)
                let verb: Value = phase == .copying ? "insert" : "update"
                try await member.setFailPoint(
                    "failCommand",
                    [
                        "mode": "alwaysOn",
                        "data": [
                            "failCommands": [verb], "errorCode": 2,
                            "namespace": .string("\(Trial.items)"),
                        ],
                    ])
                try await trial.reach(.paused)
                #expect(engine.progress().message.contains("refuses writes to shop.items"))
                try await member.setFailPoint("failCommand", ["mode": "off"])
                await engine.resume()
            }
        }
    }
}
