import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct CatalogIndexTests {
    private let id: Document = ["v": 2, "key": ["_id": 1], "name": "_id_"]

    private func translated(_ spec: Document, in options: Document = [:]) -> Document? {
        Translation.untilCutover.indexes(of: collection("a", 1, options, indexes: [id, spec]))
            .first?.spec
    }

    private func plan(_ source: [Document], _ found: [IndexSpec], isCopied: Bool = true)
        -> CatalogPlan
    {
        let info = collection("a", 1, indexes: source)
        var other = info
        other.indexes = found
        return CatalogPlan.make(
            [info], destination(other), pairs(info), indexable: isCopied ? [uuid(1)] : [])
    }

    private func specs(_ specs: Document...) -> [IndexSpec] { specs.compactMap { IndexSpec($0) } }

    @Test func uniqueTTLAndHiddenIndexesArePlainOnesUntilTheCutover_X2_X4_X5() {
        let spec: Document = [
            "v": 2, "key": ["t": 1], "name": "t", "unique": true, "hidden": true,
            "expireAfterSeconds": 5, "sparse": true, "partialFilterExpression": ["t": ["$gt": 1]],
        ]
        #expect(
            translated(spec) == [
                "v": 2, "key": ["t": 1], "name": "t", "sparse": true,
                "partialFilterExpression": ["t": ["$gt": 1]],
            ])
        #expect(
            Translation.final.indexes(of: collection("a", 1, indexes: [spec])).first?.spec == spec)
    }

    @Test func anIndexWithSimpleCollationSaysSoOnACollatedCollection_X11() {
        let collated: Document = ["collation": ["locale": "en", "strength": 2]]
        let spec: Document = ["v": 2, "key": ["a": 1], "name": "a"]
        #expect(translated(spec, in: collated)?["collation"]?.document == ["locale": "simple"])
        #expect(translated(spec) == spec)
        let own = spec.setting("collation", to: ["locale": "fr"])
        #expect(translated(own, in: collated) == own)
        // Indexes of version 1 are always simple and refuse the field.
        let old = spec.setting("v", to: 1)
        #expect(translated(old, in: collated) == old)
    }

    @Test func theUniqueOneOfTwinsIsLeftOut_X3() {
        let info = collection(
            "a", 1,
            indexes: [
                id, ["key": ["a": 1], "name": "plain"],
                ["key": ["a": 1.0], "name": "unique", "unique": true],
                ["key": ["a": 1], "name": "sparse", "unique": true, "sparse": true],
                ["key": ["a": -1], "name": "down", "unique": true],
            ])
        #expect(
            Translation.untilCutover.indexes(of: info).map(\.name) == ["plain", "sparse", "down"])
        #expect(Translation.twins(of: info).map(\.name) == ["unique"])
    }

    @Test func anUnfinishedBuildOnTheSourceWaits_X10() {
        var info = collection("a", 1, indexes: [id])
        let listed: Document = [
            "spec": ["key": ["a": 1], "name": "a"], "buildUUID": .uuid(uuid(8)),
        ]
        info.indexes += [IndexSpec(listed: listed)].compactMap(\.self)
        #expect(info.indexes.count == 2)
        #expect(Translation.final.indexes(of: info).isEmpty)
    }

    @Test func indexesAreBuiltOnceTheCopyIsDone() {
        let spec: Document = ["key": ["a": 1], "name": "a"]
        #expect(plan([id, spec], specs(id), isCopied: false).isEmpty)
        let build = plan([id, spec], specs(id)).builds
        #expect(build.map { $0.specs.map(\.name) } == [["a"]])
        #expect(build.first?.destination == paired(1))
    }

    @Test func anIndexThatIsGoneIsDropped_X9() {
        let result = plan([id], specs(id, ["key": ["a": 1], "name": "a"]))
        #expect(result.steps == ["drop index a of db.a"])
    }

    @Test func anIndexThatIsAnotherNowIsDroppedAndBuilt_X9() {
        let result = plan(
            [["key": ["a": 1], "name": "x"]], specs(["key": ["b": 1], "name": "x"]))
        #expect(result.steps == ["drop index x of db.a"])
        #expect(result.builds.first?.specs.map(\.name) == ["x"])
    }

    @Test func numbersOfOtherTypesAndDefaultsMakeNoOtherIndex() {
        let result = plan(
            [["key": ["a": 1.0], "name": "x", "background": true, "v": 2, "sparse": false]],
            specs(["v": 2, "key": ["a": 1], "name": "x"]))
        #expect(result.isEmpty)
    }

    @Test func changesThatTheCutoverBringsAreNone_X9() {
        let result = plan(
            [["key": ["a": 1], "name": "x", "hidden": true, "expireAfterSeconds": 7]],
            specs(["key": ["a": 1], "name": "x"]))
        #expect(result.isEmpty)
    }

    @Test func aHiddenOrPreparedIndexIsMadePlainAgain() {
        let result = plan(
            [["key": ["a": 1], "name": "x", "unique": true]],
            specs(["key": ["a": 1], "name": "x", "hidden": true, "prepareUnique": true]))
        #expect(result.steps == ["change index x of db.a", "change index x of db.a"])
        #expect(result.builds.isEmpty)
    }

    @Test func anUnfinishedIndexGoesWithAllOthersOfItsBuild() {
        let found = [
            IndexSpec(["key": ["a": 1], "name": "a"], build: uuid(8)),
            IndexSpec(["key": ["b": 1], "name": "b"], build: uuid(8)),
        ].compactMap(\.self)
        let result = plan([["key": ["b": 1], "name": "b"]], found)
        #expect(result.steps == ["drop indexes a, b of db.a"])
        #expect(result.builds.first?.specs.map(\.name) == ["b"])
    }

    @Test func aBuildThatRunsIsAskedForAgainToWaitForIt() {
        let found = [IndexSpec(["key": ["a": 1], "name": "a"], build: uuid(8))].compactMap(\.self)
        let result = plan([["key": ["a": 1], "name": "a"]], found)
        #expect(result.actions.isEmpty)
        #expect(result.builds.first?.specs.map(\.name) == ["a"])
    }

    @Test func theIndexOfAClusteredCollectionComesWithIt_C4() {
        let clustered: Document = [
            "key": ["_id": 1], "name": "mine", "unique": true, "clustered": true,
        ]
        #expect(plan([clustered], specs(clustered)).isEmpty)
    }

    @Test(arguments: [
        (Value.double(.nan), 2_147_483_647), (3_600.5, 3_600), (.int64(5), 5), (0, 0),
        (.double(1e12), 2_147_483_647),
    ])
    func expiryIsUnderstoodAsNewServersDo_X4(stored: Value, seconds: Int) {
        let index = IndexSpec(["key": ["a": 1], "name": "a", "expireAfterSeconds": stored])
        #expect(index?.expiry == seconds)
    }

    @Test func differencesAreNamed() {
        let source = Catalog([
            collection("a", 1, ["validator": ["x": 1]], indexes: [["key": ["a": 1], "name": "a"]]),
            collection("b", 2), view("v", on: "a"),
            collection("i", 3, indexes: [["key": ["a": 1], "name": "a", "unique": true]]),
        ])
        let found = Catalog([
            collection("a", 1, indexes: [["key": ["z": 1], "name": "z"]]), collection("v", 8),
            collection("i", 3, indexes: [["key": ["a": 1], "name": "a"]]), collection("x", 9),
        ])
        #expect(
            CatalogDifference.list(source: source, destination: found, .final).map(\.description)
                == [
                    "option validator of db.a differs", "index a of db.a is missing",
                    "index z of db.a is on the destination only",
                    "db.b is missing on the destination",
                    "index a of db.i differs in unique",
                    "db.v is a collection on one side and a view on the other",
                    "db.x is on the destination only",
                ])
    }
}
