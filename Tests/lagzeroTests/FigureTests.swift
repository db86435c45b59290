import Testing

@testable import lagzero

@Suite struct FigureTests {
    @Test func theTableShowsWhatHasPassed() {
        let table = FigureTable(figures: [
            Figure(name: "copy", measured: 1.2, limit: 1.25, unit: .ratio, note: "12 s / 10 s"),
            Figure(name: "memory", measured: 300, limit: 256, unit: .megabytes),
        ])
        #expect(!table.hasPassed)
        #expect(
            table.markdown == """
                | figure | measured | at most |      | made of     |
                | ------ | -------- | ------- | ---- | ----------- |
                | copy   | 1.20     | 1.25    | pass | 12 s / 10 s |
                | memory | 300 MB   | 256 MB  | FAIL |             |
                """)
    }

    @Test func peersHaveColumnsAndWhatHasNoLimitHasNoVerdict() {
        let table = FigureTable(
            figures: [
                Figure(
                    name: "key", measured: 16, limit: 16, unit: .bytes, note: "p95",
                    peers: [1_024, nil]),
                Figure(name: "time", measured: 0.25, limit: nil, unit: .milliseconds),
            ], peers: ["htop", "whiptail"])
        #expect(table.hasPassed)
        #expect(
            table.markdown == """
                | figure | measured | at most |      | htop    | whiptail | made of |
                | ------ | -------- | ------- | ---- | ------- | -------- | ------- |
                | key    | 16 B     | 16 B    | pass | 1,024 B |          | p95     |
                | time   | 0.25 ms  |         |      |         |          |         |
                """)
    }

    @Test func aPercentileIsAValueThatWasSeen() {
        let values: [Double] = [5, 1, 4, 2, 3]
        #expect(values.median == 3)
        #expect(values.percentile(0.95) == 5)
        #expect(values.most == 5)
        #expect([Double]().median.isNaN)
    }
}
