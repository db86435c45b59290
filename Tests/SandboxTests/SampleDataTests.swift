import BSON
import Sandbox
import Testing

struct SampleDataTests {
    @Test(arguments: SampleData.Shape.allCases, SampleData.IDs.allCases)
    func theSameSeedGivesTheSameValidDocuments(shape: SampleData.Shape, ids: SampleData.IDs) throws
    {
        let data = SampleData(shape, count: 50, ids: ids, seed: 7)
        let same = SampleData(shape, count: 50, ids: ids, seed: 7)
        let other = SampleData(shape, count: 50, ids: ids, seed: 8)
        let documents = data.documents(in: 0..<50)
        #expect(documents == same.documents(in: 0..<50))
        #expect(documents != other.documents(in: 0..<50))
        #expect(Set(documents.map { $0["_id"] }).count == 50)
        for (index, document) in documents.enumerated() {
            #expect(document.isWellFormed)
            #expect(document["_id"] == data.id(at: index))
            #expect(document["number"] == .int64(Int64(index)))
            #expect(document == data.document(at: index))
        }
    }

    @Test(arguments: [(SampleData.Shape.small, 200), (.medium, 2000), (.large, 200_000)])
    func documentsAreAboutAsLargeAsTheirShapeSays(shape: SampleData.Shape, size: Int) {
        let documents = SampleData(shape, count: 200).documents(in: 0..<200, limit: .max)
        let mean = documents.reduce(0) { $0 + $1.count } / documents.count
        #expect(abs(mean - size) < size / 5, "\(mean)")
        #expect(Set(documents.map(\.count)).count == 4)
    }

    @Test func aBatchHoldsAsManyDocumentsAsFit() {
        let data = SampleData(.medium, bytes: 1_000_000)
        #expect((400...600).contains(data.count))
        let batch = data.documents(in: 10..<data.count, limit: 50_000)
        #expect(batch.first == data.document(at: 10))
        #expect(batch.reduce(0) { $0 + $1.count } <= 50_000)
        #expect(batch.count > 15)
        #expect(data.documents(in: 3..<4, limit: 1).count == 1)
        #expect(data.documents(in: 3..<3).isEmpty)
    }

    @Test func risingIdsRiseAndScatteredOnesDoNot() {
        func keys(_ ids: SampleData.IDs) -> [String] {
            (0..<3000).map { SampleData(.small, count: 1, ids: ids).id(at: $0 * 997) }.map { id in
                guard case .objectID(let id) = id else { return "" }
                return id.description
            }
        }
        #expect(keys(.rising) == keys(.rising).sorted())
        #expect(keys(.scattered) != keys(.scattered).sorted())
        #expect(Set(keys(.scattered)).count == 3000)
    }
}
