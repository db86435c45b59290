import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct RetryTests {
    @Test func aWaitThatIsGivenUpIsNotSaidAnyMore() async throws {
        let status = Status()
        let task = Task {
            try await Retry(status: status)("reading shop.items") {
                // HostUnreachable
                throw MongoError(kind: .server, code: 6, message: "")
            }
        }
        try await eventually("it is said") { !status.waitingFor.isEmpty }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(status.waitingFor.isEmpty)
    }
}
