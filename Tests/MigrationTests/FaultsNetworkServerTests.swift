import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Everything that can go wrong around a migration, one checklist line (F1 to F23) a test, on real servers.
@Suite(.serialized) struct FaultServerTests {}

/// Elections, rollbacks, dead and slow servers and lines.
extension FaultServerTests {
    /// So that a frozen server is noticed after 2 s and not 30.
    static let impatient = ["socketTimeoutMS": "2000", "serverSelectionTimeoutMS": "4000"]

    @Test func f5StepDownsOfEitherSideAreSurvived() async throws {
        try await Trial.with {
            $0.members = isSoak ? 3 : 1
        } destination: {
            $0.members = isSoak ? 3 : 1
        } _: { trial in
            try await trial.survive { _ in
                try await trial.pair.source.stepDown()
                try await trial.pair.destination.stepDown()
            }
        }
    }

    @Test func f6WritesThatTheSourceRollsBackAreNotMigrated() async throws {
        try await Trial.with {
            $0.members = 3
        } _: { trial in
            let source = trial.pair.source
            let roots = source.uri(as: Pair.root, options: FaultServerTests.impatient)
            try trial.start(source: roots)
            let phases = isSoak ? Trial.phases : [.copying, .inSync]
            var lost: [Int] = []
            // In a cutover this user may write, too.
            try await trial.survive(phases) { _ in
                let old = try await source.primary()
                // Replication stops; elections go on.
                let others = source.members.filter { $0 !== old }
                for member in others { try await member.stopReplication() }
                // Acknowledged by the primary alone, which has lost who is logged in where it has rolled back before.
                let number = 1_000_000 + lost.count
                try await eventually("the write is acknowledged") {
                    let reply = try? await old.lane.run(
                        [
                            "insert": "orders", "documents": [["_id": .integer(number)]],
                            "writeConcern": ["w": 1],
                        ], on: "shop")
                    return reply != nil
                }
                _ = try await old.lane.run(
                    ["create": .string("lost\(number)"), "writeConcern": ["w": 1]], on: "shop")
                lost.append(number)
                try await old.process.kill()
                for member in others {
                    try await member.setFailPoint("stopReplProducer", ["mode": "off"])
                }
                _ = try await source.primary()
                try await old.process.start()
                try await eventually("the old primary has rolled back") {
                    await old.hello()?["secondary"]?.bool == true
                }
            }
            let found = try await trial.pair.destination.lane.open(
                ["find": "orders", "filter": ["_id": ["$gte": 1_000_000, "$lt": 1_000_100]]],
                on: "shop")
            #expect(found.isEmpty)
            #expect(lost.count == phases.count)
        }
    }

    @Test func f7FrozenMembersAreSurvived() async throws {
        try await Trial.with {
            $0.members = 3
        } destination: {
            $0.members = isSoak ? 3 : 1
        } _: { trial in
            let (source, destination) = (trial.pair.source, trial.pair.destination)
            try trial.start(
                source: source.uri(as: Pair.root, options: FaultServerTests.impatient),
                destination: destination.uri(as: Pair.root, options: FaultServerTests.impatient))
            try await trial.survive(isSoak ? Trial.phases : [.copying, .catchingUp, .inSync]) {
                phase in
                let old = try await source.primary()
                old.process.freeze()
                try await eventually("another member leads") {
                    try await source.primary() !== old
                }
                old.process.thaw()
                guard phase == .inSync || isSoak else { return }
                if isSoak {
                    let old = try await destination.primary()
                    old.process.freeze()
                    try await eventually("another member of the destination leads") {
                        try await destination.primary() !== old
                    }
                    old.process.thaw()
                }
                // Without another one that could lead: what is asked of them waits.
                for member in destination.members { member.process.freeze() }
                try await eventually("the engine waits for the destination at \(phase)") {
                    trial.isWaiting(for: ["timeout"])
                }
                for member in destination.members { member.process.thaw() }
            }
        }
    }

    @Test func f8CutSlowAndHalfOpenConnectionsAreSurvived() async throws {
        try await Trial.with {
            $0.isBehindProxy = true
        } destination: {
            $0.isBehindProxy = true
        } _: { trial in
            let pair = trial.pair
            try trial.start(
                source: pair.source.uri(as: Pair.root, options: FaultServerTests.impatient),
                destination: pair.destination.uri(
                    as: Pair.root, options: FaultServerTests.impatient))
            let proxies = try (pair.source.members + pair.destination.members).map {
                try #require($0.proxy)
            }
            try await trial.survive { phase in
                for proxy in proxies {
                    proxy.cut()
                    proxy.delay(milliseconds: 100)
                    proxy.throttle(bytesPerSecond: 1 << 20)
                }
                let sent = proxies.map(\.bytesToServer)
                try await eventually("both sides are spoken to over the slow line") {
                    zip(proxies, sent).allSatisfy { $0.bytesToServer > $1 + 2_000 }
                }
                for proxy in proxies { proxy.heal() }
                for proxy in proxies {
                    proxy.halfOpen(phase == .indexing ? .toClient : .both)
                    let held = proxy.connectionCount
                    // A pause without answers, long enough for sockets to time out.
                    try await eventually("the engine gives connections up") {
                        proxy.connectionCount != held || trial.isWaiting(for: ["timeout"])
                    }
                    proxy.heal()
                }
            }
        }
    }

