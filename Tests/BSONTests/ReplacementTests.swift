import BSON
import Testing

@Suite struct ReplacementTests {
    @Test(
        arguments: [
            ["$a": 1], ["_id": 1, "$a": 1], ["_id": 1, "a": 1, "$b": 1],
            ["_id": 1, "t": .timestamp(.zero)],
        ] as [Document])
    func serversDoNotStoreItAsItIs(_ document: Document) {
        #expect(document.changesAsReplacement)
    }

    @Test(
        arguments: [
            [:], ["": 1], ["a$": 1], ["a": ["$b": 1, "t": .timestamp(.zero)]], ["a": "$b"],
            ["t": .timestamp(Timestamp(seconds: 0, increment: 1))],
        ] as [Document])
    func serversStoreItAsItIs(_ document: Document) {
        #expect(!document.changesAsReplacement)
    }
}
