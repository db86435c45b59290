import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct CatalogFinishingTests {
    private func plan(_ source: [Document], _ found: [Document]) -> FinishingPlan? {
        let info = collection("a", 1, indexes: source)
        return FinishingPlan.make(
            source: Catalog([info]), destination: destination(collection("a", 1, indexes: found)),
            pairs: [uuid(1): paired(1)]
        ).first
    }

    @Test func aFinishedCollectionNeedsNothing() {
        let spec: Document = ["key": ["a": 1], "name": "a", "unique": true, "hidden": true]
        #expect(plan([spec], [spec]) == nil)
    }

    @Test func aUniqueIndexIsPreparedAndThenMadeUnique_X2() {
        let spec: Document = ["key": ["a": 1], "name": "a"]
        let unique = spec.setting("unique", to: true)
        let first = plan([unique], [spec])
        #expect(first?.prepared == ["a"] && first?.unique == ["a"])
        let second = plan([unique], [spec.setting("prepareUnique", to: true)])
        #expect(second?.prepared == [] && second?.unique == ["a"])
    }

    @Test func expiryAndHidingComeInOneCommand_X4_X5() {
        let spec: Document = ["key": ["a": 1], "name": "a"]
        let wanted = spec.setting("expireAfterSeconds", to: .double(.nan)).setting(
            "hidden", to: true)
        #expect(
            plan([wanted], [spec])?.modified == [
                ["expireAfterSeconds": 2_147_483_647, "hidden": true, "name": "a"]
            ])
    }

    @Test func aTwinIsBuiltUniqueAndExpiresOnlyLater_X3() {
        let spec: Document = ["key": ["a": 1], "name": "a"]
        let twin: Document = [
            "key": ["a": 1], "name": "twin", "unique": true, "expireAfterSeconds": 5,
        ]
        let result = plan([spec, twin], [spec])
        #expect(
            result?.twins.map(\.spec) == [["key": ["a": 1], "name": "twin", "unique": true]])
        #expect(result?.modified == [["expireAfterSeconds": 5, "name": "twin"]])
        #expect(result?.prepared == [] && result?.unique == [])
    }

    /// Servers end with a fatal assertion when they are asked to.
    @Test func noWildcardOrHashedIndexIsEverMadeUnique() {
        for key: Document in [["$**": 1], ["a.$**": 1], ["a": "hashed"]] {
            let spec: Document = ["key": .document(key), "name": "a"]
            #expect(plan([spec.setting("unique", to: true)], [spec]) == nil)
        }
    }

    @Test func limitsComeBack_C3_C4() {
        let options: [(source: Document, found: Document, change: Document)] = [
            (
                ["capped": true, "size": 4_096, "max": 5],
                ["capped": true, "size": .int64(1 << 50)],
                ["cappedMax": 5, "cappedSize": 4_096]
            ),
            (
                ["clusteredIndex": ["v": 2], "expireAfterSeconds": 5], ["clusteredIndex": ["v": 2]],
                ["expireAfterSeconds": 5]
            ),
        ]
        for (source, found, change) in options {
            let result = FinishingPlan.make(
                source: Catalog([collection("a", 1, source)]),
                destination: destination(collection("a", 1, found)), pairs: [uuid(1): paired(1)])
            #expect(result.map(\.options) == [change])
        }
    }

    @Test func undoTakesBackOnlyWhatWasPrepared_X2_X3() {
        let info = collection(
            "a", 1,
            indexes: [
                ["key": ["a": 1], "name": "plain"],
                ["key": ["a": 1], "name": "twin", "unique": true],
                ["key": ["b": 1], "name": "b", "unique": true],
                ["key": ["c": 1], "name": "c"],
            ])
        let found = collection(
            "a", 1,
            indexes: [
                ["key": ["a": 1], "name": "plain"],
                ["key": ["a": 1], "name": "twin", "unique": true],
                ["key": ["b": 1], "name": "b", "prepareUnique": true],
                ["key": ["c": 1], "name": "c"],
            ])
        let undo = FinishingUndo.make(
            source: Catalog([info]), destination: destination(found), pairs: [uuid(1): paired(1)])
        #expect(undo.map(\.prepared) == [["b"]])
        #expect(undo.map(\.twins) == [["twin"]])
    }

    @Test func textAndPlacesAndPositionsAreNotSearchedForDuplicates() throws {
        for key: Document in [["_fts": "text", "_ftsx": 1], ["p": "2dsphere"], ["a.0.b": 1]] {
            let index = try #require(IndexSpec(["key": .document(key), "name": "a"]))
            #expect(UniqueQuery(index) == nil)
        }
        let index = try #require(IndexSpec(["key": ["a.b": 1, "c": -1], "name": "a"]))
        #expect(UniqueQuery(index)?.pipeline(limit: 3).count == 6)
    }
}
