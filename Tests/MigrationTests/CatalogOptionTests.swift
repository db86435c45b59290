import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct CatalogOptionTests {
    private func modification(_ source: Document, _ found: Document) -> Document? {
        let plan = CatalogPlan.make(
            [collection("a", 1, source)], destination(collection("a", 1, found)),
            pairs(collection("a", 1)))
        guard case .modify(_, _, let arguments, _, _)? = plan.actions.first else { return nil }
        return arguments
    }

    @Test func aChangedValidatorIsGivenWithItsLevelAndAction_D4() {
        #expect(
            modification(["validator": ["a": 1]], [:]) == [
                "validator": ["a": 1], "validationLevel": "strict", "validationAction": "error",
            ])
        #expect(
            modification([:], ["validator": ["a": 1], "validationLevel": "off"]) == [
                "validator": [:], "validationLevel": "strict", "validationAction": "error",
            ])
    }

    @Test func defaultsThatAreSaidEqualThoseThatAreNot() {
        #expect(
            modification(
                ["validationLevel": "strict", "validationAction": "error", "validator": [:]], [:])
                == nil)
        #expect(modification([:], ["changeStreamPreAndPostImages": ["enabled": false]]) == nil)
        #expect(modification(["temp": true, "flags": 1], [:]) == nil)
    }

    @Test func preImagesAreSwitched_D4() {
        let isOn: Document = ["changeStreamPreAndPostImages": ["enabled": true]]
        #expect(modification(isOn, [:]) == isOn)
        #expect(modification([:], isOn) == ["changeStreamPreAndPostImages": ["enabled": false]])
    }

    @Test func preImagesUnderTheirOldNameGetTheNewOne() {
        let info = collection("a", 1, ["recordPreImages": true])
        #expect(
            Translation.final.options(of: info) == [
                "changeStreamPreAndPostImages": ["enabled": true]
            ])
    }

    @Test func granularityIsChanged_D4() {
        let coarse = buckets("s", 5).options.setting(
            "timeseries", to: ["timeField": "t", "granularity": "hours"])
        var source = buckets("s", 5)
        source.options = coarse
        let plan = CatalogPlan.make([source], destination(buckets("s", 5)), pairs(source))
        guard case .modify(_, _, let arguments, _, _)? = plan.actions.first else {
            Issue.record("nothing is modified")
            return
        }
        #expect(arguments == ["timeseries": ["granularity": "hours"]])
    }

    @Test func anOptionThatNoCommandChangesIsAProblem() {
        let info = collection("a", 1, ["collation": ["locale": "de"]])
        let plan = CatalogPlan.make([info], destination(collection("a", 1)), pairs(info))
        #expect(plan.actions.isEmpty)
        #expect(plan.problems.map(\.kind) == [.unchangeable])
    }

    @Test func cappedLimitsAndExpiryAreLiftedUntilTheCutover_C3_C4() {
        let capped = collection("a", 1, ["capped": true, "size": 4_096, "max": 3])
        #expect(
            Translation.untilCutover.options(of: capped) == [
                "capped": true, "size": .int64(1 << 50),
            ])
        #expect(Translation.final.options(of: capped) == capped.options)
        let expiring = collection("b", 2, ["clusteredIndex": ["v": 2], "expireAfterSeconds": 5])
        #expect(Translation.untilCutover.options(of: expiring) == ["clusteredIndex": ["v": 2]])
        #expect(modification(capped.options, ["capped": true, "size": .int64(1 << 50)]) == nil)
    }

    @Test func bucketsAreCreatedThroughTheirCollection_C5() {
        let series = buckets("s", 5, ["validator": ["x": 1], "expireAfterSeconds": 5])
        let command = Translation.untilCutover.createCommand(for: series)
        #expect(command["create"] == "s")
        #expect(!command.has("validator") && !command.has("clusteredIndex"))
        #expect(!command.has("expireAfterSeconds") && command.has("timeseries"))
    }

    @Test func theVersionOfTheCollatorIsLeftToTheServer_C7() {
        let info = collection("a", 1, ["collation": ["locale": "de", "version": "57.1"]])
        #expect(Translation.final.options(of: info) == ["collation": ["locale": "de"]])
        #expect(
            modification(
                ["collation": ["locale": "de", "version": "57.1"]],
                ["collation": ["locale": "de", "version": "58"]]) == nil)
    }

    @Test func anOldIndexOnTheIDIsMadeAsOld() {
        var info = collection("a", 1)
        info.idIndex = ["v": 1, "key": ["_id": 1], "name": "_id_", "ns": "db.a"]
        let command = Translation.final.createCommand(for: info)
        #expect(command["idIndex"]?.document == ["v": 1, "key": ["_id": 1], "name": "_id_"])
        info.idIndex = ["v": 2, "key": ["_id": 1], "name": "_id_"]
        #expect(!Translation.final.createCommand(for: info).has("idIndex"))
    }

    @Test func cappedSizesAreComparedAsTheyAreRounded() {
        let source = collection("a", 1, ["capped": true, "size": 5_000, "max": 2_147_483_647])
        let found = collection("a", 1, ["capped": true, "size": 5_120.0])
        #expect(
            ComparableOptions.wanted(for: source, .final)
                == ComparableOptions.found(on: found, .final))
    }
}
