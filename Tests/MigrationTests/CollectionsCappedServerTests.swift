import BSON
import Migration
import Mongo
import Sandbox
import Testing

extension CollectionsServerTests {
    @Test(arguments: isSoak ? Pair.versions : [.v6_0_27])
    func c3CappedCollectionsKeepOrderSizeAndMax(version: MongodBinary.Version) async throws {
        try await Pair.with(version) { pair in
            let shop = Statements(pair.source.lane, "shop")
            let filler = String(repeating: "x", count: 200)
            @Sendable func documents(_ range: Range<Int>) -> [Document] {
                range.map { ["_id": .integer($0), "n": 0, "filler": .string(filler)] }
            }
            try await shop.create("max", ["capped": true, "size": 1_000_000, "max": 100])
            try await shop.create("size", ["capped": true, "size": 100_000])
            try await shop.create("roomy", ["capped": true, "size": 10_000_000])
            try await shop.create("empty", ["capped": true, "size": 1])
            for name in ["max", "size", "roomy"] {
                // Not in the order of the ids.
                try await shop.insert(name, documents(0..<1_000).reversed())
            }
            let report = try await pair.migrating { migration in
                // They overflow all the time, also while they are copied.
                let writer = Application { number in
                    let first = 10_000 + number * 10
                    for name in ["max", "size", "roomy"] {
                        try await shop.insert(name, documents(first..<(first + 10)).reversed())
                    }
                }
                try await migration.reached(.inSync)
                let others = Application { number in
                    try await shop.update(
                        "roomy", ["_id": .integer(number % 1_000)], ["$inc": ["n": 1]])
                }
                try await eventually("some hundred writes") {
                    try await shop.find("max", ["filter": ["_id": ["$gte": 12_000]], "limit": 1])
                        .count == 1
                }
                try await shop.create("late", ["capped": true, "size": 50_000, "max": 30])
                try await shop.insert("late", documents(0..<100))
                try await others.stop()
                try await writer.stop()
                try await shop.delete("roomy", ["_id": ["$gte": 100, "$lt": 200]])
                // A document that leaves and comes again stands at the end.
                try await shop.delete("roomy", ["_id": 500])
                try await shop.insert(
                    "roomy", documents(1..<2).map { $0.setting("_id", to: 7_777_777) })
                try await shop.insert("roomy", documents(500..<501))
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
            try await expectLimits(on: pair)
        }
    }

    @Test func c3CappedCollectionsInAnotherOrderAreCopiedAgain() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            let there = shop.on(pair.destination.lane)
            for name in ["early", "last"] {
                try await shop.create(name, ["capped": true, "size": 1_000_000])
                try await shop.insert(name, .numbered(500))
                try await shop.index(name, [["key": ["n": 1], "name": "n", "unique": true]])
            }
            let report = try await pair.migrating { migration in
                try await migration.reached(.inSync)
                try await migration.isTrue("verified") { migration.engine.progress().isReady }
                for name in ["early", "last"] {
                    // As if an event had been lost whose document was written by a later one.
                    try await there.delete(name, ["_id": 7])
                    try await there.insert(name, .numbered(1, from: 7))
                    try await shop.insert(name, .numbered(1, from: 1_000))
                }
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
        }
    }

