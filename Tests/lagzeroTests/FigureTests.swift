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
}
