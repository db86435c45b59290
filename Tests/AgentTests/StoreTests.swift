import ControlAPI
import GRDB
import Glibc
import Sandbox
import Testing

@testable import Agent

@Suite struct StoreTests {
    private let folder: ScratchFolder
    private var path: String { folder.path + "/store.sqlite" }

    init() throws { folder = try ScratchFolder() }

    private func migration() -> LiveMigration {
        LiveMigration(
            id: Identifier(at: 4),
            setup: MigrationSetup(source: Identifier(at: 1), destination: Identifier(at: 2)),
            sourceName: "a", destinationName: "b", destinationConnectionString: "mongodb://b/",
            phase: .copying, startedAt: 9)
    }

    @Test func whatWasSavedIsThereAfterAReopening() async throws {
        let stored = StoredMigration(live: migration(), hasBegun: true)
        let first = try Store(path)
        let new = NewCluster(
            name: "rs", organization: "Acme", project: "shop",
            connectionString: Secret("mongodb://a/"))
        let added = try await first.add(new, shownAs: new.name, id: Identifier(at: 3), at: 2)
        var cluster = added.cluster
        cluster.name = "other"
        try await first.save(cluster)
        try await first.save(stored)
        try await first.save(stored)
        let contents = try await Store(path).load()
        #expect(contents.organizations == [added.organization])
        #expect(contents.projects == [added.project])
        #expect(contents.clusters == [cluster])
        #expect(contents.migrations == [stored])
    }

    /// An older agent wrote a pause by the operator down as one by an error.
    @Test(arguments: [("paused by the operator", true), ("The disk of b is full", false)])
    func aPauseByTheOperatorInAnOlderStoreIsNoError(message: String, isOperators: Bool) async throws
    {
        var live = migration()
        (live.phase, live.pausedFrom) = (.paused, .copying)
        live.error = ControlError(.migrationFailed, message)
        let state = AgentFolder(path: folder.path)
        try await Store(state.store).save(StoredMigration(live: live, hasBegun: true))
        let taken = try await Supervisor.alone(state).snapshot(past: nil).migrations
        #expect(taken.map(\.phase) == [.paused])
        #expect(taken.map { $0.error == nil } == [isOperators])
    }

    @Test func anOlderStateThatComesLateIsNotWritten() async throws {
        let store = try Store(path)
        var live = migration()
        try await store.save(StoredMigration(live: live), number: 1)
        let late = StoredMigration(live: live)
        live.phase = .cancelled
        try await store.save(StoredMigration(live: live), number: 3)
        try await store.save(late, number: 2)
        #expect(try await store.load().migrations.map(\.live) == [live])
    }

    @Test func theLogIsReadForwardsAndFromItsEnd() async throws {
        let store = try Store(path)
        let live = migration()
        try await store.save(StoredMigration(live: live))
        for number in 1...5 {
            try await store.append(
                [LogLine(sequence: number, time: 0, text: "\(number)")], to: live.id)
        }
        #expect(try await store.log(of: live.id, after: 1, limit: 2).map(\.sequence) == [2, 3])
        #expect(try await store.log(of: live.id, after: nil, limit: 2).map(\.sequence) == [4, 5])
        #expect(try await store.lastLine(of: live.id) == 5)
    }

    /// SQLite answers as on a disk that is full: the file may have no more pages than it has.
    @Test func aFullDiskIsSaidWithWhatToDo() async throws {
        let store = try Store(path)
        let live = migration()
        try await store.save(StoredMigration(live: live))
        try await store.queue.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let long = LogLine(sequence: 1, time: 0, text: String(repeating: "x", count: 100_000))
        let error = await #expect(throws: ControlError.self) {
            try await store.append([long], to: live.id)
        }
        #expect(error?.code == .store)
        #expect(error?.message.contains("the disk is full") == true)
        #expect(error?.message.contains(path) == true)
        #expect(error?.remedy == "make room there")
        // What there is stays.
        #expect(try await store.load().migrations.map(\.live) == [live])
    }

    @Test func aDamagedStoreIsRefused() throws {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        let text = Array(String(repeating: "this is no database ", count: 100).utf8)
        _ = write(descriptor, text, text.count)
        close(descriptor)
        let error = #expect(throws: ControlError.self) { try Store(path) }
        #expect(error?.code == .store)
        #expect(error?.message.contains("damaged") == true)
        #expect(error?.remedy?.contains("move it away") == true)
        #expect(error?.remedy?.contains("on its destination") == true)
    }

    @Test func aStoreOfANewerVersionIsRefused() throws {
        _ = try Store(path)
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')")
        }
        let error = #expect(throws: ControlError.self) { try Store(path) }
        #expect(error?.message.contains("newer version") == true)
        #expect(error?.remedy?.contains("use that version") == true)
    }
}
