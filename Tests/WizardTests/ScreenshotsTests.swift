import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// The pictures in `screenshots-text/`.
@Suite struct ScreenshotsTests {
    private let stored = StoredTexts(in: "screenshots-text")
    /// Made by the test of the whole way with real servers.
    private static let recording = "cutover.cast"

    @Test func everyPictureIsUpToDate() throws {
        for (file, canvas) in Screenshot.pictures {
            let text = canvas.lines.map { $0 + "\n" }.joined()
            #expect(!text.contains(Sample.secret), "\(file)")
            try stored.expect(text, in: file)
        }
    }

    @Test func thePicturesDoNotContradictThemselves() {
        for picture in Screenshot.all {
            let world = picture.wizard(Size(80, 24)).pilot.model.world
            for live in world.snapshot?.migrations ?? [] {
                if let lag = live.figures.lagSeconds, let most = live.figures.lagMaximumLastHour {
                    #expect(lag <= most, "\(picture.name)")
                }
                guard live.phase == .preparing else { continue }
                let log = world.log(of: live.id).lines.map(\.text)
                #expect(!log.contains { $0.contains("cop") }, "\(picture.name)")
            }
        }
    }

    @Test func theReadmeOfTheRepositoryShowsItsPictures() throws {
        for (heading, file) in [
            ("## The wizard", "S07-migrating-data-in-sync"),
            ("<details><summary>Set up Migration</summary>", "S03-set-up"),
            ("<details><summary>Validate</summary>", "S04-validate-failed"),
            ("<details><summary>Before the cutover</summary>", "S09-proceed-to-cutover"),
            ("<details><summary>Cutover</summary>", "S11-finalize"),
            ("<details><summary>Success</summary>", "S12-success"),
        ] {
            let picture = try #require(
                Screenshot.pictures.first { $0.file == file + ".80x24.txt" })
            let text = picture.canvas.lines.map { $0 + "\n" }.joined()
            try StoredTexts(in: "").expect(text, below: heading, of: "README.md")
        }
    }

    @Test func thePlainSessionIsUpToDate() throws {
        let text = PlainFlow.fromHubToSuccess().text + "\n"
        #expect(!text.contains(Sample.secret))
        try stored.expect(text, in: PlainFlow.file)
    }

    @Test func theFolderHasThePicturesOnly() throws {
        let files = Screenshot.pictures.map(\.file)
        #expect(Set(files).count == files.count)
        try stored.expectNothingBut(files + ["README.md", PlainFlow.file, Self.recording])
    }

    @Test func theReadmeListsEveryPicture() throws {
        let lines = Screenshot.all.map { screenshot in
            let links = screenshot.sizes.map {
                "[\($0.columns)x\($0.rows)](\(screenshot.file($0)))"
            }
            return "- \(screenshot.number) `\(screenshot.name)`: \(screenshot.meaning). "
                + links.joined(separator: " ") + "\n"
        }
        let head = """
            # What the wizard looks like

            Written by the tests from the whole program, on a scripted agent and a clock that stands
            still: `make screenshots`. A picture that is out of date fails `make test`.


            """
        let rows = Expectation.all.enumerated().map { $1.row($0 + 1) + "\n" }
        let expectations = """

            # What is expected of such a program

            The %d expectations that people have of a full-screen program over SSH, gathered from what they
            ask of others, and the tests in which they are seen to hold here.

            | | expectation | | seen in, or why not |
            |--|--|--|--|

            """.replacing("%d", with: String(Expectation.all.count))
        let plain =
            "\nThe way from the hub to the end, as it is read line by line: "
            + "[\(PlainFlow.file)](\(PlainFlow.file))\n"
            + "\nA whole cutover with real servers, recorded: "
            + "[\(Self.recording)](\(Self.recording)), for `lagzero --replay`.\n"
        try stored.expect(
            head + lines.joined() + plain + expectations + rows.joined(), in: "README.md")
    }

    @Test func everyExpectationNamesTestsThatThereAre() throws {
        #expect(Expectation.all.count == 53)
        let functions = try StoredTexts(in: "Tests").functions()
        for expectation in Expectation.all {
            #expect(functions.isSuperset(of: expectation.tests), "\(expectation.title)")
            if case .no = expectation.answer {
                #expect(expectation.tests.isEmpty)
            } else {
                #expect(!expectation.tests.isEmpty, "\(expectation.title)")
            }
        }
    }

    @Test func everyScreenOfTheListHasAPicture() {
        let numbers = Set(Screenshot.all.map(\.number))
        for number in 1...21 {
            #expect(numbers.contains(number < 10 ? "S0\(number)" : "S\(number)"))
        }
    }

    @Test func t3InASCIINoPictureHasAnythingElse() {
        for screenshot in Screenshot.all {
            for size in screenshot.sizes {
                let lines = screenshot.canvas(size, .ascii).lines
                let isASCII = lines.allSatisfy { $0.unicodeScalars.allSatisfy(\.isASCII) }
                #expect(isASCII, "\(screenshot.file(size))")
            }
        }
    }
}
