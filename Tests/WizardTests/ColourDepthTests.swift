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

    @Test func noTextIsOfTwoStatesThatOnlyColoursTellApart() {
        var roles: [String: Set<Role>] = [:]
        for (_, canvas) in Screenshot.pictures {
            for (text, role) in states(canvas) {
                let words = text.split(separator: " ").joined(separator: " ")
                if !words.isEmpty { roles[words, default: []].insert(role) }
            }
        }
        #expect(roles.count > 10)
        for (text, roles) in roles { #expect(roles.count == 1, "\(text): \(roles)") }
    }

    /// The texts that are drawn as a state, with it.
    private func states(_ canvas: Canvas) -> [(text: String, role: Role)] {
        var texts: [(text: String, role: Role)] = []
        for row in 0..<canvas.size.rows {
            var last: Role?
            for column in 0..<canvas.size.columns {
                let cell = canvas[Point(column, row)]
                let role = cell.style.role
                defer { last = role }
                guard [.ok, .warning, .error].contains(role) else { continue }
                if role == last {
                    texts[texts.count - 1].text += cell.text
                } else {
                    texts.append((cell.text, role))
                }
            }
        }
        return texts
    }
}
