import Terminal
import Testing

@Suite struct ListTests {
    private let rows = (0..<50).map { "row \($0)" }

    @Test func theSelectedRowIsAlwaysSeen() {
        var list = ListView(rows)
        list.scroll.height = 5
        for key in [Key.pageDown, .down, .pageDown, .up, .end, .pageUp, .home, .character("j")] {
            list.press(key)
            let selected = list.selected ?? -1
            #expect(list.lines(10, 5).contains("row \(selected)"), "\(key)")
            #expect(list.lines(10, 3).contains("row \(selected)"))
        }
        #expect(list.selected == 1)
    }

    @Test func aMoveInsideThePageScrollsNothing() {
        var list = ListView(rows)
        list.scroll.height = 5
        let before = list.lines(10, 5)
        list.press(.down, .down)
        #expect(list.lines(10, 5) == before)
        list.press(.down, .down, .down)
        #expect(list.lines(10, 5) == ["row 1", "row 2", "row 3", "row 4", "row 5"])
    }

    @Test func aSearchSelectsTheNextMatch() {
        var list = ListView(rows)
        list.press(.character("/"))
        list.type("4")
        #expect(list.selected == 4)
        #expect(list.matches == 14)
        list.press(.enter, .character("n"))
        #expect(list.selected == 14)
        list.press(.character("N"), .character("N"))
        #expect(list.selected == 49)
        #expect(list.lines(20, 4).last == "/4  14/50")
        list.press(.escape)
        #expect(list.search == "")
    }

    @Test func aListThatShrinksKeepsASelection() {
        var list = ListView(rows)
        list.press(.end)
        list.rows = [["only"]]
        #expect(list.selected == 0)
        list.rows = []
        #expect(list.selected == nil)
        list.press(.down, .end)
        #expect(list.lines(5, 1) == [""])
    }

    @Test func theColumnsOfATableShareTheRoom() {
        let table = Table(
            [.init("Name"), .init("Size", width: 6, alignment: .right)],
            rows: [["shop.orders", "41 GB"], ["shop.items.of.everything", "1 GB"]])
        #expect(
            table.lines(20, 3) == [
                "Name            Size", "shop.orders    41 GB", "shop.items.o…   1 GB",
            ])
    }

    @Test func aLogFollowsUntilItIsScrolled() {
        var log = LogPane((0..<10).map { [Run("line \($0)")] })
        #expect(log.lines(20, 2) == ["line 8", "line 9"])
        log.press(.up)
        #expect(!log.isFollowing)
        let before = log.lines(20, 3)
        log.append(["line 10"])
        #expect(log.lines(20, 3).prefix(2) == before.prefix(2))
        #expect(log.lines(20, 3)[2].hasSuffix("2 more ↓ End"))
        log.press(.end)
        #expect(log.lines(20, 1) == ["line 10"])
    }

    @Test func aLogKeepsOnlySoManyLines() {
        var log = LogPane()
        for index in 0..<3_000 { log.append([Run("\(index)")]) }
        #expect(log.lines.count == 2_000)
        log.press(.home)
        #expect(log.lines(10, 2).first == "1000")
    }

    @Test func aBarIsFullOnlyWhenAllIsDone() {
        #expect(ProgressBar(0.68).lines(15, 1) == ["██████░░░░ 68 %"])
        #expect(ProgressBar(0.999).lines(15, 1) == ["█████████░ 99 %"])
        #expect(ProgressBar(1).lines(15, 1) == ["██████████100 %"])
        #expect(ProgressBar(nil).lines(15, 1) == ["░░░░░░░░░░    -"])
        #expect(ProgressBar(.nan).lines(15, 1, glyphs: .ascii) == ["..........  0 %"])
    }

    @Test func aSparklineShowsTheLastValues() {
        let line = Sparkline([9, 0, nil, 4, 8], threshold: 8)
        #expect(line.lines(4, 1) == ["▁ ▅█"])
        #expect(line.lines(6, 1) == [" █▁ ▄▇"])
        #expect(line.drawn(4, 1)[Point(3, 0)].style == .warning)
    }

    @Test func aCountdownReadsAsDaysAndClock() {
        #expect(Countdown.text(.seconds(4 * 86_400 + 86_291)) == "4 d 23:58:11")
        #expect(Countdown.text(.seconds(7)) == "00:00:07")
        #expect(Countdown.text(.seconds(-7)) == "00:00:00")
        #expect(Countdown(nil).text == "-")
        let countdown = Countdown(.seconds(60), warning: .seconds(3_600), error: .seconds(60))
        #expect(countdown.style == .error)
    }

    @Test func aStepperFallsBackToTheStepThatIsCurrent() {
        let stepper = Stepper([
            .init("Set up", .done), .init("Validate", .current), .init("Cutover", .waiting),
        ])
        #expect(stepper.lines(40, 1) == ["✔ Set up ▶ Validate ○ Cutover"])
        #expect(stepper.lines(20, 1) == ["Step 2/3 ▶ Validate"])
        #expect(stepper.lines(40, 1, glyphs: .ascii) == ["+ Set up > Validate o Cutover"])
    }
}
