import Glibc
import TerminalEmulator
import Testing

@testable import Terminal
@testable import Wizard

/// The main screens at 80x24 in ASCII, and how each cell of them is shown with 256, 16, 8 and no colours: `Golden/`. There is
/// one curses screen at a time, so one test after another.
@Suite(.serialized) struct GoldenScreensTests {
    private let stored = StoredTexts(in: "Tests/WizardTests/Golden")
    private let size = Size(80, 24)
    private let screens = Screenshot.all.filter(\.isMain)

    init() { setenv("LC_ALL", "C.UTF-8", 1) }

    @Test func t3EveryMainScreenInASCIIIsUpToDate() throws {
        for screen in screens {
            let lines = screen.canvas(size, .ascii).lines
            try stored.expect(lines.map { $0 + "\n" }.joined(), in: ascii(screen))
        }
    }

    @Test func t4EveryMainScreenInEveryColourDepthIsUpToDate() throws {
        var depths: [[String]] = []
        for (depth, term) in [
            // The second has 88 colours, of which the first 16 are used.
            ("256 colours", "xterm-256color"), ("16 colours", "rxvt-unicode"),
            ("8 colours", "xterm"), ("no colours", "vt100"),
        ] {
            depths.append(try screens.map { depth + "\n" + (try map(of: $0, term)) })
        }
        for (index, screen) in screens.enumerated() {
            let text = depths.map { $0[index] }.joined(separator: "\n")
            try stored.expect(text, in: colours(screen))
        }
    }

    @Test func theFolderHasTheScreensOnly() throws {
        try stored.expectNothingBut(screens.flatMap { [ascii($0), colours($0)] })
    }

    private func ascii(_ screen: Screenshot) -> String {
        "\(screen.number)-\(screen.name).ascii.txt"
    }

    private func colours(_ screen: Screenshot) -> String {
        "\(screen.number)-\(screen.name).colours.txt"
    }

    /// A letter for each cell and what the letters stand for; a dot is a cell in the terminal's own colours.
    private func map(of screen: Screenshot, _ term: String) throws -> String {
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
