import BSON
import Migration
import Mongo
import Testing

@Suite struct WatermarkTests {
    private func token(_ increment: UInt32) -> ResumeToken {
        let digits = hexadecimal(
            (0..<4).map { UInt8(truncatingIfNeeded: increment >> (24 - 8 * $0)) })
        return ResumeToken(["_data": .string("8200000001\(digits)")])
    }

    private func time(_ increment: UInt32) -> Timestamp {
        Timestamp(seconds: 1, increment: increment)
    }

    private func watermark() -> Watermark { Watermark(token: token(5), time: time(5)) }

    /// A batch whose first event has this time, read up to another one.
    private func batch(_ watermark: inout Watermark, from start: UInt32, to end: UInt32) -> Int {
        let generation = watermark.begin(at: time(start))
        watermark.retain(generation)
        watermark.advance(to: token(end), time: time(end))
        return generation
    }

    @Test func anIdleStreamIsAppliedUpToItsNewestToken() {
        var watermark = watermark()
        watermark.advance(to: token(9), time: time(9))
        #expect(watermark.appliedThrough == time(9))
        #expect(watermark.resumeToken == token(9))
    }

    @Test func aCheckpointStaysBehindABatchThatIsNotApplied() {
        var watermark = watermark()
        let first = batch(&watermark, from: 7, to: 10)
        _ = batch(&watermark, from: 11, to: 20)
        #expect(watermark.appliedThrough == time(6))
        #expect(watermark.resumeToken == token(5))
        watermark.release(first)
        #expect(watermark.appliedThrough == time(10))
        #expect(watermark.resumeToken == token(10))
    }

    @Test func aLaterBatchThatIsDoneFirstMovesNothing() {
        var watermark = watermark()
        let first = batch(&watermark, from: 7, to: 10)
        let second = batch(&watermark, from: 11, to: 20)
        watermark.release(second)
        #expect(watermark.resumeToken == token(5))
        watermark.release(first)
        #expect(watermark.resumeToken == token(20))
        #expect(watermark.appliedThrough == time(20))
    }

    @Test func manyBatchesThatWaitShareGenerations() {
        var watermark = watermark()
        let numbers = (0..<5_000).map {
            batch(&watermark, from: UInt32(10 + $0), to: UInt32(11 + $0))
        }
        #expect(Set(numbers).count < 2_000)
        for number in numbers { watermark.release(number) }
        #expect(watermark.resumeToken == token(5_010))
    }
}
