import BSON
import Mongo
import Testing

@testable import Migration

struct MismatchTests {
    private let namespace = Namespace("shop", "orders")
    private let collection = BinaryUUID(high: 1, low: 1)

    private func mismatch(_ kind: Mismatch.Kind, _ id: String?, _ detail: String = "") -> Mismatch {
        Mismatch(kind, in: namespace, id: id, detail: detail, firstSeen: .zero)
    }

    private func subject(_ id: Int) -> MismatchLog.Subject {
        .document(CanonicalKey(rawID(.integer(id))), of: collection)
    }

    @Test func itsLineNamesTheDocument() {
        #expect(
            mismatch(.changed, "5", "field \"total\"").description
                == "shop.orders: document 5 differs: field \"total\"")
        #expect(
            mismatch(.missing, "\"a\"").description
                == "shop.orders: document \"a\" is missing on the destination")
        var repaired = mismatch(.extra, "5")
        repaired.isRepaired = true
        #expect(
            repaired.description
                == "shop.orders: document 5 is on the destination only (repaired since)")
        #expect(
            mismatch(.catalog, nil, "index a_1 is missing").description
                == "shop.orders: index a_1 is missing")
    }

    @Test func idsOfDifferentTypesHaveDifferentNames() {
        let names = [Value.int32(1), .int64(1), .double(1)].map { value in
            rawID(value).mismatchName
        }
        #expect(names == ["1", "{\"$numberLong\": \"1\"}", "1.0"])
        let long = rawID(.string(String(repeating: "x", count: 9_999)))
        #expect(long.mismatchName.count < 300)
    }

    @Test func saysWhichFieldDiffers() {
        let document: Document = ["_id": 1, "a": 1, "b": ["c": 2]]
        #expect(document.difference(to: ["_id": 1, "a": 1, "b": ["c": 3]]) == "field \"b\"")
        #expect(
            document.difference(to: ["_id": 1, "b": ["c": 2]])
                == "field \"a\" is missing on the destination")
        #expect(
            document.difference(to: ["_id": 1, "a": 1, "b": ["c": 2], "d": 1])
                == "field \"d\" is on the destination only")
        #expect(
            document.difference(to: ["_id": 1, "b": ["c": 2], "a": 1]) == "the order of its fields")
        #expect(
            document.difference(to: ["_id": 1, "a": .int64(1), "b": ["c": 2]]) == "field \"a\"")
    }

    @Test func whatIsRepairedCountsUntilItIsTakenNoteOf() {
        var log = MismatchLog()
        log.name(mismatch(.changed, "1"), subject(1))
        log.name(mismatch(.missing, "2"), subject(2))
        log.markRepaired(subject(1))
        #expect(log.count == 2)
        #expect(log.all.map(\.isRepaired) == [true, false])
        // What nobody has seen is not noted with the others.
        log.name(mismatch(.extra, "3"), subject(3))
        let shown = Set(log.all.prefix(2).map(\.description))
        let open = log.acknowledge(shown).map(\.subject)
        #expect(open == [subject(2)])
        #expect(log.all.map(\.id) == ["2", "3"])
        log.markRepaired(subject(2))
        log.markRepaired(subject(3))
        #expect(log.all.map(\.id) == ["3"], "the other one was noted before it was repaired")
        _ = log.acknowledge(["shop.orders: document 3 is on the destination only"])
        #expect(log.isEmpty)
        log.name(mismatch(.changed, "2"), subject(2))
        #expect(log.count == 1, "it differs once more")
    }

    /// Nobody would mark it repaired before the cutover, which compares it anew.
    @Test func theOrderOfACollectionIsComparedAnewOnceItIsNoted() {
        var log = MismatchLog()
        log.name(mismatch(.order, nil), .collection(collection))
        let again = log.acknowledge(Set(log.all.map(\.description))).map(\.subject)
        #expect(again == [.collection(collection)])
        #expect(log.isEmpty)
    }

    @Test func whatCannotBeNamedIsCounted() {
        var log = MismatchLog(limit: 2)
        for id in 0..<5 { log.name(mismatch(.missing, "\(id)"), subject(id)) }
        #expect(log.count == 5)
        #expect(
            log.all.map(\.description) == [
                "shop.orders: document 0 is missing on the destination",
                "shop.orders: document 1 is missing on the destination",
                "shop.orders: 3 more documents differ than can be named",
            ])
        let again = log.acknowledge(Set(log.all.map(\.description))).map(\.subject)
        #expect(Set(again) == [subject(0), subject(1), .collection(collection)])
    }

    @Test func aCollectionThatIsGoneTakesItsDifferencesAlong() {
        var log = MismatchLog()
        log.name(mismatch(.changed, "1"), subject(1))
        log.name(mismatch(.order, nil), .collection(collection))
        log.forget(collection)
        #expect(log.isEmpty)
    }

    @Test func extraHeadsOfCappedCollectionsAreNoDifferenceButMovedDocumentsAre() {
        let ids = (0..<3).map { rawID(.integer($0)) }
        var outcome = CappedComparer.Outcome()
        CappedComparer.sort(
            [
                .init(kind: .extra, id: ids[0]), .init(kind: .missing, id: ids[0]),
                .init(kind: .extra, id: ids[1]), .init(kind: .changed, id: ids[2]),
            ], into: &outcome)
        #expect(outcome.misplaced == [ids[0]: .order, ids[1]: .extra])
        #expect(outcome.candidates == [ids[0], ids[2]])
    }

    @Test func aLargeBatchMakesTheNextOnesSmaller() {
        #expect(BatchStream.nextSize(10_000, bytes: 8 << 20) == 10_000)
        #expect(BatchStream.nextSize(10_000, bytes: 16 << 20) == 4_375)
        #expect(BatchStream.nextSize(1, bytes: 16 << 20) == 1)
        #expect(BatchStream.firstSize(averageBytes: 0) == Tuning.verifyBatchDocuments)
        #expect(BatchStream.firstSize(averageBytes: 16 << 20) == 1)
    }
}
