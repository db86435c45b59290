import BSON
import Mongo
import Testing

@testable import Sandbox

struct WorkloadScriptTests {
    private let options = WorkloadOptions(
        [Namespace("a", "b"), Namespace("c", "d")], writesPerSecond: 1)

    @Test func theSameSeedGivesTheSameWrites() {
        func all(_ options: WorkloadOptions) -> [[Document]] {
            var script = WorkloadScript(options, lane: 1)
            return (0..<20).map { _ in
                script.round(of: 50).commands(writeConcern: [:]).map(\.command)
            }
        }
        #expect(all(options) == all(options))
        var other = options
        other.seed = 2
        #expect(all(options) != all(other))
    }

    @Test func everyWriteFindsItsDocumentAndLanesKeepApart() {
        var living = Set<Value>()
        var kinds = Set<String>()
        for lane in 0..<2 {
            var script = WorkloadScript(options, lane: lane)
            for _ in 0..<100 {
                let round = script.round(of: 30)
                #expect(round.inserts.count + round.updates.count + round.deletes.count == 30)
                func key(_ id: Value?) -> Value { [.string("\(round.namespace)"), id ?? .null] }
                for document in round.inserts {
                    #expect(living.insert(key(document["_id"])).inserted)
                }
                for update in round.updates {
                    #expect(living.contains(key(update["q"]?.document?["_id"])))
                    let first = update["u"]?.document?.first { _ in true }?.name
                    kinds.insert(first ?? "")
                }
                for delete in round.deletes {
                    #expect(living.remove(key(delete["q"]?.document?["_id"])) != nil)
                }
            }
        }
        #expect(kinds.isSuperset(of: ["$inc", "$set", "$push", "$pull", "0", "_id"]))
        #expect(!living.isEmpty)
    }

    @Test func definitionsAreTheSameForTheSameSeedAndOfEveryKind() {
        func all(_ count: Int) -> [Document] {
            var script = WorkloadDefinitions(options)
            return (0..<count).map { _ in script.next().command }
        }
        #expect(all(50) == all(50))
        let names = Set(all(2000).compactMap { $0.first { _ in true }?.name })
        #expect(
            names == [
                "create", "insert", "delete", "createIndexes", "dropIndexes", "collMod",
                "convertToCapped", "renameCollection", "drop", "dropDatabase",
            ])
    }
}
