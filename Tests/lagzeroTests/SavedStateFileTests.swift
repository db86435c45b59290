import ControlAPI
import Foundation
import Glibc
import Sandbox
import Terminal
import Testing

@testable import Wizard
@testable import lagzero

@Suite struct SavedStateFileTests {
    private func with(_ body: (String) async throws -> Void) async throws {
        let scratch = try ScratchFolder()
        try await body(scratch.path + "/wizard.json")
        try await scratch.remove()
    }

    private let world = World(me: Asker(wizard: Identifier(at: 1), name: "anna"))

    private func ticked(_ box: Int) -> Page {
        var page = GetStarted(Flow.all[0])
        for _ in 0..<box { _ = page.handle(.tab, world) }
        _ = page.handle(.space, world)
        return .getStarted(page)
    }

    private let setUp: Page

    init() {
        setUp = .setUp(SetUpMigration(Flow.all[0], organization: Identifier(at: 2), in: world))
    }

    private func state(
        _ second: Int, pages: [Page] = [], drafts: [Page] = [], theme: String? = nil
    ) -> SavedState {
        var state = SavedState(pages: pages, drafts: drafts, lastSeen: nil, theme: theme)
        state.uptime = .seconds(second)
        return state
    }

    @Test func whatTwoWizardsHaveTypedIsKeptForBoth() async throws {
        try await with { path in
            let (first, second) = (SavedStateFile(path), SavedStateFile(path))
            #expect(await first.load() == nil)
            #expect(await second.load() == nil)
            let page = ticked(1)
            try await first.save(state(1, pages: [page]))
            try await second.save(state(1, drafts: [setUp]))
            try await first.save(state(2, pages: [page], theme: "monochrome"))
            try await second.save(state(2, drafts: [setUp]))
            var found = try #require(await SavedStateFile(path).load())
            #expect(found.drafts.count == 2)
            #expect(found.drafts.contains(page) && found.drafts.contains(setUp))
            #expect(found.theme == "monochrome")
            // What has become a migration is not typed any more, whoever writes next.
            try await first.save(state(3))
            try await second.save(state(3, drafts: [setUp]))
            found = try #require(await SavedStateFile(path).load())
            #expect(found.drafts == [setUp])
        }
    }

    @Test func theTimeAloneIsOfTheLastStateUntilTheNext() async throws {
        try await with { path in
            let file = SavedStateFile(path)
            file.saveTime(5)
            #expect(await file.load() == nil)
            try await file.save(SavedState(pages: [], lastSeen: 7, theme: nil))
            #expect(await SavedStateFile(path).load()?.lastSeen == 7)
            for time: Int64 in [1_800_000_000_000, 9_000] {
                file.saveTime(time)
                #expect(await SavedStateFile(path).load()?.lastSeen == time)
            }
            var information = stat()
            #expect(stat(path + ".time", &information) == 0)
            #expect(information.st_mode & 0o777 == 0o600)
            chmod(path + ".time", 0o666)
            #expect(await SavedStateFile(path).load()?.lastSeen == 7)
            try await file.save(SavedState(pages: [], lastSeen: nil, theme: nil))
            #expect(await SavedStateFile(path).load()?.lastSeen == nil)
        }
    }

    @Test func whoHasTypedNothingNewTakesTheChangeOfTheOther() async throws {
        try await with { path in
            try await SavedStateFile(path).save(state(1, pages: [ticked(1)]))
            let (first, second) = (SavedStateFile(path), SavedStateFile(path))
            let found = try #require(await first.load())
            _ = await second.load()
            try await second.save(state(1, pages: [ticked(2)]))
            try await first.save(state(1, pages: found.pages))
            #expect(await SavedStateFile(path).load()?.pages == [ticked(2)])
            // Typed on the same page by both: the last one counts.
            try await second.save(state(2, pages: [ticked(3)]))
            try await first.save(state(2, pages: [ticked(4)]))
            #expect(await SavedStateFile(path).load()?.pages == [ticked(4)])
        }
    }

