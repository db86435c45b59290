import Testing

@testable import Wizard

@Suite struct TimesTests {
    @Test(arguments: [
        (0.0, "0.0 s"), (3.84, "3.8 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 m 0 s"),
        (724, "12 m 4 s"), (3_600, "1 h 0 m"), (111_000, "30 h 50 m"), (172_800, "2 d 0 h"),
        (356_400, "4 d 3 h"), (-5, "0.0 s"),
    ])
    func spansAreShort(seconds: Double, text: String) {
        #expect(Times.span(seconds) == text)
    }

    @Test func whatIsNotKnownIsADash() {
        #expect(Times.span(nil) == "-")
        #expect(Times.span(.infinity) == "-")
        #expect(Times.clock(nil) == "-")
        #expect(Times.clock(.nan) == "-")
    }

    @Test(arguments: [
        (Int64(0), "Thu 1 Jan 00:00 UTC", "00:00:00"),
        (-1_000, "Wed 31 Dec 23:59 UTC", "23:59:59"),
        (951_782_400_000, "Tue 29 Feb 00:00 UTC", "00:00:00"),
        (1_795_140_849_000, "Fri 20 Nov 02:14 UTC", "02:14:09"),
        (4_107_542_399_000, "Sun 28 Feb 23:59 UTC", "23:59:59"),
    ])
    func pointsInTimeAreInUTC(milliseconds: Int64, date: String, time: String) {
        #expect(Times.date(milliseconds) == date)
        #expect(Times.time(milliseconds) == time)
        #expect(date.hasPrefix(Times.day(milliseconds)))
        #expect(Times.isSameDay(milliseconds, milliseconds))
        #expect(!Times.isSameDay(milliseconds, milliseconds + 86_400_000))
    }
}
