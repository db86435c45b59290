import Glibc
import Terminal
import Testing

@testable import Wizard

/// No text is shown to an operator that no test has seen.
@Suite struct TextsTests {
    /// A shorter part of a sentence may stand in another one.
    private static let leastNamed = 16

    /// Those of a flow are looked for on its pages by `FlowTests`; those of the training, which name what the demo has,
    /// are seen by `GuideTests` and `TrainingReportTests`.
    @Test func everyTextIsInAPictureOrNamedByATest() throws {
        let seen = Self.pictures.map { $0.utf8CString }
        let tests = try ["Tests/WizardTests", "Tests/lagzeroTests"].flatMap(SourceTexts.all)
        let named = tests.map { $0.text.utf8CString }
        let others = try Set(
            ["Sources/Wizard/Flow", "Sources/Wizard/Training"].flatMap(SourceTexts.all).map(\.place)
        )
        for part in try SourceTexts.all(in: "Sources/Wizard") where !others.contains(part.place) {
            let text = part.text.utf8CString
            if seen.contains(where: { contains($0, text) }) { continue }
            let isNamed = named.contains {
                contains($0, text)
                    || ($0.count >= Self.leastNamed || 2 * $0.count >= text.count)
                        && contains(text, $0)
            }
            #expect(isNamed, "\(part.place): \(part.text)")
        }
    }

    @Test func theTextsOfASourceAreFound() {
        let source = """
            let a = "one two \\(b ? "three four" : "five") six seven\\n\\"eight\\" nine" // "no text"
            """
        let parts = SourceTexts("a.swift", source.utf8).parts
        #expect(
            parts.map(\.text) == ["one two", "three four", "six seven", "\"eight\" nine"])
        #expect(parts.allSatisfy { $0.place == "a.swift:1" })
    }

    /// As whole lines, as the insides of boxes, and with the help of each page.
    private static var pictures: [String] {
        let canvases = Screenshot.pictures.map(\.canvas)
        let helps = Screenshot.all.map { picture in
            var wizard = picture.wizard(Size(120, 60))
            wizard.press(.function(1))
            return wizard.pilot.canvas
        }
        return (canvases + helps).flatMap { canvas in
            let insides = canvas.lines.compactMap { line in
                line.firstIndex(of: "│").flatMap { first in
                    line.lastIndex(of: "│").map { line[first...$0] }
                }
            }
            return [
                canvas.lines.joined(separator: " "), insides.joined(separator: " "),
            ].map { SourceTexts.words($0) }
        }
    }

    /// Many thousand times: of all ways this one is fast without optimization, too.
    private func contains(_ text: ContiguousArray<CChar>, _ part: ContiguousArray<CChar>) -> Bool {
        text.withUnsafeBufferPointer { text in
            part.withUnsafeBufferPointer { part in
                guard let text = text.baseAddress, let part = part.baseAddress else { return false }
                return strstr(text, part) != nil
            }
        }
    }
}
