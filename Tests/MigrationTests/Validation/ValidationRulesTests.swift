import BSON
import Mongo
import Testing

@testable import Migration

struct ValidationRulesTests {
    private func options(resume: Bool = false, drop: Bool = false) -> MigrationOptions {
        var options = MigrationOptions()
        options.resume = resume
        options.drop = drop
        return options
    }

    @Test func theStateOfAnotherMigrationIsResumedDroppedOrRefused() {
        func outcome(_ isThere: Bool, _ options: MigrationOptions) -> ValidationCheck.Outcome {
            Validation.earlierMigration(isThere: isThere, options).outcome
        }
        #expect(outcome(true, options()) == .failure)
        #expect(outcome(true, options(resume: true)) == .pass)
        #expect(outcome(true, options(drop: true)) == .warning)
        #expect(outcome(false, options()) == .pass)
        #expect(outcome(false, options(resume: true)) == .failure)
        for isThere in [true, false] {
            #expect(outcome(isThere, options(resume: true, drop: true)) == .failure)
        }
        let remedy = Validation.earlierMigration(isThere: true, options()).remedy ?? ""
        #expect(remedy.contains("--resume") && remedy.contains("--drop"))
    }

    @Test(arguments: [
        (50, 0, ValidationCheck.Outcome.failure), (110, 0, .warning), (200, 0, .pass),
        (50, 200, .pass),
    ])
    func theDiskMustHoldWhatTheSourceStores(free: Int, freed: Int, outcome: ValidationCheck.Outcome)
    {
        let sizes = Validation.Sizes(data: 300, storage: 100, indexes: 20)
        let check = Validation.diskSpace(sizes, Validation.Room(free: free, freed: freed))
        #expect(check.outcome == outcome)
        if outcome == .failure {
            #expect(
                check.message == "Available disk space on the destination needs to be increased")
        }
    }

    @Test func theDiskHoldsAlreadyWhatAMigrationThatGoesOnHasCopied() {
        let sizes = Validation.Sizes(data: 300, storage: 100, indexes: 20)
        let check = Validation.diskSpace(sizes, Validation.Room(free: 50, stored: 100))
        #expect(check.outcome == .pass)
        #expect(check.seen.hasSuffix("are free on the destination or hold what was copied before"))
        // More than the source has is not the migration's.
        let room = Validation.Room(free: -30, stored: 1_000)
        #expect(Validation.diskSpace(sizes, room).outcome == .failure)
    }

    @Test func diskSpaceThatIsNotToldIsUnknownAndDoesNotBlock() {
        let check = Validation.diskSpace(Validation.Sizes(), nil)
        #expect(check.outcome == .unknown && !check.isBlocking)
        let refused = Validation.Sizes(refused: ["a": "not allowed"])
        #expect(Validation.diskSpace(refused, Validation.Room(free: 1)).outcome == .unknown)
        let statistics = Validation.databaseStatistics(refused)
        #expect(statistics.outcome == .warning)
        #expect(statistics.message == "Disk storage info unavailable")
    }

    @Test func anOplogThatWasNeverFullIsTakenAtItsPace() {
        let young = Validation.OplogWindow(covered: 600, size: 10, capacity: 1_000)
        #expect(young.window == 60_000)
        let full = Validation.OplogWindow(covered: 7_200, size: 1_000, capacity: 1_000)
        #expect(full.window == 7_200)
        #expect(full.check(bytes: 1_000_000).outcome == .pass)
        let large = full.check(bytes: 1_000_000_000_000)
        #expect(large.outcome == .warning)
        #expect(large.seen.contains("2 h 0 min") && large.seen.contains("6 h 56 min"))
        #expect(
            Validation.OplogWindow(covered: 60, size: 1, capacity: 1).check(bytes: nil).outcome
                == .warning)
    }

    @Test(arguments: [
        (
            true, Validation.Trouble.Findings(plain: .silent, tls: .silent),
            Validation.Trouble.silent
        ),
        (false, .init(plain: .silent, tls: .silent), .silent),
        (false, .init(plain: .closed, tls: .understood), .requiresTLS),
        (true, .init(plain: .understood, tls: .closed), .withoutTLS),
        (true, .init(plain: .closed, tls: .understood, succeedsWithAnyName: true), .otherName),
        (
            true, .init(plain: .closed, tls: .understood, succeedsWithAnyCertificate: true),
            .untrusted
        ),
        (true, .init(plain: .closed, tls: .understood), .handshake),
        (false, .init(plain: .other, tls: .other), .stranger),
        (false, .init(plain: .understood, tls: .closed), .other),
        (false, .init(plain: .understood, tls: .understood), .other),
    ])
    func whatAHostAnswersTellsWhatIsWrong(
        usesTLS: Bool, findings: Validation.Trouble.Findings, trouble: Validation.Trouble
    ) {
        #expect(Validation.Trouble(usesTLS: usesTLS, findings) == trouble)
    }

    @Test func twoNamesOfOneClusterAreTheSame() {
        typealias Identity = Validation.Identity
        let process = ObjectID(Array(repeating: 1, count: 12))
        let other = ObjectID(Array(repeating: 2, count: 12))
        let first = Identity(setName: "rs", members: ["a:1", "b:1"], process: process)
        #expect(Identity.isSame(first, Identity(process: process)) == true)
        // An election between the two questions.
        #expect(
            Identity.isSame(first, Identity(setName: "rs", members: ["b:1"], process: other))
                == true)
        #expect(
            Identity.isSame(first, Identity(setName: "rs", members: ["c:1"], process: other))
                == false)
        #expect(
            Identity.isSame(first, Identity(setName: "sr", members: ["a:1"], process: other))
                == false)
        #expect(Identity.isSame(first, Identity()) == nil)
        // Restored from the other's files: the same id, other members.
        let restored = Identity(setName: "rs", members: ["c:1"], process: other, set: process)
        #expect(
            Identity.isSame(Identity(setName: "rs", members: ["a:1"], set: process), restored)
                == false)
        let differing = Identity(setName: "rs", members: ["a:1"], set: other)
        #expect(
            Identity.isSame(Identity(setName: "rs", members: ["a:1"], set: process), differing)
                == false)
    }

    @Test func theSearchForViolationsFollowsTheIndex() {
        func search(_ index: Document) -> Validation.UniqueSearch {
            Validation.UniqueSearch(namespace: Namespace("a", "c"), index: index)
        }
        #expect(search(["key": ["a": 1, "b.c": -1]]).isFaithful)
        #expect(!search(["key": ["a.0": 1]]).isFaithful)
        #expect(!search(["key": ["a": "hashed"]]).isFaithful)
        #expect(search(["key": ["a.b": 1, "a.c": 1]]).mayFindTooMuch)
        #expect(!search(["key": ["a.b": 1, "d.c": 1]]).mayFindTooMuch)
        let partial = search(["key": ["a": 1], "partialFilterExpression": ["b": 1], "sparse": true])
        let first = partial.command["pipeline"]?.elements.first?.document
        #expect(first == ["$match": ["b": 1]])
    }

    @Test func theNameMustBeTypedToClear() throws {
        let uri = try ConnectionString("mongodb://h/")
        func outcome(_ typed: String?) -> ValidationCheck? {
            var options = options(drop: true)
            options.dropConfirmation = typed
            var party = Validation.Party(
                side: .destination, connectionString: uri, words: Validation.Words(uri), checks: [],
                hellos: [Validation.Hello(["setName": "rs9"], buildInfo: [:])], addresses: [])
            party.checkTypedName(options)
            return party.checks.first
        }
        #expect(outcome("rs9")?.outcome == .pass)
        #expect(outcome("rs8")?.outcome == .failure)
        #expect(outcome(nil)?.outcome == .failure)
        #expect(outcome(nil)?.remedy?.contains("--drop-confirm rs9") == true)
    }

    @Test(arguments: [
        (true, false, "Migrating a sharded cluster to a replica set is not supported"),
        (false, true, "Migrating to a sharded cluster is not supported by this version"),
        (true, true, "Migrating to a sharded cluster is not supported by this version"),
        (false, false, nil),
    ])
    func shardedClustersAreRefused(source: Bool, destination: Bool, message: String?) throws {
        let uri = try ConnectionString("mongodb://h/")
        func party(_ side: ValidationCheck.Side, isRouter: Bool) -> Validation.Party {
            // As a mongos answers, and as a primary does.
            let hello: Document =
                isRouter
                ? ["isWritablePrimary": true, "msg": "isdbgrid"]
                : ["setName": "rs", "isWritablePrimary": true, "primary": "h:27017"]
            return Validation.Party(
                side: side, connectionString: uri, words: Validation.Words(uri), checks: [],
                hellos: [Validation.Hello(hello, buildInfo: [:])], addresses: [])
        }
        var parties = [
            party(.source, isRouter: source), party(.destination, isRouter: destination),
        ]
        let check = try #require(
            Validation.checkPair(source: parties[0], destination: parties[1]))
        #expect(check.number == 12)
        #expect(check.outcome == (message == nil ? .pass : .failure))
        #expect(check.message == message || message == nil)
        #expect(check.isBlocking == (message != nil))
        #expect(check.remedy?.contains("Choose a replica set") != false)
        // It is said once, by this check alone.
        for index in parties.indices {
            parties[index].checkTopology()
            #expect(!parties[index].checks.contains { $0.outcome == .failure })
            let isRouter = index == 0 ? source : destination
            let row = parties[index].checks.first { $0.rule == .replicaSet }
            #expect(row?.message.hasSuffix("is a sharded cluster") == isRouter)
        }
    }

    @Test func searchIndexesAreNamedAndDoNotBlock() {
        let none = Validation.searchIndexes([])
        #expect(none.outcome == .pass && none.number == 34)
        let found = Validation.searchIndexes(["default of shop.items", "words of shop.items"])
        #expect(found.outcome == .warning && !found.isBlocking)
        #expect(found.message == "Search indexes are not migrated")
        #expect(found.seen == "default of shop.items, words of shop.items")
        #expect(found.remedy != nil)
        // What servers without Atlas answer, each version in its own way; Unauthorized is no such answer.
        for code: Int32 in [40324, 6_047_401, 31082, 13] {
            let error = MongoError(kind: .server, code: code, message: "")
            #expect(error.hasNoSearchIndexes == (code != 13))
        }
    }

    @Test func aSetWithoutPrimaryIsDown() throws {
        let uri = try ConnectionString("mongodb://h/?replicaSet=rs")
        var party = Validation.Party(
            side: .source, connectionString: uri, words: Validation.Words(uri), checks: [],
            hellos: [Validation.Hello(["setName": "rs", "secondary": true], buildInfo: [:])],
            addresses: ["10.0.0.1"])
        party.checkTopology()
        let failure = party.checks.first { $0.outcome == .failure }
        #expect(failure?.message == "You can't migrate a cluster in a down state")
        #expect(party.checks.contains { $0.rule == .sourceEncryption && $0.outcome == .warning })
    }
}
