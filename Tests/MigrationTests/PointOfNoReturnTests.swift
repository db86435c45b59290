import Testing

@testable import Migration

@Suite struct PointOfNoReturnTests {
    @Test func whatIsGivenUpIsNotRecorded() {
        let point = PointOfNoReturn()
        #expect(point.giveUp())
        #expect(!point.approach())
        #expect(point.giveUp())
    }

    @Test func whatIsBeingRecordedIsNotGivenUp() {
        let point = PointOfNoReturn()
        #expect(point.approach())
        #expect(!point.giveUp())
        point.pass()
        #expect(!point.giveUp())
    }

    @Test func aRecordThatWasMissedIsGivenUp() {
        let point = PointOfNoReturn()
        #expect(point.approach())
        point.miss()
        #expect(point.giveUp())
        point.reset()
        #expect(point.approach())
    }
}
