import Testing

@testable import lagzero

@Suite struct UnitsTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_449, "1.4 kB"), (99_940, "99.9 kB"),
        (99_960, "100 kB"), (999_400, "999 kB"), (999_600, "1.0 MB"), (1_400_000_000, "1.4 GB"),
        (5_000_000_000_000, "5.0 TB"), (-5, "-5 B"),
    ])
    func bytesAreDecimal(count: Int, text: String) {
        #expect(Units.bytes(count) == text)
    }

    @Test(arguments: [
        (0, "0"), (12, "12"), (1_234, "1,234"), (-1_234_567, "-1,234,567"), (100_000, "100,000"),
    ])
    func countsHaveGroupsOfThree(number: Int, text: String) {
        #expect(Units.count(number) == text)
    }

    @Test(arguments: [
        (0.0, "0.0 s"), (-1.0, "0.0 s"), (0.04, "0.0 s"), (0.3, "0.3 s"), (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"), (59.6, "1 min 0 s"), (250.0, "4 min 10 s"), (7_500.0, "2 h 5 min"),
        (273_600.0, "3 d 4 h"), (1e300, "11574074074 d 1 h"),
    ])
    func durationsHaveTwoUnits(seconds: Double, text: String) {
        #expect(Units.duration(seconds) == text)
    }

    @Test(arguments: [
        (1.005, 1, "1.0"), (0.05, 2, "0.05"), (-0.001, 2, "0.00"), (-2.5, 1, "-2.5"),
        (12.0, 0, "12"),
        (.infinity, 1, "-"), (.nan, 1, "-"),
    ])
    func fixedNumbersAreRounded(value: Double, digits: Int, text: String) {
        #expect(Units.fixed(value, digits) == text)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00Z"),
            (1_763_692_857_042, "2025-11-21T02:40:57Z"),
        ] as [(Int64, String)])
    func timesAreUTC(milliseconds: Int64, text: String) {
        #expect(Units.time(milliseconds) == text)
    }

    @Test func timesCanHaveMilliseconds() {
        #expect(Units.time(1_763_692_857_042, milliseconds: true) == "2025-11-21T02:40:57.042Z")
    }
}
