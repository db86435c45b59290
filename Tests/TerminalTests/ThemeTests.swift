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
        let ground: Double = theme.name.hasSuffix("light") ? 1 : 0
        // A grey button is meant to stand back, lines and bars are no text.
        let exempt: Set<Role> = [.buttonGrey, .border, .track]
        for role in Set(Role.allCases).subtracting(exempt) {
            let paint = theme.paint(Style(role), colours: 256)
            guard paint.foreground >= 16 else { continue }
            let background = paint.background >= 16 ? luminance(paint.background) : ground
            let pair = [luminance(paint.foreground), background].sorted()
            #expect((pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, "\(theme.name) \(role)")
        }
    }

    /// So it is what it says on light terminals, too.
    @Test(arguments: [256, 16]) func highContrastBringsItsOwnBackground(colours: Int) throws {
        let theme = try #require(Theme.builtIn.first { $0.name == "high-contrast" })
        for role in Role.allCases {
            let paint = theme.paint(Style(role), colours: colours)
            #expect(paint.background >= 0 && paint.foreground >= 0, "\(role)")
        }
    }

    /// Relative luminance of WCAG 2 for xterm's palette.
    private func luminance(_ colour: Int) -> Double {
        let levels: [Int] =
            colour >= 232
            ? Array(repeating: 8 + 10 * (colour - 232), count: 3)
            : [36, 6, 1].map { (colour - 16) / $0 % 6 }.map { $0 == 0 ? 0 : 55 + 40 * $0 }
        let parts: [Double] = levels.map {
            let share = Double($0) / 255
            return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
