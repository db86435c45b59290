import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct CatalogPlanTests {
    let a = collection("a", 1)
    let b = collection("b", 2)
    let c = collection("c", 3)

    @Test func equalCatalogsNeedNothing() {
        let plan = CatalogPlan.make([a, b], destination(a, b), pairs(a, b))
        #expect(plan.isEmpty)
    }

    @Test func aNewCollectionIsCreated_D1() {
        let plan = CatalogPlan.make([a, b], destination(a), pairs(a))
        #expect(plan.steps == ["create db.b"])
    }

    @Test func whatIsGoneIsDroppedByItsUUID_D1() {
        let plan = CatalogPlan.make([a], destination(a, b), pairs(a, b))
        #expect(
            plan.actions == [.drop(paired(2), .collection, namespace("b"), source: uuid(2))])
    }

    @Test func aCollectionDroppedAndCreatedUnderOneNameIsANewOne_D1_D5() {
        let plan = CatalogPlan.make([collection("a", 9)], destination(a), pairs(a))
        #expect(plan.steps == ["drop db.a", "create db.a"])
        #expect(plan.forgotten.isEmpty)
    }

    @Test func droppingADatabaseIsDroppingItsCollections_D2() {
        let plan = CatalogPlan.make([], destination(a, b), pairs(a, b))
        #expect(plan.steps == ["drop db.a", "drop db.b"])
    }

    @Test func aRenameKeepsTheCollection_D3() {
        let plan = CatalogPlan.make([collection("z", 1)], destination(a), pairs(a))
        #expect(
            plan.actions == [
                .rename(paired(1), from: namespace("a"), to: namespace("z"), source: uuid(1))
            ])
    }

    @Test func aRenameOntoAnExistingOneDropsThatFirst_D3() {
        let plan = CatalogPlan.make([collection("b", 1)], destination(a, b), pairs(a, b))
        #expect(plan.steps == ["drop db.b", "rename db.a to db.b"])
    }

    @Test func aChainOfRenamesBeginsAtItsFreeEnd_D3() {
        let plan = CatalogPlan.make(
            [collection("b", 1), collection("c", 2), collection("d", 3)], destination(a, b, c),
            pairs(a, b, c))
        #expect(
            plan.steps == ["rename db.c to db.d", "rename db.b to db.c", "rename db.a to db.b"])
    }

    @Test func aSwapGoesThroughATemporaryName_D3() {
        let plan = CatalogPlan.make(
            [collection("b", 1), collection("a", 2)], destination(a, b), pairs(a, b))
        let temporary = CatalogPlanner.temporaryName(paired(2), in: "db")
        #expect(
            plan.steps == [
                "rename db.b to \(temporary)", "rename db.a to db.b",
                "rename \(temporary) to db.a",
            ])
    }

    @Test func aCycleOfThreeNeedsOneTemporaryName_D3() {
        let plan = CatalogPlan.make(
            [collection("b", 1), collection("c", 2), collection("a", 3)], destination(a, b, c),
            pairs(a, b, c))
        #expect(plan.actions.count == 4)
        #expect(plan.problems.isEmpty)
    }

    @Test func aCollectionLeftUnderATemporaryNameMovesOn_D6() {
        let temporary = CatalogPlanner.temporaryName(paired(1), in: "db")
        let moved = CollectionInfo(namespace: temporary, uuid: uuid(1))
        let plan = CatalogPlan.make([a], destination(moved), pairs(a))
        #expect(plan.steps == ["rename \(temporary) to db.a"])
    }

    @Test func temporaryNamesAreShortEnoughForTheLongestDatabaseName() {
        let name = CatalogPlanner.temporaryName(
            BinaryUUID(high: .max, low: .max), in: String(repeating: "d", count: 63))
        #expect(name.description.utf8.count <= 255)
    }

    @Test func aRenameToAnotherDatabaseIsANewCollection_D3() {
        let plan = CatalogPlan.make([collection("other.a", 1)], destination(a), pairs(a))
        #expect(plan.steps == ["drop db.a", "create other.a"])
    }

    @Test func outOfTheFilterIsADropAndIntoItACreation_D7() {
        let out = CatalogPlan.make([], destination(a), pairs(a))
        #expect(out.steps == ["drop db.a"])
        let back = CatalogPlan.make([a], destination(), CatalogState())
        #expect(back.steps == ["create db.a"])
    }

    @Test func whatSomebodyDroppedOnTheDestinationIsCreatedAgain() {
        let plan = CatalogPlan.make([a], destination(), pairs(a))
        #expect(plan.steps == ["create db.a"])
        #expect(plan.forgotten.isEmpty)
    }

    @Test func whatIsOnNeitherSideIsForgotten_D6() {
        let plan = CatalogPlan.make([], destination(), pairs(a))
        #expect(plan.isEmpty)
        #expect(plan.forgotten == [uuid(1)])
    }

    @Test func aForeignCollectionIsNeverTouched() {
        let plan = CatalogPlan.make([a], destination(collection("a", 77)), CatalogState())
        #expect(plan.actions.isEmpty)
        #expect(plan.problems == [.foreign(namespace("a"), isView: false)])
        let unneeded = CatalogPlan.make(
            [a], destination(a, collection("x", 77)), pairs(a))
        #expect(unneeded.isEmpty)
    }

    @Test func aForeignCollectionStopsOnlyTheRenamesThatNeedItsName() {
        let plan = CatalogPlan.make(
            [collection("x", 1), collection("a", 2), collection("d", 3)],
            destination(a, b, c, collection("x", 77)), pairs(a, b, c))
        #expect(plan.steps == ["rename db.c to db.d"])
        #expect(plan.problems == [.foreign(namespace("x"), isView: false)])
    }

    @Test func aCreationWaitsForTheNameThatAnotherCollectionGivesUp_D3() {
        let plan = CatalogPlan.make(
            [collection("z", 1), collection("a", 9)], destination(a), pairs(a))
        #expect(plan.steps == ["rename db.a to db.z", "create db.a"])
    }

    @Test func aTimeSeriesCollectionTakesTwoNames_C5() {
        let series = buckets("s", 5)
        let plan = CatalogPlan.make([series], destination(), CatalogState())
        #expect(plan.steps == ["create db.s"])
        let blocked = CatalogPlan.make([series], destination(collection("s", 77)), CatalogState())
        #expect(blocked.actions.isEmpty)
        #expect(blocked.problems.map(\.namespace) == [namespace("s")])
        let replaced = CatalogPlan.make([collection("s", 6)], destination(series), pairs(series))
        #expect(replaced.steps == ["drop db.system.buckets.s", "create db.s"])
    }

    @Test func aRecreatedTimeSeriesCollectionIsANewOne_C5_D1() {
        let plan = CatalogPlan.make(
            [buckets("s", 6)], destination(buckets("s", 5)), pairs(buckets("s", 5)))
        #expect(plan.steps == ["drop db.system.buckets.s", "create db.s"])
    }
}

