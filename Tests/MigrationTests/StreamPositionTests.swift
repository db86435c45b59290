import BSON
import Mongo
import Testing

@testable import Migration

struct StreamPositionTests {
    private func token(_ time: UInt32, _ rest: String = "") -> ResumeToken {
        let digits = String(time, radix: 16)
        let padded = String(repeating: "0", count: 8 - digits.count) + digits
        return ResumeToken(["_data": .string("82\(padded)00000000\(rest)")])
    }

    private func time(_ seconds: UInt32) -> Timestamp { Timestamp(seconds: seconds, increment: 0) }

    @Test func aTokenAtTheHeadOfTheOplogIsThePosition() {
        let read = StreamPosition.readThrough(
            token(9), after: token(5), newestEvent: time(7), isWhole: true)
        #expect(read == time(9))
    }

    @Test func aFullBatchMayEndInTheMiddleOfATransaction() {
        let read = StreamPosition.readThrough(
            token(9, "AA"), after: token(5), newestEvent: time(9), isWhole: false)
        #expect(read == time(9).predecessor)
    }

    @Test func theTokenThatAStreamBeginsWithIsAheadOfTheSource() {
        let read = StreamPosition.readThrough(
            token(9), after: token(9), newestEvent: nil, isWhole: true)
        #expect(read == .zero)
    }
}
