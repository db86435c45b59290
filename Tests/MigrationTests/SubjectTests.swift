import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct SubjectTests {
    private static let first = ObjectID(Array(repeating: 1, count: 12))
    private static let second = ObjectID(Array(repeating: 2, count: 12))

    private func subject(
        _ name: String = "rs", id: ObjectID? = first, _ members: Set<String> = ["a:1", "b:1"],
        include: [String] = [], exclude: [String] = []
    ) -> Subject {
        Subject(
            replicaSet: name, id: id, members: members,
            filter: NamespaceFilter(
                include: include.compactMap(NamespaceFilter.Pattern.init),
                exclude: exclude.compactMap(NamespaceFilter.Pattern.init)))
    }

    @Test func itIsStoredWhole() {
        for one in [subject(include: ["a.*", "b.c"], exclude: ["a.d"]), subject(id: nil)] {
            #expect(Subject(one.document) == one)
        }
        #expect(Subject([:]) == nil)
    }

    @Test func theSameSourceGoesOn() {
        #expect(subject().refusal(resuming: subject(), .command) == nil)
        // All members were replaced, or are known by other names.
        #expect(subject().refusal(resuming: subject("rs", ["c:1"]), .command) == nil)
        #expect(subject(id: nil).refusal(resuming: subject("rs", ["b:1", "c:1"]), .command) == nil)
        #expect(
            subject(include: ["a.*", "b.*"]).refusal(
                resuming: subject(include: ["b.*", "a.*"]), .command)
                == nil)
    }

    @Test func anotherSourceIsRefused() throws {
        let others = [
            subject("other"), subject(id: SubjectTests.second), subject(id: nil, ["c:1"]),
        ]
        for other in others {
            let reason = try #require(subject().refusal(resuming: other, .command))
            #expect(reason.contains("another source"))
            #expect(reason.contains("--drop"))
            let shown = try #require(subject().refusal(resuming: other, .wizard))
            #expect(shown.hasSuffix("begin anew with the destination cleared"))
        }
    }

    @Test func otherFiltersAreRefused() throws {
        let begun = subject(include: ["a.*"])
        for other in [
            subject(), subject(include: ["b.*"]), subject(include: ["a.*"], exclude: ["a.b"]),
        ] {
            let reason = try #require(other.refusal(resuming: begun, .command))
            #expect(reason.contains("--include a.*"))
            let shown = try #require(other.refusal(resuming: begun, .wizard))
            #expect(shown.contains("only a.*") && !shown.contains("--"))
        }
    }
}
