import BSON
import Mongo
import Testing

@Suite struct ResumeTokenTests {
    @Test func theTimeStandsAtItsBeginning() {
        let token = ResumeToken(["_data": "826500A1B20000000729296E04"])
        #expect(token.time == Timestamp(seconds: 0x6500_A1B2, increment: 7))
    }

    @Test(arguments: ["", "82", "8165000000000000000", "82zz00A1B200000007"])
    func whatIsNoTokenHasNoTime(_ data: String) {
        #expect(ResumeToken(["_data": .string(data)]).time == nil)
    }

    @Test func aTokenWithoutDataHasNoTime() { #expect(ResumeToken([:]).time == nil) }
}
