import Mongo
import Synchronization
import Testing

@testable import Migration

/// Copies that are to be made anew.
@Suite struct CopyRequestsTests {
    @Test func aNameIsAskedForUntilItIsAnswered() async throws {
        let name = Namespace("shop", "items")
        let requests = CopyRequests(Signal())
        requests.addRenamed([name])
        await #expect(throws: CancellationError.self) {
            try await requests.answerRenamed { _ in throw CancellationError() }
        }
        let asked = Mutex<[Namespace]>([])
        try await requests.answerRenamed { name in
            asked.withLock { $0.append(name) }
            // It is renamed once more meanwhile.
            requests.addRenamed([name])
        }
        #expect(asked.withLock(\.self) == [name])
        for _ in 1...2 {
            try await requests.answerRenamed { name in asked.withLock { $0.append(name) } }
        }
        #expect(asked.withLock(\.self) == [name, name])
    }
}
