import Mongo
import Testing

@testable import Migration

@Suite struct SeenWritesTests {
    @Test func lookingAtThemDoesNotEndTheQuiet() {
        let writes = SeenWrites()
        let before = writes.quiet
        while writes.quiet <= before {}
        let reached = writes.quiet
        writes.reset()
        #expect(writes.quiet >= reached)
        #expect(writes.busiest == [])
    }
}