    @Test func f9RestartsOfTheDestinationAreSurvived() async throws {
        try await Trial.with { trial in
            try await trial.survive { _ in
                let member = trial.pair.destination.members[0]
                try await member.process.restart()
                _ = try await trial.pair.destination.primary()
            }
        }
    }

    @Test func f19ADelayedWriteDoesNotLandAfterItsDocumentWasAppliedAgain() async throws {
        try await Trial.with(
            destination: { $0.isBehindProxy = true }, writesPerSecond: 0, definitionsPerSecond: 0
        ) { trial in
            let pair = trial.pair
            _ = try await pair.source.lane.run(["create": "orders"], on: "shop")
            try trial.start(
                destination: pair.destination.uri(
                    as: Pair.root, options: FaultServerTests.impatient))
            let phases = isSoak ? Trial.phases : [.inSync]
            try await trial.survive(phases) { phase in
                // What is copied is copied once.
                for round in 0..<(phase == .copying ? 1 : 2) {
                    try await delayAWrite(trial, phase, round)
                }
                #expect(trial.phase?.isFinal == false)
            }
        }
    }

    /// A `create` names no UUID, so nothing but its connection tells whether it can still land.
    @Test func f19ADelayedCreateDoesNotLandAfterItsCollectionIsGone() async throws {
        try await Trial.with(documents: 100, writesPerSecond: 0, definitionsPerSecond: 0) {
            trial in
            let pair = trial.pair
            // Who may not see what others do.
            let user = Credentials(username: "lagzero", password: "lagzero")
            try await pair.destination.createUser(
                user, roles: ["readWriteAnyDatabase", "restore", "dbAdminAnyDatabase"])
            // The name that an operator gives does not hide the connections' own.
            let options = FaultServerTests.impatient.merging(["appName": "ours"]) { $1 }
            try trial.start(destination: pair.destination.uri(as: user, options: options))
            try await trial.advance(to: .inSync)
            let source = Statements(pair.source.lane, "shop")
            try await pair.destination.members[0].failOne(by: [
                "mode": ["times": 1],
                "data": [
                    "failCommands": ["create"], "namespace": "shop.late", "blockConnection": true,
                    "blockTimeMS": 6_000,
                ],
            ]) {
                try await source.create("late")
            }
            try await eventually("the engine gives it up, and waits until it has landed") {
                trial.isWaiting(for: ["may still be executed"])
            }
            try await source.drop("late")
            let names: Document = [
                "listCollections": 1, "nameOnly": true, "filter": ["name": "late"],
            ]
            try await eventually("it has landed and is gone again") {
                trial.log.contains("catalog: drop shop.late")
            }
            #expect(try await pair.destination.lane.all(names, on: "shop").isEmpty)
            try await trial.expectCompletion()
        }
    }

    /// A write of the engine is on its way for 4 s; the engine gives it up after 2, and its document is deleted.
    private func delayAWrite(_ trial: Trial, _ phase: Phase, _ round: Int) async throws {
        let engine = try #require(trial.engine)
        let proxy = try #require(trial.pair.destination.members[0].proxy)
        // This user may write in a cutover, too.
        let source = trial.pair.source.lane
        let clock = ContinuousClock()
        var deletion: Document = [
            "delete": "items", "deletes": [["q": [:], "limit": 1]],
        ]
        proxy.delay(milliseconds: 4_000)
        if phase == .copying {
            try await trial.release(.copying)
        } else {
            let id: Value = .string("\(phase) \(round)")
            _ = try await source.run(["insert": "orders", "documents": [["_id": id]]], on: "shop")
            deletion = ["delete": "orders", "deletes": [["q": ["_id": id], "limit": 1]]]
        }
        try await eventually("the engine gives the write up") {
            await engine.details().waitingFor.contains {
                $0.hasPrefix("writing to the destination") && $0.contains("timeout")
            }
        }
        let landed = clock.now + .seconds(4)
        let deleted = try #require(
            try await source.run(deletion, on: "shop")["operationTime"]?.timestamp)
        proxy.cut(deliveringRequests: true)
        proxy.heal()
        try await eventually("the delete is applied") {
            engine.progress().appliedThrough ?? .zero >= deleted
        }
        try await eventually("the first copy of the write has arrived") { clock.now > landed }
    }
}
