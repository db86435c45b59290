import BSON
import Mongo
import Testing

@testable import Migration

struct PassPlanTests {
    private func collection(_ number: UInt64, copy: UInt64 = 0, isCopied: Bool = true)
        -> MigratedCollection
    {
        var collection = MigratedCollection(
            source: BinaryUUID(high: 0, low: number), sourceName: Namespace("d", "c\(number)"),
            destination: BinaryUUID(high: copy, low: number),
            destinationName: Namespace("d", "c\(number)"), kind: .plain, isCollated: false,
            isClustered: false)
        collection.isCopied = isCopied
        return collection
    }

    /// Does all tasks that there are, each collection in this many ranges.
    private func work(_ plan: inout PassPlan, ranges: Int = 1) -> Int {
        var done = 0
        while let task = plan.next() {
            if case .plan = task.work {
                let bounds = (1..<ranges).map { rawID(.integer($0)) }
                let parts = Partition.all(between: bounds, of: task.collection)
                plan.planned(task, parts.map(PassPlan.Task.Work.range), documents: 10, batchSize: 5)
            }
            plan.finish(task)
            done += 1
        }
        return done
    }

    private func expect(_ done: Int, _ wanted: Int) { #expect(done == wanted) }

    @Test func everyCopiedCollectionIsComparedOnce() {
        var plan = PassPlan()
        #expect(!plan.isDone)
        _ = plan.update([collection(1), collection(2), collection(3, isCopied: false)])
        expect(work(&plan, ranges: 3), 8)
        #expect(plan.isDone)
        #expect(plan.documents == 20)
        _ = plan.update([collection(1), collection(2), collection(3)])
        #expect(!plan.isDone)
        expect(work(&plan), 2)
        #expect(plan.done == 3)
    }

    @Test func theLargestCollectionInNaturalOrderIsComparedFirst() {
        var plan = PassPlan()
        _ = plan.update((1...5).map { collection($0) })
        var order: [Int] = []
        while let task = plan.next() {
            if case .plan = task.work {
                let documents = [20, 50, 10, 40, 30][Int(task.collection.low) - 1]
                plan.planned(task, [.natural], documents: documents, batchSize: 5)
            } else {
                order.append(task.documents)
            }
            plan.finish(task)
        }
        #expect(order == [50, 40, 30, 20, 10])
    }

    @Test func whatIsDoneOnceMoreKeepsNothingWaiting() {
        var plan = PassPlan()
        _ = plan.update((1...3).map { collection($0) })
        var order: [Int] = []
        while let task = plan.next(), order.count < 6 {
            let number = Int(task.collection.low)
            switch task.work {
            case .plan: plan.planned(task, [.natural], documents: number * 10, batchSize: 5)
            default:
                order.append(number)
                if order == [3] {
                    plan.giveBack(task)
                    continue
                }
                if number == 2, order.count == 2 { plan.wantAgain(task.collection) }
            }
            plan.finish(task)
        }
        #expect(order == [3, 2, 1, 3, 2])
        #expect(plan.isDone)
    }

    @Test func whatWasCopiedAnewIsComparedAnew() {
        var plan = PassPlan()
        _ = plan.update([collection(1)])
        let old = plan.next()
        _ = plan.update([collection(1, copy: 9)])
        if let old { plan.finish(old) }
        #expect(!plan.isDone)
        expect(work(&plan), 2)
        #expect(plan.isDone)
    }

    @Test func whatIsGoneIsForgotten() {
        var plan = PassPlan()
        _ = plan.update([collection(1), collection(2)])
        let gone = plan.update([collection(2)])
        #expect(gone == [BinaryUUID(high: 0, low: 1)])
        expect(work(&plan), 2)
        #expect(plan.isDone)
    }

    @Test func keysCountOnlyFromTheBeginningOfThePassOn() {
        var plan = PassPlan()
        let uuid = collection(1).source
        _ = plan.update([collection(1)])
        let isKeptEarly = plan.noteChange(of: uuid)
        #expect(!isKeptEarly)
        let task = plan.next()
        let isKept = plan.noteChange(of: uuid)
        #expect(isKept)
        #expect(plan.changes(of: uuid) == 2)
        if let task { plan.finish(task) }
    }

    @Test func anotherPassBeginsWhenThePresentOneIsDone() {
        var plan = PassPlan()
        let uuid = collection(1).source
        _ = plan.update([collection(1)])
        let task = plan.next()
        plan.wantAgain(uuid)
        #expect(plan.isWantedAgain(uuid))
        if let task { plan.finish(task) }
        #expect(!plan.isDone)
        expect(work(&plan), 2)
        #expect(plan.isDone)
        plan.wantAgain(uuid)
        #expect(!plan.isDone)
        expect(work(&plan), 2)
    }

    @Test func rangesCoverEverythingOnce() {
        let bounds = [5, 9].map { rawID(.integer($0)) }
        let ranges = Partition.all(between: bounds, of: collection(1).source)
        #expect(ranges.map(\.lower) == [nil, bounds[0], bounds[1]])
        #expect(ranges.map(\.upper) == [bounds[0], bounds[1], nil])
    }

    @Test func largeDocumentsMakeFewerRanges() {
        #expect(RangePlanner.ranges(bytes: 1 << 20, documents: 10_000) == 0)
        #expect(RangePlanner.ranges(bytes: 640 << 20, documents: 1_000_000) == 10)
        #expect(RangePlanner.ranges(bytes: 1 << 40, documents: 1_000_000_000) == 200)
        #expect(RangePlanner.ranges(bytes: 16 << 30, documents: 1_000) == 4)
    }
}
