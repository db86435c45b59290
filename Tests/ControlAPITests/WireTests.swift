import ControlAPI
import Foundation
import Testing

@Suite struct WireTests {
    private let agent = Snapshot.Agent(
        id: Identifier(at: 1), version: "1", host: "here", process: 7, startedAt: 5)

    private func migration(_ id: Identifier) -> LiveMigration {
        let setup = MigrationSetup(source: Identifier(at: 1), destination: Identifier(at: 2))
        return LiveMigration(
            id: id, setup: setup, sourceName: "a", destinationName: "b",
            destinationConnectionString: "mongodb://b/", phase: .copying, startedAt: 9)
    }

    @Test func whatIsSentArrivesAsItWas() throws {
        var snapshot = Snapshot(sequence: 3, time: 10, agent: agent)
        var sent = migration(Identifier(at: 4))
        sent.figures.lagByMinute = [0, 1.5]
        sent.cutover.steps = CutoverState.StepName.allCases.map { CutoverState.Step($0) }
        sent.driver = Driver(wizard: Identifier(at: 6), name: "anna", heardAt: 8)
        snapshot.migrations = [sent]
        let changes: [Event.Change] = [
            .snapshot(snapshot), .migration(sent), .alive, .removed(sent.id),
            .log(migration: sent.id, LogLine(sequence: 1, time: 2, text: "x")),
        ]
        for change in changes {
            let event = Event(sequence: 4, time: 11, change: change)
            let bytes = try JSONEncoder().encode(event)
            #expect(try JSONDecoder().decode(Event.self, from: bytes) == event)
        }
    }

    @Test func aSetupThatWasStoredBeforeItCouldResumeIsUnderstood() throws {
        let setup = MigrationSetup(source: Identifier(at: 1), destination: Identifier(at: 2))
        let text = String(decoding: try JSONEncoder().encode(setup), as: UTF8.self)
        let part = #""resumes":false"#
        let old = text.replacingOccurrences(of: part + ",", with: "")
            .replacingOccurrences(of: "," + part, with: "")
        #expect(!old.contains("resumes") && text.contains(part))
        #expect(try JSONDecoder().decode(MigrationSetup.self, from: Data(old.utf8)) == setup)
        var resumed = setup
        resumed.resumes = true
        let bytes = try JSONEncoder().encode(resumed)
        #expect(try JSONDecoder().decode(MigrationSetup.self, from: bytes) == resumed)
    }

    @Test func aSetupThatWasStoredBeforeItNamedAFlowIsOfTheFirst() throws {
        var setup = MigrationSetup(source: Identifier(at: 1), destination: Identifier(at: 2))
        setup.flow = "other"
        let bytes = try JSONEncoder().encode(setup)
        #expect(try JSONDecoder().decode(MigrationSetup.self, from: bytes) == setup)
        let text = String(decoding: bytes, as: UTF8.self)
        let old = text.replacingOccurrences(of: #""flow":"other","#, with: "")
            .replacingOccurrences(of: #","flow":"other""#, with: "")
        #expect(!old.contains("flow") && text.contains("flow"))
        setup.flow = "fromAtlas"
        #expect(try JSONDecoder().decode(MigrationSetup.self, from: Data(old.utf8)) == setup)
    }

    @Test func whatIsNotKnownIsNotZero() throws {
        let bytes = try JSONEncoder().encode(MigrationFigures())
        let figures = try JSONDecoder().decode(MigrationFigures.self, from: bytes)
        #expect(figures.bytesCopied == nil)
        #expect(figures.lagSeconds == nil)
    }

    @Test func ofPastMigrationsOnlyTheNewestMayBeAskedFor() throws {
        var snapshot = Snapshot(sequence: 3, time: 10, agent: agent)
        snapshot.migrations = (1...1_000).map { number in
            var live = migration(Identifier(at: Int64(number)))
            live.phase = number == 1 ? .copying : .complete
            return live
        }
        let all = snapshot.migrations
        let part = snapshot.with(past: 50)
        #expect(part.migrations == all.prefix(1) + all.suffix(50))
        #expect(part.earlierMigrations == 949)
        #expect(snapshot.with(past: 999) == snapshot)
        #expect(snapshot.with(past: 0).migrations == Array(all.prefix(1)))
        // What the first frame waits for.
        #expect(try JSONEncoder().encode(part).count < 100_000)
    }

    @Test func anEventThatIsInTheSnapshotChangesNothing() {
        var snapshot = Snapshot(sequence: 3, time: 10, agent: agent)
        let id = Identifier(at: 4)
        snapshot.apply(Event(sequence: 3, time: 10, change: .migration(migration(id))))
        #expect(snapshot.migrations.isEmpty)
        snapshot.apply(Event(sequence: 4, time: 12, change: .migration(migration(id))))
        snapshot.apply(Event(sequence: 5, time: 13, change: .migration(migration(id))))
        #expect(snapshot.migrations.count == 1)
        #expect(snapshot.sequence == 5)
    }

    @Test func aSecretNeverPrints() {
        let secret = Secret("mongodb://u:hidden@h/")
        let new = NewCluster(name: "n", organization: "o", project: "p", connectionString: secret)
        #expect(!"\(secret)".contains("hidden"))
        #expect(!String(reflecting: new).contains("hidden"))
        #expect(!"\(new)".contains("hidden"))
    }

    @Test func anIdentifierIs24HexadecimalDigits() {
        #expect(Identifier(at: 1_700_000_000).text.count == 24)
        #expect(Identifier(at: 1) != Identifier(at: 1))
        #expect(Identifier("0123456789ABCDEF01234567")?.text == "0123456789abcdef01234567")
        #expect(Identifier("g123456789abcdef01234567") == nil)
        #expect(Identifier("0123") == nil)
    }

    /// The agent's clock may be set.
    @Test func theTimeOfASnapshotIsThatOfItsNewestEvent() {
        let agent = Snapshot.Agent(
            id: Identifier(at: 1), version: "1", host: "h", process: 1, startedAt: 1)
        var snapshot = Snapshot(sequence: 3, time: 9_000, agent: agent)
        snapshot.apply(Event(sequence: 4, time: 5_000, change: .agent(agent)))
        #expect(snapshot.time == 5_000)
        snapshot.apply(Event(sequence: 4, time: 2_000, change: .alive))
        #expect(snapshot.time == 2_000)
        snapshot.apply(Event(sequence: 3, time: 8_000, change: .agent(agent)))
        #expect(snapshot.time == 2_000)
    }
}
