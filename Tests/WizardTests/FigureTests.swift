import Testing

@testable import Wizard

@Suite struct FigureTests {
    @Test func countsHaveCommas() {
        #expect(Figure.count(0) == "0")
        #expect(Figure.count(999) == "999")
        #expect(Figure.count(1_000) == "1,000")
        #expect(Figure.count(14_201_332) == "14,201,332")
        #expect(Figure.count(-1_234) == "-1,234")
        #expect(Figure.count(.min) == "-9,223,372,036,854,775,808")
        #expect(Figure.count(nil) == "-")
    }

    @Test func largeCountsAreShortened() {
        #expect(Figure.shortCount(9_999_999) == "9,999,999")
        #expect(Figure.shortCount(13_912_441) == "13.9 M")
        #expect(Figure.shortCount(2_500_000_000) == "2.5 G")
        #expect(Figure.shortCount(nil) == "-")
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (99_940, "99.9 kB"), (99_960, "100 kB"),
        (999_600, "1.0 MB"), (41_200_000_000, "41.2 GB"), (412_000_000_000, "412 GB"),
        (6_000_000_000_000, "6.0 TB"),
    ])
    func bytesHaveThreeDigits(number: Int, text: String) {
        #expect(Figure.bytes(number) == text)
    }

    @Test func aPartIsInTheUnitOfTheWhole() {
        #expect(Figure.bytes(281_000_000_000, of: 412_000_000_000) == "281 / 412 GB")
        #expect(Figure.bytes(2_000_000_000, of: 412_000_000_000) == "2.0 / 412 GB")
        #expect(Figure.bytes(nil, of: 412_000_000_000) == "- / 412 GB")
        #expect(Figure.bytes(nil, of: nil) == "-")
    }

    @Test func ratesAreRounded() {
        #expect(Figure.perSecond(1_204.4) == "1,204/s")
        #expect(Figure.perSecond(8) == "8/s")
        #expect(Figure.perSecond(0.4) == "0.4/s")
        #expect(Figure.perSecond(0) == "0/s")
        #expect(Figure.perSecond(.nan) == "-")
        #expect(Figure.bytesPerSecond(118e6) == "118 MB/s")
        #expect(Figure.bytesPerSecond(nil) == "-")
    }

    @Test func allIsOnlyAllWhenItIs() {
        #expect(Figure.percent(0.999) == "99 %")
        #expect(Figure.percent(1) == "100 %")
        #expect(Figure.percent(nil) == "-")
    }

    @Test func oneIsNotMany() {
        #expect(Figure.counted(1, "mismatch", "mismatches") == "1 mismatch")
        #expect(Figure.counted(2, "mismatch", "mismatches") == "2 mismatches")
        #expect(Figure.counted(0, "collection") == "0 collections")
    }
}
