import BSON
import Testing

@testable import Migration

@Suite struct SourceMonitorTests {
    @Test(
        arguments: [
            (["op": "n", "o": ["msg": "initiating set"]], true),
            (["op": "n", "o": ["msg": "periodic noop"]], false),
            (["op": "i", "o": ["msg": "initiating set"]], false), (["op": "c"], false),
            ([:], false),
        ] as [(Document, Bool)])
    func anOplogWithTheFirstEntryOfItsSetHasDroppedNone(entry: Document, isFirst: Bool) {
        #expect(SourceMonitor.isFirstEver(entry) == isFirst)
    }
}
