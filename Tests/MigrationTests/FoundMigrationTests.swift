import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct FoundMigrationTests {
    /// A host behind a firewall that drops packets.
    @Test func aDestinationThatDoesNotAnswerIsNotWaitedFor() async throws {
        let host = try await DeafHost()
        let begin = ContinuousClock.now
        let answer = await FoundMigration.isInCutover(
            try ConnectionString("mongodb://\(host.address)/?tls=true"), within: .seconds(1))
        #expect(answer == nil)
        #expect(ContinuousClock.now - begin < .seconds(2.5))
        withExtendedLifetime(host) {}
    }

    private static let here = Lease.Owner(host: "here", boot: "1", process: 7)
    private static let source = Subject(replicaSet: "rs", id: nil, members: ["a:1", "b:1"])

    private func found(
        _ fields: [String: Value] = [:], of subject: Subject? = source, holder: Lease.Owner? = nil,
        isRunning: Bool = true
    ) -> FoundMigration {
        var state: Document = [
            "token": ["_data": "00"], "startedAt": .date(9),
            "subject": .document(
                Subject(
                    replicaSet: "rs", id: nil, members: ["a:1"],
                    filter: NamespaceFilter(
                        include: ["a.*"].compactMap(NamespaceFilter.Pattern.init))
                ).document),
        ]
        for (name, value) in fields { state = state.setting(name, to: value) }
        return FoundMigration(
            state, of: subject, holder: holder, seenBy: Self.here, isRunning: { _ in isRunning })
    }

    @Test func oneFromTheSameSourceGoesOnWithItsFilters() {
        let found = found()
        #expect(found.obstacle == nil)
        #expect(found.startedAt == 9)
        #expect(found.include == ["a.*"])
        #expect(found.exclude.isEmpty)
    }

    @Test func oneThatExpiredOrIsPastThePointOfNoReturnGoesOn() {
        #expect(found(["phase": "expired"]).obstacle == nil)
        #expect(found(["cutover": "accepted"]).obstacle == nil)
        #expect(found(["cutover": "accepted"]).isPastPointOfNoReturn)
        #expect(!found(["cutover": "begun"]).isPastPointOfNoReturn)
        #expect(found(["cutover": "begun"]).isInCutover)
        #expect(found(["sourceBlocked": true]).isInCutover)
        #expect(!found().isInCutover)
    }

    /// Nobody needs the source for what is left; whether it is the same is not known.
    @Test func onlyOnePastThePointOfNoReturnIsFoundWithoutItsSource() {
        #expect(found(["cutover": "accepted"], of: nil).obstacle == .silentSource)
        #expect(found(["cutover": "finished"], of: nil).obstacle == .complete)
    }

    @Test func oneThatIsOverIsRefused() {
        #expect(found(["cutover": "finished"]).obstacle == .complete)
        #expect(found(["phase": "cancelled"]).obstacle == .cancelled)
    }

    @Test func oneFromAnotherSourceIsRefused() {
        let other = Subject(replicaSet: "rs", id: nil, members: ["c:1"])
        #expect(found(of: other).obstacle == .otherSource("replica set rs of a:1"))
        #expect(found(["subject": .null]).obstacle == .unknownSource)
    }

    @Test func oneThatIsSeenToRunIsRefusedAndOneOfAnotherHostIsNotJudged() {
        let near = Lease.Owner(host: "here", boot: "1", process: 8)
        #expect(found(holder: near).obstacle == .running(process: 8))
        #expect(found(holder: near, isRunning: false).obstacle == nil)
        #expect(found(holder: Lease.Owner(host: "far", boot: "1", process: 8)).obstacle == nil)
    }
}
