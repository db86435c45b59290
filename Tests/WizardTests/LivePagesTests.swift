import ControlAPI
import Foundation
import Terminal
import Testing

@testable import Wizard

/// What holds for every page of a running migration, in every state.
@Suite struct LivePagesTests {
    private static let sizes = [Size(60, 18), Size(80, 24), Size(120, 40)]

    private func pilot(
        _ picture: Gallery.Picture, _ size: Size, glyphs: Glyphs = .unicode
    ) -> ScreenPilot {
        var pilot = ScreenPilot(
            picture.page, agent: Sample.agent(picture.live), size: size, glyphs: glyphs)
        for key in picture.keys { pilot.press(key) }
        return pilot
    }

    @Test func s7ToS12EveryPhaseHasItsPage() {
        let titles: [MigrationPhase: String] = [
            .finalizing: "Cutover", .complete: "Success", .cancelled: "none",
        ]
        for phase in MigrationPhase.allCases {
            let page = Page.showing(Sample.migration(phase))
            #expect(page?.screen.title ?? "none" == titles[phase] ?? "Migrating Data")
        }
        var left = Sample.migration(.cancelled)
        left.problems = [Sample.whatStays]
        #expect(Page.showing(left)?.screen.title == "Migrating Data")
    }

    @Test func s7ToS12EveryPageIsRestoredAsItWas() throws {
        for picture in Gallery.pictures {
            let page = try #require(pilot(picture, Size(80, 24)).page)
            let data = try JSONEncoder().encode(page)
            let restored = try JSONDecoder().decode(Page.self, from: data)
            #expect(restored == page, "\(picture.name)")
        }
    }

    /// Buttons, headings and labels; values may be shortened.
    @Test(arguments: sizes)
    func s7ToS12NoLabelIsCutOff(size: Size) {
        for picture in Gallery.pictures where picture.keys.isEmpty {
            let lines = pilot(picture, size).lines
            let body = lines[3..<(size.rows - 3)]
            for line in body where line.contains("…") {
                let isValue = line.contains("://") || line.contains("copied shop.items")
                let isNotice = line.contains("i shows more")
                #expect(isValue || isNotice, "\(picture.name): \(line)")
            }
            #expect(body.joined().contains(" )"), "\(picture.name) has no button")
        }
    }

    /// Names as long as they may be, and wide.
    @Test(arguments: sizes, ["a-cluster-with-a-very-long-name-that-nobody-wants-to-type", "集群一"])
    func namesDoNotPushButtonsAway(size: Size, name: String) {
        for picture in Gallery.pictures where picture.keys.isEmpty {
            var other = picture
            other.live.sourceName = "from-" + name
            other.live.destinationName = "to-" + name
            func buttons(_ picture: Gallery.Picture) -> [String] {
                pilot(picture, size).lines.filter { $0.hasSuffix(" )") }
                    .map { String($0.suffix(20)) }
            }
            #expect(buttons(other) == buttons(picture), "\(picture.name)")
            if case .migrating = picture.page {
                #expect(pilot(other, size).lines[3].contains("──▶  to-"), "\(picture.name)")
            }
        }
    }

    @Test(arguments: sizes)
    func nothingIsDrawnOutsideOfTheBody(size: Size) {
        for picture in Gallery.pictures {
            let lines = pilot(picture, size).lines
            #expect(lines[2] == String(repeating: "─", count: size.columns), "\(picture.name)")
            #expect(
                lines[size.rows - 3] == String(repeating: "─", count: size.columns),
                "\(picture.name)")
        }
    }

    @Test func aPageIsTheSameAfterTheTerminalWasSmall() {
        for picture in Gallery.pictures {
            var pilot = pilot(picture, Size(80, 24))
            let before = pilot.screen
            for size in [Size(60, 18), Size(10, 3), Size(1, 1), Size(0, 0), Size(300, 90)] {
                pilot.resize(size)
                _ = pilot.screen
            }
            pilot.resize(Size(80, 24))
            #expect(pilot.screen == before, "\(picture.name)")
        }
    }

    @Test func asciiTerminalsGetNothingElse() {
        for picture in Gallery.pictures {
            let screen = pilot(picture, Size(80, 24), glyphs: .ascii).screen
            let body = screen.split(separator: "\n").joined()
            let isASCII = body.allSatisfy { $0.isASCII }
            #expect(isASCII, "\(picture.name)")
        }
    }

    @Test func theFooterNamesAWayOut() {
        for picture in Gallery.pictures {
            guard let screen = pilot(picture, Size(60, 18)).page?.screen else { continue }
            var world = World(me: Sample.me)
            world.snapshot = Sample.agent(picture.live).snapshot
            let keys = screen.keys(world).bindings.flatMap(\.keys)
            let isButton = screen.title == "Proceed to cutover"
            #expect(
                keys.contains(.escape) || keys.contains(.character("h")) || isButton,
                "\(picture.name)")
        }
    }

    @Test func theFocusIsNeverOnAnIrreversibleButtonAtFirst() {
        let irreversible = [
            "Finalize", "Back out", "Cancel the migration", "Release source", "Proceed",
            "I have taken note",
        ]
        for picture in Gallery.pictures where !picture.keys.contains(.tab) {
            let text = pilot(picture, Size(80, 24)).textAtCursor
            // Backing out asks first, and is the way back.
            let asksFirst = picture.name.hasPrefix("step 2") && text.hasPrefix("Back out")
            let isBad = irreversible.contains { text.hasPrefix($0) }
            #expect(!isBad || asksFirst, "\(picture.name): \(text)")
        }
    }

    @Test func t17NoPageShowsASecret() {
        for picture in Gallery.pictures {
            #expect(!pilot(picture, Size(120, 40)).screen.contains(Sample.secret))
        }
    }
}
