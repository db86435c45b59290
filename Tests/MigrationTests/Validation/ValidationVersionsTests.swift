import BSON
import Mongo
import Testing

@testable import Migration

struct ValidationVersionsTests {
    private typealias Versions = Validation.Versions

    @Test(arguments: [
        (5, 7, ValidationCheck.Outcome.pass), (6, 7, .pass), (6, 8, .pass), (7, 7, .pass),
        (8, 8, .pass),
        (6, 6, .warning), (5, 6, .warning), (4, 7, .warning), (7, 6, .failure), (6, 5, .failure),
        (4, 4, .failure),
    ])
    func aPairThatAtlasDoesNotListIsToldAndAnOlderDestinationRefused(
        source: Int, destination: Int, outcome: ValidationCheck.Outcome
    ) {
        let check = Versions.pair(
            source: ServerVersion(source, source == 4 ? 4 : 0),
            destination: ServerVersion(destination, 0))
        #expect(check.outcome == outcome)
        #expect(check.number == 16)
    }

    @Test func aRefusedPairIsNamedInTheDocumentsWords() {
        let check = Versions.pair(
            source: ServerVersion(7, 0, 5), destination: ServerVersion(6, 0, 1))
        #expect(check.message == "Migration from MongoDB 7.0 to 6.0 is not supported")
        #expect(check.isBlocking)
    }

    @Test func oldSourcesAreTakenWithTheirLimits() {
        let old = ServerVersion(4, 4, 2)
        #expect(Versions.source(.v6, hasTimeSeries: true).outcome == .pass)
        #expect(Versions.source(old, hasTimeSeries: false).outcome == .warning)
        #expect(Versions.source(ServerVersion(4, 2, 9), hasTimeSeries: false).outcome == .failure)
        #expect(Versions.source(ServerVersion(4, 4, 1), hasTimeSeries: false).outcome == .failure)
        #expect(Versions.source(ServerVersion(4, 4, 2), hasTimeSeries: false).outcome != .failure)
        let five = ServerVersion(5, 0, 4)
        let warned = Versions.source(five, hasTimeSeries: false)
        #expect(warned.outcome == .warning)
        #expect(warned.seen.contains("renamed on the source is copied again"))
        #expect(warned.seen.contains("indexes and options are compared, and changed in place"))
        let unknown = Versions.source(five, hasTimeSeries: nil)
        #expect(unknown.outcome == .unknown && unknown.isBlocking)
        let refused = Versions.source(five, hasTimeSeries: true)
        #expect(refused.outcome == .failure)
        #expect(
            refused.message
                == "Source cluster contains a time series collection, which is unsupported")
    }

    @Test func onlyReleasesWithAZeroAreMajorOnesFromFiveOn() {
        #expect(Versions.rapid(ServerVersion(6, 0, 5), .source).outcome == .pass)
        #expect(Versions.rapid(ServerVersion(7, 3, 1), .source).outcome == .warning)
        #expect(Versions.rapid(ServerVersion(4, 4, 2), .source).outcome == .pass)
    }

    @Test func aCompatibilityVersionThatIsBeingChangedIsRefused() {
        let check = Versions.compatibility(
            ["version": "5.0", "targetVersion": "5.0", "previousVersion": "6.0"], version: .v6,
            .source)
        #expect(check.outcome == .failure)
        #expect(check.seen == "from 6.0 to 5.0")
    }

    @Test func aCompatibilityVersionBelowSixOnASixIsRefused() {
        #expect(
            Versions.compatibility(["version": "5.0"], version: .v6, .destination).outcome
                == .failure)
        #expect(
            Versions.compatibility(["version": "6.0"], version: .v6, .destination).outcome == .pass)
        let older = ServerVersion(5, 0, 4)
        #expect(
            Versions.compatibility(["version": "5.0"], version: older, .source).outcome == .pass)
        #expect(Versions.compatibility([:], version: .v6, .source).outcome == .unknown)
    }
}
