import BSON
import Testing

@testable import Migration

@Suite struct StateStoreTests {
    private func statements(_ count: Int, bytes: Int) -> [Document] {
        (0..<count).map {
            ["n": .integer($0), "text": .string(String(repeating: "x", count: bytes))]
        }
    }

    @Test func aCommandHoldsNoMoreThanAServerTakes() {
        for (count, bytes) in [(1, 10), (2_500, 10), (500, 20_000), (3, 6 << 20)] {
            let all = statements(count, bytes: bytes)
            let parts = StateStore.parts(all)
            #expect(Array(parts.joined()) == all)
            for part in parts {
                #expect(!part.isEmpty && part.count <= Tuning.stateStatements)
                // One that is larger than that alone has a command of its own.
                let size = part.reduce(0) { $0 + $1.count }
                #expect(size <= Tuning.stateBytes || part.count == 1)
            }
        }
        #expect(StateStore.parts([]).isEmpty)
    }
}