@Suite struct CatalogViewPlanTests {
    let a = collection("a", 1)

    @Test func viewsComeAfterCollectionsAndAfterTheViewsTheyAreOn_C6() {
        let plan = CatalogPlan.make(
            [view("v1", on: "v2"), view("v2", on: "v3"), view("v3", on: "a"), a], destination(),
            CatalogState())
        #expect(
            plan.steps == [
                "create db.a", "create view db.v3", "create view db.v2", "create view db.v1",
            ])
    }

    @Test func aViewThatJoinsAnotherComesAfterIt_C6() {
        let join: Document = ["pipeline": [["$lookup": ["from": "w", "as": "x"]]]]
        let plan = CatalogPlan.make(
            [view("v", on: "a", join), view("w", on: "a")], destination(), CatalogState())
        #expect(plan.steps == ["create view db.w", "create view db.v"])
    }

    @Test func aChangedViewIsDroppedAndCreatedAgain_D4() {
        let plan = CatalogPlan.make(
            [view("v", on: "b")], destination(view("v", on: "a")), pairs(views: "v"))
        #expect(plan.steps == ["drop view db.v", "create view db.v"])
    }

    @Test func viewsAreDroppedFromTheTop_C6() {
        let plan = CatalogPlan.make(
            [], destination(view("v1", on: "v2"), view("v2", on: "a")), pairs(views: "v1", "v2"))
        #expect(plan.steps == ["drop view db.v1", "drop view db.v2"])
    }

    @Test func aCollectionTakesTheNameOfAView() {
        let plan = CatalogPlan.make(
            [collection("v", 9)], destination(view("v", on: "a")), pairs(views: "v"))
        #expect(plan.steps == ["drop view db.v", "create db.v"])
    }

    @Test func aViewTakesTheNameOfACollection() {
        let plan = CatalogPlan.make([view("a", on: "b")], destination(a), pairs(a))
        #expect(plan.steps == ["drop db.a", "create view db.a"])
    }

    @Test func aForeignViewIsNeverTouched() {
        let plan = CatalogPlan.make(
            [view("v", on: "b")], destination(view("v", on: "a")), CatalogState())
        #expect(plan.actions.isEmpty)
        #expect(plan.problems == [.foreign(namespace("v"), isView: true)])
    }

    @Test func aViewThatIsThereAsNeededIsClaimed_D6() {
        let wanted = view("v", on: "a")
        let plan = CatalogPlan.make([wanted], destination(wanted), CatalogState())
        #expect(plan.isEmpty)
        #expect(plan.claims == [namespace("v")])
    }

    @Test func aClaimOfAViewThatIsGoneIsReleased_D6() {
        let plan = CatalogPlan.make([], destination(), pairs(views: "v"))
        #expect(plan.isEmpty)
        #expect(plan.releases == [namespace("v")])
    }

    @Test func theLogCountsIndexesAsPeopleDo() throws {
        let spec = try #require(IndexSpec(["key": ["a": 1], "name": "a_1"]))
        func built(_ count: Int) -> String {
            IndexBuild(
                source: uuid(1), destination: paired(1), namespace: namespace("a"),
                specs: Array(repeating: spec, count: count)
            ).built
        }
        #expect(built(1) == "built 1 index of db.a")
        #expect(built(2) == "built 2 indexes of db.a")
    }
}
