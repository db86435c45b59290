import BSON
import Migration
import Mongo
import Testing

@Suite struct WatermarkTests {
    /// A token of this time; those of events have further data behind it.
    private func token(_ increment: UInt32, event: String = "") -> ResumeToken {
        let time = hexadecimal((0..<4).map { UInt8(truncatingIfNeeded: increment >> (24 - 8 * $0)) })
        return ResumeToken(["_data": .string("8200000001\(time)\(event)")])
    }

    private func time(_ increment: UInt32) -> Timestamp { Timestamp(seconds: 1, increment: increment) }

    @Test func aStreamThatWasOpenedHasReadNothingOfItsTokensTime() {
        var watermark = Watermark(token: token(6), time: time(5))
        watermark.advance(to: token(6), lastEvent: nil)
        #expect(watermark.appliedThrough == time(5))
        watermark.advance(to: token(7), lastEvent: nil)
        #expect(watermark.appliedThrough == time(7))
    }

    @Test func behindAnEventMoreOfItsTransactionMayCome() {
        var watermark = Watermark(token: token(6), time: time(5))
        watermark.advance(to: token(9, event: "a"), lastEvent: token(9, event: "a"))
        #expect(watermark.appliedThrough == time(8))
        watermark.advance(to: token(9, event: "b"), lastEvent: token(9, event: "b"))
        #expect(watermark.appliedThrough == time(8))
        watermark.advance(to: token(9, event: "b"), lastEvent: nil)
        #expect(watermark.appliedThrough == time(9))
    }

    @Test func aTokenBehindTheLastEventSaysThatItsTimeWasRead() {
        var watermark = Watermark(token: token(6), time: time(5))
        watermark.advance(to: token(12), lastEvent: token(9, event: "a"))
        #expect(watermark.appliedThrough == time(12))
    }
}
