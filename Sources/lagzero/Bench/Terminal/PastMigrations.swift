import Agent
import ControlAPI

/// Migrations that are over, one an hour, and a log for the newest.
struct PastMigrations: Sendable {
    var count: Int
    /// Of the log.
    var lines: Int

    func save(in store: Store) async throws {
        let now = Clock.milliseconds()
        let hour: Int64 = 3_600_000
        for number in 0..<count {
            let started = now - Int64(count - number) * hour
            let live = migration(startedAt: started, endedAt: started + hour / 2)
            try await store.save(StoredMigration(live: live, hasBegun: true))
            guard number == count - 1 else { continue }
            let log = (0..<lines).map { line in
                LogLine(
                    sequence: line + 1, time: started + Int64(line) * hour / 2 / Int64(lines),
                    text: "copied shop.collection\(line)  41.2 MB  88,102 documents")
            }
            try await store.append(log, to: live.id)
        }
    }

    private func migration(startedAt: Int64, endedAt: Int64) -> LiveMigration {
        func identifier() -> Identifier { Identifier(at: startedAt / 1_000) }
        var live = LiveMigration(
            id: identifier(),
            setup: MigrationSetup(source: identifier(), destination: identifier()),
            sourceName: "shop-rs0", destinationName: "shop-atlas",
            destinationConnectionString: "mongodb+srv://shop-atlas.example.net/", phase: .complete,
            startedAt: startedAt)
        live.endedAt = endedAt
        live.figures.bytesCopied = 412_000_000_000
        live.figures.bytesTotal = 412_000_000_000
        live.figures.documentsCopied = 901_442_019
        live.figures.eventsRead = 14_201_332
        live.report = FinalReport(
            phase: .complete, durationSeconds: 1_800, bytesCopied: 412_000_000_000,
            documentsCopied: 901_442_019, collectionsCopied: 18, eventsApplied: 14_201_332,
            verification: VerificationFigures(mode: .full))
        return live
    }
}
