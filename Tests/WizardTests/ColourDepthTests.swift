import Glibc
import Testing

@testable import Terminal
@testable import Wizard

/// The bytes of every picture. There is one curses screen at a time, so one test after another.
@Suite(.serialized) struct ColourDepthTests {
    init() { setenv("LC_ALL", "C.UTF-8", 1) }

    /// Every picture from a cleared screen, as what is sent to the terminal.
    private func frames(
        _ term: String, hasColours: Bool = true, _ theme: Theme = .standard
    ) throws -> [(file: String, bytes: String)] {
        let encoder = try ScreenEncoder(
            terms: [term], size: Size(80, 24), hasColours: hasColours, theme: theme)
        return Screenshot.pictures.map { file, canvas in
            encoder.resize(canvas.size)
            encoder.repaint()
            return (file, String(decoding: encoder.frame(canvas), as: UTF8.self))
        }
    }

    private func hasColour(_ bytes: String) -> Bool {
        bytes.contains(/\x1b\[[0-9;]*(?:[34][0-9]|9[0-7]|10[0-7])[0-9;]*m/)
    }

    @Test(arguments: ["xterm-256color", "tmux-256color", "linux", "vt100"])
    func t4WithNO_COLORNoPictureHasAByteOfColour(term: String) throws {
        for frame in try frames(term, hasColours: false) {
            #expect(frame.bytes.count > 30, "\(frame.file)")
            #expect(!hasColour(frame.bytes), "\(frame.file)")
        }
    }

    @Test func t4TheMonochromeThemeHasNoByteOfColourEither() throws {
        let theme = try #require(Theme.builtIn.first { $0.name == "monochrome" })
        for frame in try frames("xterm-256color", theme) {
            // The terminal's own colours are none.
            let bytes = frame.bytes.replacing("\u{1b}[39;49m", with: "")
            #expect(!hasColour(bytes), "\(frame.file)")
        }
    }

    @Test func t4WithEightColoursNoneOfTwoHundredAndFiftySixIsUsed() throws {
        let palette = /\x1b\[[0-9;]*[34]8;5;[0-9;]*m/
        let few = try frames("xterm")
        #expect(few.allSatisfy { !$0.bytes.contains(palette) })
        #expect(few.contains { hasColour($0.bytes) })
        #expect(try frames("xterm-256color").contains { $0.bytes.contains(palette) })
    }
}
