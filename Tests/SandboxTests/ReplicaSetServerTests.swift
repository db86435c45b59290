import BSON
import Mongo
import Sandbox
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct ReplicaSetServerTests {
    @Test(arguments: MongodBinary.Version.allCases)
    func everyVersionStartsAsAReplicaSetAndTakesWrites(version: MongodBinary.Version) async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions(version: version))
        let reply = try await set.lane.write(
            ["insert": "c", "documents": [["_id": 1]]], on: "test")
        #expect(reply.count == 1)
        let info = try await set.lane.run(["buildInfo": 1])
        #expect(info["version"]?.string == version.rawValue)
        try await set.stop()
        #expect(!set.members[0].process.isRunning)
    }

    @Test func aStandaloneServerIsNoReplicaSet() async throws {
        var options = ReplicaSetOptions()
        options.isStandalone = true
        let set = try await ReplicaSet.start(options)
        let hello = try await set.lane.run(["hello": 1])
        #expect(hello["isWritablePrimary"]?.bool == true)
        #expect(hello["setName"] == nil)
        try await set.stop()
    }

    @Test(arguments: MongodBinary.Version.allCases)
    func aSetWithUsersAndTLSRefusesStrangers(version: MongodBinary.Version) async throws {
        var options = ReplicaSetOptions(version: version)
        options.root = Credentials(username: "admin", password: "p@ss:w/rd")
        options.usesTLS = true
        let set = try await ReplicaSet.start(options)
        let reader = Credentials(username: "reader", password: "r")
        try await set.createRole(
            "looker",
            privileges: [["resource": ["db": "test", "collection": ""], "actions": ["find"]]])
        try await set.createUser(reader, roles: ["looker"])

        let lane = try set.cluster(as: reader).lane()
        _ = try await lane.open(["find": "c"], on: "test")
        await #expect(throws: MongoError.self) {
            try await lane.write(["insert": "c", "documents": [["_id": 1]]], on: "test")
        }
        let nobody = try Cluster(ConnectionString(set.uri(as: nil))).lane()
        await #expect(throws: MongoError.self) { try await nobody.open(["find": "c"], on: "test") }
        let authority = try #require(set.certificates?.wrongAuthority)
        let deceived = set.uri(
            as: options.root, options: ["tlsCAFile": authority, "serverSelectionTimeoutMS": "500"])
        let victim = try Cluster(ConnectionString(deceived)).lane()
        await #expect(throws: MongoError.self) { try await victim.run(["ping": 1]) }
        try await set.stop()
    }

    @Test func theOplogIsAsSmallAsAsked() async throws {
        var options = ReplicaSetOptions()
        options.oplogMegabytes = 1
        options.parameters = ["enableTestCommands": "1"]
        let set = try await ReplicaSet.start(options)
        let stats = try await set.lane.run(["collStats": "oplog.rs"], on: "local")
        #expect(stats["maxSize"]?.integer == 1 << 20)
        let parameter = try await set.lane.run(["getParameter": 1, "enableTestCommands": 1])
        #expect(parameter["enableTestCommands"]?.bool == true)
        try await set.stop()
    }

    @Test func aLoneMemberThatStepsDownIsElectedAgain() async throws {
        let set = try await ReplicaSet.start()
        try await set.stepDown()
        let reply = try await set.lane.write(
            ["insert": "c", "documents": [["_id": 1]]], on: "test")
        #expect(reply.count == 1)
        try await set.stop()
    }

    @Test func threeMembersElectAnotherPrimaryWhenItStepsDownFreezesOrDies() async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions(members: 3))
        let first = try await set.primary()
        let second = try await set.stepDown()
        #expect(second !== first)

        second.process.freeze()
        let third = try await set.primary()
        #expect(third !== second)
        second.process.thaw()
        try await eventually("the frozen member follows") {
            await second.hello()?["secondary"]?.bool == true
        }

        try await third.process.kill()
        let fourth = try await set.primary()
        #expect(fourth !== third)
        try await third.process.start()
        try await eventually("all follow") { await set.secondaries().count == 2 }
        try await set.stop()
    }

    @Test func aRestartedMemberKeepsItsData() async throws {
        let set = try await ReplicaSet.start()
        let member = set.members[0]
        let write: Document = [
            "insert": "c", "documents": [["_id": 1]], "writeConcern": ["w": "majority", "j": true],
        ]
        _ = try await set.lane.write(write, on: "test")
        try await member.process.restart()
        _ = try await set.primary()
        let found = try await member.lane.run(["count": "c"], on: "test")
        #expect(found["n"]?.integer == 1)
        let usage = try #require(member.process.usage)
        #expect(usage.cpuSeconds > 0)
        #expect(usage.peakBytes > 10 << 20)
        try await member.process.stop()
        #expect(member.process.usage == nil)
        try await set.stop()
    }

    @Test func membersBehindProxiesAreASetAndSufferTheirFaults() async throws {
        var options = ReplicaSetOptions(members: 3)
        options.isBehindProxy = true
        let set = try await ReplicaSet.start(options)
        let old = try await set.primary()
        let write: Document = ["insert": "c", "documents": [["_id": 1]], "writeConcern": ["w": 3]]
        _ = try await set.lane.write(write, on: "test")

        for member in set.members { member.proxy?.cut() }
        try await eventually("writes go on after a cut") {
            let update: Document = [
                "update": "c", "updates": [["q": ["_id": 1], "u": ["$set": ["a": 1]]]],
            ]
            return (try? await set.lane.write(update, on: "test").count) == 1
        }

        // Nobody hears the primary any more; it still runs.
        old.proxy?.halfOpen()
        try await eventually("another member is elected") {
            for member in set.members where member !== old {
                if await member.hello()?["isWritablePrimary"]?.bool == true { return true }
            }
            return false
        }
        old.proxy?.heal()
        try await eventually("all are together again") {
            await set.secondaries().count == 2
        }
        try await set.stop()
    }
}
