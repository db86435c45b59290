import Glibc
import TerminalEmulator
import Testing

@testable import Terminal
@testable import Wizard

/// The main screens in ASCII at every size, and how each cell of them is shown with 256, 16, 8 and no colours: `Golden/`. There is one curses screen at a time, so one test after another.
@Suite(.serialized) struct GoldenScreensTests {
    private let ascii = StoredTexts(in: "Tests/WizardTests/Golden/ascii")
    private let colours = StoredTexts(in: "Tests/WizardTests/Golden/colours")
    /// The one that says that the terminal is too small has a size of its own.
    private let screens = Screenshot.all.filter { $0.isMain || $0.number == "S20" }

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
        for screen in screens {
            for size in screen.sizes {
                let canvas = screen.canvas(size)
                let maps = try [
                    // The second has 88 colours, of which the first 16 are used.
                    ("256 colours", "xterm-256color"), ("16 colours", "rxvt-unicode"),
                    ("8 colours", "xterm"), ("no colours", "vt100"),
                ].map { depth, term in depth + "\n" + (try map(of: canvas, term)) }
                try colours.expect(maps.joined(separator: "\n"), in: screen.file(size))
            }
        }
    }

    @Test func theFoldersHaveTheScreensOnly() throws {
        for folder in [ascii, colours] {
            try folder.expectNothingBut(screens.flatMap { $0.sizes.map($0.file) })
        }
    }

    @Test func eachScreenOfTheListIsAmongThem() {
        #expect(Set(screens.map(\.number)) == Set(Screenshot.all.map(\.number)))
    }

    /// A letter for each cell and what the letters stand for; a dot is a cell in the terminal's own colours.
    private func map(of canvas: Canvas, _ term: String) throws -> String {
        let encoder = try ScreenEncoder(
            terms: [term], size: canvas.size, hasColours: true, theme: .standard)
        var emulator = Emulator(canvas.size)
        emulator.feed(encoder.frame(canvas))
        #expect(emulator.unknown == [])
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
