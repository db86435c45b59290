import Glibc
import TerminalEmulator
import Testing

@testable import Terminal
@testable import Wizard

/// The main screens in ASCII at every size, and how each cell of them is shown with 256, 16, 8 and no colours at 80x24 and
/// at 60x18: `Golden/`. There is one curses screen at a time, so one test after another.
@Suite(.serialized) struct GoldenScreensTests {
    private let ascii = StoredTexts(in: "Tests/WizardTests/Golden/ascii")
    private let colours = StoredTexts(in: "Tests/WizardTests/Golden/colours")
    private let colouredSizes = [Size(80, 24), Size(60, 18)]
    private let screens = Screenshot.all.filter(\.isMain)

    init() { setenv("LC_ALL", "C.UTF-8", 1) }

    @Test func t3EveryMainScreenInASCIIIsUpToDate() throws {
        for screen in screens {
            for size in screen.sizes {
                let lines = screen.canvas(size, .ascii).lines
                try ascii.expect(lines.map { $0 + "\n" }.joined(), in: screen.file(size))
            }
        }
    }

    @Test func t4EveryMainScreenInEveryColourDepthIsUpToDate() throws {
        for size in colouredSizes {
            var depths: [[String]] = []
            for (depth, term) in [
                // The second has 88 colours, of which the first 16 are used.
                ("256 colours", "xterm-256color"), ("16 colours", "rxvt-unicode"),
                ("8 colours", "xterm"), ("no colours", "vt100"),
            ] {
                depths.append(try screens.map { depth + "\n" + (try map(of: $0, size, term)) })
            }
            for (index, screen) in screens.enumerated() {
                let text = depths.map { $0[index] }.joined(separator: "\n")
                try colours.expect(text, in: screen.file(size))
            }
        }
    }

    @Test func theFoldersHaveTheScreensOnly() throws {
        try ascii.expectNothingBut(screens.flatMap { $0.sizes.map($0.file) })
        try colours.expectNothingBut(screens.flatMap { colouredSizes.map($0.file) })
    }

    /// A letter for each cell and what the letters stand for; a dot is a cell in the terminal's own colours.
    private func map(of screen: Screenshot, _ size: Size, _ term: String) throws -> String {
        let encoder = try ScreenEncoder(
            terms: [term], size: size, hasColours: true, theme: .standard)
        var emulator = Emulator(size)
        emulator.feed(encoder.frame(screen.canvas(size)))
        #expect(emulator.unknown == [], "\(screen.name)")
        var letters = [Rendition(): "."]
        var legend = ""
        var rows = ""
        for row in emulator.renditions {
            for rendition in row {
                if letters[rendition] == nil {
                    let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(letters.count - 1)))
                    letters[rendition] = letter
                    legend += "\(letter): \(rendition)\n"
                }
                rows += letters[rendition] ?? ""
            }
            rows += "\n"
        }
        return rows + legend
    }
}
