import BSON
import Mongo
import Testing

@testable import Migration

/// How many events are read at once where that breaks the connection.
@Suite struct StreamBatchSizeTests {
    private func token(_ place: String) -> ResumeToken { ResumeToken(["_data": .string(place)]) }

    @Test func aConnectionThatIsLostOnceChangesNothing() {
        var size = StreamBatchSize()
        for place in ["a", "b", "c"] { size.wasLost(at: token(place)) }
        #expect(size.events == Tuning.streamBatch)
    }

    @Test func whatCannotBeReadTwiceIsReadOneByOne() {
        var size = StreamBatchSize()
        size.wasLost(at: token("a"))
        size.wasLost(at: token("a"))
        #expect(size.events == 1)
        for bytes in [1, 2, 3] { size.came(1, bytes: bytes << 20) }
        #expect(size.events == 2)
        size.came(0, bytes: 0)
        #expect(size.events == 2)
        for _ in 0..<20 { size.came(1, bytes: 500) }
        #expect(size.events == Tuning.streamBatch)
    }
}
