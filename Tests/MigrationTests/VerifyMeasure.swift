import BSON
import Glibc
import Mongo
import Sandbox
import Testing

@testable import Migration

/// Compares the time of a verification with the time of only reading both sides. Runs on request.
@Suite(.serialized, .enabled(if: getenv("LAGZERO_MEASURE") != nil))
struct VerifyMeasureServerTests {
    @Test func verificationIsAboutAsFastAsReading() async throws {
        let fixture = try await VerifyFixture("verify_speed", ["c": [:]])
        try await fixture.register("c")
        let count = 2_000_000
        for start in stride(from: 0, to: count, by: 100_000) {
            try await fixture.insert(
                VerifyServerTests.documents(start..<start + 100_000), into: "c")
        }
        for _ in 0..<3 {
            let bare = try await time { try await read(fixture) }
            try resetPeak()
            let verifier = Verifier(context: fixture.context)
            let verified = try await time { _ = try await verifier.finish() }
            #expect(verifier.progress.documents == count)
            let usage = ResourceUsage(pid: getpid())
            print(
                "read \(bare) s, verified \(verified) s, ratio \(verified / bare),",
                "peak \((usage?.peakBytes ?? 0) >> 20) MB, CPU \(usage?.cpuSeconds ?? 0) s")
        }
    }

    /// Two cursors a side over halves, as the verification has.
    private func read(_ fixture: VerifyFixture) async throws {
        try await withThrowingTaskGroup { group in
            for side in [fixture.context.source, fixture.context.destination] {
                for (lower, upper) in [(nil, 1_000_000), (1_000_000, nil)] as [(Int?, Int?)] {
                    group.addTask {
                        let lane = side.lane()
                        var command = DocumentBuilder()
                        command.append("find", "c")
                        command.append("hint", ["_id": 1])
                        if let lower { command.append("min", ["_id": .integer(lower)]) }
                        if let upper { command.append("max", ["_id": .integer(upper)]) }
                        command.append("readConcern", ["level": "majority"])
                        command.append("batchSize", 1_000_000)
                        var batch = try await lane.open(command.finish(), on: "verify_speed")
                        while let cursor = batch.cursor { batch = try await lane.more(cursor) }
                    }
                }
            }
            while try await group.next() != nil {}
        }
    }

    /// Has the kernel forget the most memory that this process held.
    private func resetPeak() throws {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY)
        defer { close(descriptor) }
        try #require(write(descriptor, "5", 1) == 1)
    }

    private func time(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return start.duration(to: .now).seconds
    }
}
