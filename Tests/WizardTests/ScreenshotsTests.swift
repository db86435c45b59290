import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// The pictures in `screenshots-text/`. `LAGZERO_SCREENSHOTS=1` writes them; otherwise they are compared, and what is
/// stale fails.
@Suite struct ScreenshotsTests {
    private static let isWriting = ProcessInfo.processInfo.environment["LAGZERO_SCREENSHOTS"] == "1"
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(components: "..", "..", "screenshots-text").standardized

    private func expect(_ text: String, in file: String) throws {
        let url = Self.folder.appending(component: file)
        if Self.isWriting { return try text.write(to: url, atomically: true, encoding: .utf8) }
        guard let stored = try? String(contentsOf: url, encoding: .utf8) else {
            Issue.record("\(file) is missing: make screenshots")
            return
        }
        guard stored != text else { return }
        let old = stored.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(old, new).prefix { $0 == $1 }.count
        Issue.record(
            """
            \(file) is stale from line \(line + 1) on: make screenshots
            - \(line < old.count ? old[line] : "")
            + \(line < new.count ? new[line] : "")
            """)
    }

    @Test func everyPictureIsUpToDate() throws {
        for (file, canvas) in Screenshot.pictures {
            let text = canvas.lines.map { $0 + "\n" }.joined()
            #expect(!text.contains(Sample.secret), "\(file)")
            try expect(text, in: file)
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
                let log = (world.logs[live.id] ?? []).map(\.text)
                #expect(!log.contains { $0.contains("cop") }, "\(picture.name)")
            }
        }
    }

    @Test func theFolderHasThePicturesOnly() throws {
        let files = Screenshot.pictures.map(\.file)
        #expect(Set(files).count == files.count)
        let manager = FileManager.default
        let path = Self.folder.path(percentEncoded: false)
        let old = Set(try manager.contentsOfDirectory(atPath: path))
            .subtracting(files + ["README.md"])
        if Self.isWriting {
            for file in old { try manager.removeItem(at: Self.folder.appending(component: file)) }
        } else {
            #expect(old.isEmpty, "not written by any test")
        }
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
        try expect(head + lines.joined(), in: "README.md")
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