    /// The order is the migration's own: nobody has to ask for verification to get it.
    @Test(arguments: [MigrationOptions.Verify.off, .counts])
    func c3CappedCollectionsKeepTheirOrderWithoutVerification(
        verify: MigrationOptions.Verify
    ) async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            let there = shop.on(pair.destination.lane)
            try await shop.create("moved", ["capped": true, "size": 1_000_000])
            try await shop.insert("moved", .numbered(500))
            try await shop.create("lost", ["capped": true, "size": 1_000_000])
            try await shop.insert("lost", .numbered(100))
            let report = try await pair.migrating({ $0.verify = verify }) { migration in
                try await migration.reached(.inSync)
                try await migration.isTrue("ready") { migration.engine.progress().isReady }
                // As if events had been lost: of a document that was written again, and of one that was deleted.
                try await there.delete("moved", ["_id": 7])
                try await there.insert("moved", .numbered(1, from: 7))
                try await there.insert("moved", .numbered(1, from: 2_000))
                // The number of documents would tell it.
                if verify == .off { try await there.delete("lost", ["_id": 9]) }
                try await shop.insert("moved", .numbered(1, from: 1_000))
                return try await migration.cutOver()
            }
            #expect(report.phase == .complete)
            #expect(report.problems == [])
            #expect(try await pair.differences() == [])
        }
    }

    @Test func c3WhatWasNotComparedInOrderIsInTheReport() async throws {
        try await Pair.with { pair in
            let shop = Statements(pair.source.lane, "shop")
            try await shop.create("long", ["capped": true, "size": 1_000_000])
            try await shop.insert("long", .numbered(100))
            let report = try await pair.migrating({
                $0.verify = .off
                $0.orderBytes = 0
            }) { try await $0.cutOver() }
            #expect(report.phase == .complete)
            #expect(report.problems.count == 1)
            #expect(
                report.problems.first?.contains("the order of the documents of shop.long") == true)
        }
    }

    /// Nothing tells what such a source overwrites by itself, so the destination holds more of it.
    @Test func c3WhatAnOlderSourceHasOverwrittenGoesWithoutVerification() async throws {
        try await Pair.with(source: { $0.version = .v4_4_2 }) { pair in
            let shop = Statements(pair.source.lane, "shop")
            let there = shop.on(pair.destination.lane)
            try await shop.create("max", ["capped": true, "size": 1_000_000, "max": 100])
            try await shop.insert("max", .numbered(100))
            let report = try await pair.migrating({
                $0.verify = .off
                $0.quietPeriod = 1
            }) { migration in
                try await migration.reached(.inSync)
                try await shop.insert("max", .numbered(50, from: 100))
                try await migration.isTrue("they are on the destination") {
                    try await there.find("max", ["filter": ["_id": 149]]).count == 1
                }
                return try await migration.cutOver()
            }
            #expect(report.phase == .complete)
            #expect(try await there.find("max").first?["_id"]?.integer == 50)
            #expect(try await pair.differences() == [])
        }
    }

    /// Both clusters overflow alike after the cutover.
    private func expectLimits(on pair: Pair) async throws {
        for lane in [pair.source.lane, pair.destination.lane] {
            let shop = Statements(lane, "shop")
            for name in ["max", "size", "late"] {
                try await shop.insert(name, .numbered(5, from: 100_000_000))
            }
            #expect(try await shop.count("max") == 100)
            #expect(try await shop.count("late") == 30)
        }
        try await pair.expectEqual()
    }

    @Test(arguments: Pair.versions)
    func c5TimeSeriesAreWrittenToWhileMigrating(version: MongodBinary.Version) async throws {
        try await Pair.with(version) { pair in
            let plant = Statements(pair.source.lane, "plant")
            @Sendable func measurements(_ range: Range<Int>) -> [Document] {
                range.map { number in
                    [
                        "t": .date(4_000_000_000_000 + Int64(number) * 7_000),
                        "meta": ["sensor": .integer(number % 5), "place": "hall"],
                        "value": .double(Double(number) / 3), "word": .string("w\(number % 7)"),
                    ]
                }
            }
            let options: Document = [
                "timeseries": ["timeField": "t", "metaField": "meta", "granularity": "minutes"],
                "expireAfterSeconds": .int64(3_600),
            ]
            try await plant.create("series", options)
            try await plant.insert("series", measurements(0..<3_000))
            try await plant.index(
                "series", [["key": ["meta.sensor": 1, "t": -1], "name": "sensor"]])
            try await plant.create("bare", ["timeseries": ["timeField": "t"]])
            try await plant.insert("bare", measurements(0..<500))
            try await plant.create("dropped", options)
            try await plant.create(
                "sum", ["viewOn": "series", "pipeline": [["$match": ["meta.sensor": 3]]]])
            let report = try await pair.migrating { migration in
                let writer = Application { number in
                    let first = 3_000 + number * 20
                    try await plant.insert("series", measurements(first..<(first + 20)))
                    try await plant.insert("bare", measurements(first..<(first + 2)))
                }
                try await migration.reached(.inSync)
                // Deletes and updates of time-series may name the meta field only.
                try await plant.delete("series", ["meta.sensor": 2])
                try await plant.update(
                    "series", ["meta.sensor": 4], ["$set": ["meta.place": "yard"]], multi: true)
                try await plant.create("late", options.removing("expireAfterSeconds"))
                try await plant.insert("late", measurements(0..<1_000))
                try await plant.index("late", [["key": ["value": 1], "name": "value"]])
                try await plant.modify("bare", ["expireAfterSeconds": 86_400])
                try await plant.modify("bare", ["timeseries": ["granularity": "minutes"]])
                try await plant.modify("series", ["expireAfterSeconds": "off"])
                try await plant.drop("dropped")
                try await plant.create(
                    "dropped", ["timeseries": ["timeField": "t", "metaField": "m"]])
                try await writer.stop()
                return try await migration.cutOver()
            }
            try await pair.expectEqual(report)
            #expect(try await plant.on(pair.destination.lane).count("late") == 1_000)
        }
    }
}
