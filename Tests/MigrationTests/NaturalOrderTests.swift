import BSON
import Sandbox
import Testing

@testable import Migration

@Suite struct NaturalOrderTests {
    @Test(arguments: [SampleData.IDs.rising, .integers])
    func idsThatRiseAreNotScattered(_ ids: SampleData.IDs) {
        let data = SampleData(.small, count: 500, ids: ids)
        let rising = (0..<500).map { rawID(data.id(at: $0)) }
        #expect(!NaturalOrder.isScattered(rising))
        #expect(!NaturalOrder.isScattered(rising.reversed()))
    }

    @Test func idsWithoutOrderAreScattered() {
        let data = SampleData(.small, count: 500, ids: .scattered)
        #expect(NaturalOrder.isScattered((0..<500).map { rawID(data.id(at: $0)) }))
        var random = SplitMix64(seed: 1)
        let texts = (0..<500).map { rawID(.string("user\($0)")) }.shuffled(using: &random)
        #expect(NaturalOrder.isScattered(texts))
    }

    @Test func aFewIdsAreNotScattered() {
        #expect(!NaturalOrder.isScattered([]))
        #expect(!NaturalOrder.isScattered([rawID(1)]))
    }
}