    /// Who only moves about on a page has typed nothing.
    @Test func theFocusIsNotWhatWasTyped() async throws {
        try await with { path in
            let (first, second) = (SavedStateFile(path), SavedStateFile(path))
            var page = GetStarted(Flow.all[0])
            try await first.save(state(1, pages: [.getStarted(page)]))
            _ = await second.load()
            let third = SavedStateFile(path)
            try await first.save(state(2, pages: [ticked(1)]))
            // One that is only opened has none either.
            try await third.save(state(2, pages: [.getStarted(page)]))
            #expect(await SavedStateFile(path).load()?.pages == [ticked(1)])
            _ = page.handle(.tab, world)
            try await second.save(state(2, pages: [.getStarted(page)]))
            #expect(await SavedStateFile(path).load()?.pages == [ticked(1)])
        }
    }

    @Test func writersAtTheSameTimeLoseNothing() async throws {
        try await with { path in
            let page = ticked(1)
            await withTaskGroup { group in
                for draft in [page, setUp] {
                    group.addTask {
                        let file = SavedStateFile(path)
                        for second in 1...50 {
                            try? await file.save(state(second, drafts: [draft]))
                        }
                    }
                }
            }
            let found = try #require(await SavedStateFile(path).load())
            #expect(found.drafts.count == 2)
            #expect(found.drafts.contains(page) && found.drafts.contains(setUp))
        }
    }

    /// Whatever the time of day was.
    @Test func theNewerOfTwoStatesIsKeptAlsoAfterTheClockWentBack() async throws {
        try await with { path in
            let file = SavedStateFile(path)
            for (second, seen) in [(5, 9_000), (6, 4_000), (4, 20_000)] as [(Int, Int64)] {
                var state = state(second)
                state.lastSeen = seen
                try await file.save(state)
            }
            #expect(await SavedStateFile(path).load()?.lastSeen == 4_000)
        }
    }

    /// It can be stopped in the middle of its writing; nobody waits for it for ever, nor on the thread of all tasks.
    @Test func anotherWizardThatWritesIsWaitedForAndNotForEver() async throws {
        try await with { path in
            let descriptor = open(path + ".lock", O_RDWR | O_CREAT, 0o600)
            try #require(descriptor >= 0)
            try #require(flock(descriptor, LOCK_EX) == 0)
            let file = SavedStateFile(path)
            let error = await #expect(throws: ControlError.self) {
                try await file.save(state(1, theme: "monochrome"))
            }
            #expect(error?.code == .store)
            async let saved: Void = file.save(state(2, theme: "monochrome"))
            // It is in the middle of waiting.
            #expect(await file.load() == nil)
            close(descriptor)
            try await saved
            #expect(await SavedStateFile(path).load()?.theme == "monochrome")
        }
    }

    @Test func whatOthersMayReadOrChangeIsLetAlone() async throws {
        try await with { path in
            try await SavedStateFile(path).save(state(1, pages: [ticked(1)]))
            for mode in [0o640, 0o602] as [mode_t] {
                chmod(path, mode)
                let file = SavedStateFile(path)
                #expect(await file.load() == nil)
                let error = await #expect(throws: ControlError.self) {
                    try await file.save(state(2, pages: [ticked(2)]))
                }
                #expect(error?.code == .unsafeFiles)
                #expect(error?.remedy?.contains("chmod 600 \(path)") == true)
            }
            chmod(path, 0o600)
            #expect(await SavedStateFile(path).load()?.pages == [ticked(1)])
        }
    }

    @Test func whatCannotBeWrittenIsSaidAndLeavesNothingBehind() async throws {
        try await with { path in
            // Nothing can take the place of a folder that is not empty.
            try FileManager.default.createDirectory(
                atPath: path + "/full", withIntermediateDirectories: true)
            chmod(path, 0o700)
            let error = await #expect(throws: ControlError.self) {
                try await SavedStateFile(path).save(state(1))
            }
            #expect(error?.message.contains("is lost when the wizard is closed") == true)
            let folder = URL(filePath: path).deletingLastPathComponent().path
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.filter { $0.hasPrefix("wizard.json.") } == ["wizard.json.lock"])
        }
    }
}
