import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Each way in that is barred, with the message and remedy of its own.
@Suite(.serialized)
struct ValidationRefusalServerTests {
    private func open() async throws -> String { try await ValidationFixture.open.value.uri }

    @Test func twoGoodSetsAreNotBlocked() async throws {
        let source = try await ValidationFixture.secured.value
        let report = try await validated(source.uri, try await open())
        #expect(!report.isBlocking, "\(report.text())")
        #expect(report.failures.isEmpty)
        #expect(try report.one("credentials", .source).outcome == .pass)
        #expect(try report.one("writeBlocking", .source).outcome == .pass)
        #expect(try report.one("writeBlocking", .destination).outcome == .warning)
        #expect(try report.one("versionPair").outcome == .warning)
        #expect(try report.one("topologyPair").outcome == .pass)
        for side in [ValidationCheck.Side.source, .destination] {
            #expect(try report.one("storageEngine", side).seen == "wiredTiger")
        }
        #expect(!report.checks.contains { $0.seen.contains("not looked at") })
    }

    @Test func aWrongPasswordIsNotCorrect() async throws {
        let source = try await ValidationFixture.secured.value
        let wrong = Credentials(username: "root", password: "wr0ng-secret")
        let report = try await validated(source.uri(as: wrong), try await open())
        let check = try report.one("credentials", .source)
        #expect(check.outcome == .failure)
        #expect(check.message == "The username or password is not correct")
        #expect(check.seen.contains("root"))
        #expect(check.remedy != nil)
        #expect(report.failures == ["credentials"])
        #expect(report.isBlocking)
    }

    @Test func aMissingLoginIsNotAWrongOne() async throws {
        let source = try await ValidationFixture.secured.value
        let report = try await validated(source.uri(as: nil), try await open())
        let check = try report.one("credentials", .source)
        #expect(check.outcome == .failure)
        #expect(check.message == "The server requires a login")
    }

    @Test func aMechanismOtherThanSCRAMIsRefused() async throws {
        let source = try await ValidationFixture.secured.value
        let uri = source.uri(as: ValidationFixture.root, options: ["authMechanism": "PLAIN"])
        let report = try await validated(uri, try await open())
        #expect(report.failures == ["scram"])
    }

    @Test func aNameWithoutAddressDoesNotResolve() async throws {
        let report = try await validated("mongodb://nothing.invalid:27017/", try await open())
        let check = try report.one("hostNames", .source)
        #expect(check.outcome == .failure)
        #expect(check.message == "Could not resolve hostname")
        #expect(check.seen.contains("nothing.invalid"))
        #expect(report.failures == ["hostNames"])
    }

    @Test func anSRVNameWithoutRecordsDoesNotResolve() async throws {
        let report = try await validated(
            "mongodb+srv://root:s3cr%3At%2Fp%40ss%25w%3Frd@cluster.nothing.invalid/",
            try await open())
        let check = try report.one("hostNames", .source)
        #expect(check.outcome == .failure)
        #expect(check.message == "Could not resolve hostname")
        #expect(check.remedy?.contains("mongodb+srv") == true)
    }

    @Test func aClosedPortIsNotReached() async throws {
        let report = try await validated(try await open(), "mongodb://127.0.0.1:1/")
        let check = try report.one("reachable", .destination)
        #expect(check.outcome == .failure)
        #expect(check.message == "Could not reach specified destination")
        #expect(check.seen == "127.0.0.1:1: nothing listens there")
    }

    @Test func aHostThatDropsPacketsIsNotReached() async throws {
        let host = try await DeafHost()
        let report = try await validated("mongodb://\(host.address)/", try await open())
        let check = try report.one("reachable", .source)
        #expect(check.outcome == .failure)
        #expect(check.message == "Could not reach specified source")
        #expect(check.seen == "\(host.address): no answer within 3 s")
        #expect(check.remedy?.contains("firewall") == true)
        #expect(report.failures == ["reachable"])
    }

    @Test func aFrozenServerIsSilent() async throws {
        let set = try await ReplicaSet.start()
        set.members[0].process.freeze()
        let report = try await validated(set.uri, try await open())
        let check = try report.one("reachable", .source)
        #expect(check.outcome == .failure)
        #expect(check.seen.contains("says nothing"))
        #expect(report.failures == ["reachable"])
        set.members[0].process.thaw()
        try await set.stop()
    }

    @Test func aMemberThatIsDownIsNamed() async throws {
        let set = try await ReplicaSet.start(ReplicaSetOptions(members: 3))
        let primary = try await set.primary()
        let victim = try #require(set.members.first { $0 !== primary })
        try await victim.process.kill()
        let report = try await validated("mongodb://\(primary.address)/", try await open())
        let check = try report.one("reachable", .source)
        #expect(check.outcome == .failure)
        #expect(
            check.seen == "\(victim.address), a member of the replica set: nothing listens there")
        try await set.stop()
    }

    @Test func aStandaloneIsRefusedOnEitherSide() async throws {
        var options = ReplicaSetOptions()
        options.isStandalone = true
        let set = try await ReplicaSet.start(options)
        let source = try await validated(set.uri, try await open()).one("replicaSet", .source)
        #expect(source.outcome == .failure)
        #expect(source.message == "Source appears to be a standalone")
        #expect(source.number == 11)
        let destination = try await validated(try await open(), set.uri).one(
            "replicaSet", .destination)
        #expect(destination.message == "Destination appears to be a standalone")
        try await set.stop()
    }

    @Test func anotherStorageEngineIsRefused() async throws {
        var options = ReplicaSetOptions()
        options.arguments = ["--storageEngine", "ephemeralForTest"]
        let set = try await ReplicaSet.start(options)
        let report = try await validated(set.uri, try await open())
        let check = try report.one("storageEngine", .source)
        #expect(check.outcome == .failure)
        #expect(check.number == 39)
        #expect(check.message == "Storage engine ephemeralForTest is not supported")
        #expect(report.failures == ["storageEngine"])
        try await set.stop()
    }

    @Test func anotherNameOfTheSetIsTold() async throws {
        let uri = try await ValidationFixture.open.value.uri(
            as: nil, options: ["replicaSet": "other"])
        let source = try await ValidationFixture.secured.value.uri
        let check = try await validated(source, uri).one("replicaSet", .destination)
        #expect(check.outcome == .failure)
        #expect(check.message == "The replica set has another name")
        #expect(check.remedy?.contains("replicaSet=open") == true)
    }

    @Test func oneClusterTwiceIsRefusedUnderAnyName() async throws {
        let set = try await ValidationFixture.open.value
        let other = "mongodb://localhost:\(set.members[0].process.port)/"
        let report = try await validated(set.uri, other)
        let check = try report.one("sameCluster")
        #expect(check.outcome == .failure)
        #expect(check.number == 54)
        #expect(report.isBlocking)
    }

    @Test func aPortThatIsNoneIsNamed() async throws {
        let report = try await validated("mongodb://127.0.0.1:99999/", try await open())
        #expect(report.failures == ["connectionString"])
    }
}
