import Foundation
@testable import Terminal
import Testing

@Suite struct ThemeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("themes")

    @Test func theThemesInTheProgramAreTheFiles() throws {
        for (theme, text) in zip(Theme.builtIn, EmbeddedThemes.all) {
            let file = Self.folder.appendingPathComponent(theme.name + ".yaml")
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
            #expect(try Theme(path: file.path) == theme)
        }
        let names = ["atlas-dark", "atlas-light", "high-contrast", "colour-blind", "monochrome"]
        #expect(Theme.builtIn.map(\.name) == names)
    }

    @Test func everyThemeNamesEveryRole() {
        for theme in Theme.builtIn {
            #expect(Set(theme.looks.keys) == Set(Role.allCases))
        }
    }

    @Test func theMonochromeThemeHasNoColour() throws {
        let theme = try #require(Theme.builtIn.first { $0.name == "monochrome" })
        for role in Role.allCases {
            for colours in [0, 8, 16, 256] {
                let paint = theme.paint(Style(role), colours: colours)
                #expect(paint.foreground == -1 && paint.background == -1)
            }
        }
    }

    @Test func withoutColoursOnlyAttributesAreLeft() {
        for role in Role.allCases {
            let paint = Theme.standard.paint(Style(role, .underline), colours: 0)
            #expect(paint.foreground == -1 && paint.background == -1)
            #expect(paint.attributes.contains(.underline))
        }
    }

    @Test func onEightColoursBrightIsBold() {
        let paint = Theme.standard.paint(.ok, colours: 8)
        #expect(paint == Paint(foreground: 2, attributes: .bold))
        #expect(Theme.standard.paint(.ok, colours: 16).foreground == 10)
        #expect(Theme.standard.paint(.ok, colours: 256).foreground == 48)
    }

    @Test func aPaintReadsAsItIsWritten() throws {
        #expect(
            try Paint("231 on 23 bold underline")
                == Paint(foreground: 231, background: 23, attributes: [.bold, .underline]))
        #expect(try Paint("default") == Paint())
        #expect(try Paint("on bright-red").background == 9)
    }

    @Test(arguments: ["puce", "256", "-1", "bold bolder"])
    func aWordThatIsNoColourIsRefused(text: String) {
        #expect(throws: ThemeError.self) { try Paint(text) }
    }

    @Test func aThemeWithAnUnknownRoleIsRefused() {
        let yaml = "name: x\nroles:\n  txet: { 256: default, 16: default, mono: bold }\n"
        let error = #expect(throws: ThemeError.self) { try Theme(yaml: yaml) }
        #expect(error?.description.contains("txet") == true)
        #expect(throws: ThemeError.self) { try Theme(yaml: "roles: [") }
    }

    @Test(arguments: Theme.builtIn)
    func everyColourIsReadableOnItsBackground(theme: Theme) {
        for colours in [256, 16, 8] {
            for palette in Palette.all {
                expectReadable(theme, colours, palette, isBoldBright: true)
            }
        }
        // An xterm that is told so; the Linux console has no choice.
        expectReadable(theme, 16, .xterm, isBoldBright: false)
    }

    private func expectReadable(
        _ theme: Theme, _ colours: Int, _ palette: Palette, isBoldBright: Bool
    ) {
        let ground = theme.name.hasSuffix("light") ? 15 : 0
        // A grey button is meant to stand back, lines and bars are no text.
        let exempt: Set<Role> = [.buttonGrey, .border, .track]
        for role in Set(Role.allCases).subtracting(exempt) {
            for added in [[], Attributes.bold] {
                let paint = theme.paint(Style(role, added), colours: colours)
                guard paint.foreground >= 0 else { continue }
                let isBright = isBoldBright && paint.attributes.contains(.bold)
                let shown = paint.foreground + (isBright && paint.foreground < 8 ? 8 : 0)
                let background = paint.background >= 0 ? paint.background : ground
                let pair = [shown, background].map(palette.luminance).sorted()
                let contrast = (pair[1] + 0.05) / (pair[0] + 0.05)
                #expect(
                    contrast >= 4.5, "\(theme.name) \(role) \(colours) \(palette.name) \(contrast)")
            }
        }
    }

    /// What is read beside each other is not of the same look, where there are colours.
    @Test(arguments: Theme.builtIn, [16, 8])
    func theButtonsAreToldApartWithFewColours(theme: Theme, colours: Int) {
        let looks = [Role.button, .buttonFocus, .buttonReady].map {
            theme.paint(Style($0), colours: colours)
        }
        #expect(Set(looks).count == 3, "\(theme.name) \(looks)")
    }

    @Test func aBoldThatMayBeBrightIsNotAddedToADarkColour() throws {
        let theme = try #require(Theme.builtIn.first { $0.name == "atlas-light" })
        for colours in [8, 16] {
            #expect(theme.paint(Style(.error, .bold), colours: colours).attributes == [])
            #expect(theme.paint(Style(.text, .bold), colours: colours).attributes == .bold)
        }
        #expect(theme.paint(Style(.error, .bold), colours: 256).attributes == .bold)
    }

    /// So it is what it says on light terminals, too.
    @Test(arguments: [256, 16]) func highContrastBringsItsOwnBackground(colours: Int) throws {
        let theme = try #require(Theme.builtIn.first { $0.name == "high-contrast" })
        for role in Role.allCases {
            let paint = theme.paint(Style(role), colours: colours)
            #expect(paint.background >= 0 && paint.foreground >= 0, "\(role)")
        }
    }

    /// What the eye sees that lacks one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1), on linear RGB.
    private static let blindness: [(name: String, matrix: [[Double]])] = [
        (
            "protanopia",
            [
                [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ]
        ),
        (
            "deuteranopia",
            [
                [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ]
        ),
        (
            "tritanopia",
            [
                [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ]
        ),
    ]

    /// In the theme that is made for them; in others a mark and a word tell.
    @Test func theColourBlindTellStatesApart() throws {
        let theme = try #require(Theme.builtIn.first { $0.name == "colour-blind" })
        let states: [Role] = [.ok, .warning, .error]
        for (palette, colours) in [(Palette.xterm, 256), (.xterm, 16), (.console, 16)] {
            for (name, matrix) in Self.blindness {
                let seen = states.map { role in
                    let shown = theme.paint(Style(role), colours: colours).foreground
                    let colour = palette.linear(shown)
                    return lab(matrix.map { row in zip(row, colour).map(*).reduce(0, +) })
                }
                for (one, other) in [(0, 1), (0, 2), (1, 2)] {
                    let difference = zip(seen[one], seen[other]).map { ($0 - $1) * ($0 - $1) }
                    // Ten times what is just seen.
                    #expect(
                        difference.reduce(0, +).squareRoot() > 23,
                        "\(name), \(colours), \(palette.name): \(states[one]), \(states[other])")
                }
            }
        }
    }

    /// CIELAB of a colour in linear RGB, white being that of sRGB.
    private func lab(_ colour: [Double]) -> [Double] {
        let (red, green, blue) = (
            max(0, min(1, colour[0])), max(0, min(1, colour[1])), max(0, min(1, colour[2]))
        )
        let parts = [
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
        ].map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
        return [
            116 * parts[1] - 16, 500 * (parts[0] - parts[1]), 200 * (parts[1] - parts[2]),
        ]
    }
}

/// The colours behind the numbers. The first 16 differ between terminals, all others are those of xterm.
private struct Palette {
    let name: String
    /// Red, green and blue, 0 to 255.
    let first: [[Int]]

    static let all = [console, xterm]

    /// Of VGA, as the Linux console has them.
    static let console = Palette(
        name: "console",
        first: [
            [0, 0, 0], [170, 0, 0], [0, 170, 0], [170, 85, 0], [0, 0, 170], [170, 0, 170],
            [0, 170, 170], [170, 170, 170], [85, 85, 85], [255, 85, 85], [85, 255, 85],
            [255, 255, 85], [85, 85, 255], [255, 85, 255], [85, 255, 255], [255, 255, 255],
        ])

    static let xterm = Palette(
        name: "xterm",
        first: [
            [0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205],
            [0, 205, 205], [229, 229, 229], [127, 127, 127], [255, 0, 0], [0, 255, 0],
            [255, 255, 0], [92, 92, 255], [255, 0, 255], [0, 255, 255], [255, 255, 255],
        ])

    /// Relative luminance of WCAG 2.
    func luminance(_ colour: Int) -> Double {
        let parts = linear(colour)
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    /// Linear RGB.
    func linear(_ colour: Int) -> [Double] {
        levels(colour).map {
            let share = Double($0) / 255
            return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
    }

    private func levels(_ colour: Int) -> [Int] {
        if colour < 16 { return first[colour] }
        if colour >= 232 { return Array(repeating: 8 + 10 * (colour - 232), count: 3) }
        return [36, 6, 1].map { (colour - 16) / $0 % 6 }.map { $0 == 0 ? 0 : 55 + 40 * $0 }
    }
}
