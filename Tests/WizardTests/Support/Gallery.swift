import ControlAPI
import Terminal

@testable import Wizard

/// Every page of a running migration, in every state that it can show.
enum Gallery {
    struct Picture {
        var name: String
        var page: Page
        var live: LiveMigration
        var keys: [Key] = []
    }

    static var pictures: [Picture] {
        let states = Sample.gallery.map { name, live in
            Picture(name: name, page: .migrating(MigratingData(live.id)), live: live)
        }
        return states + dialogs + beforeCutover + cutover + afterwards
    }

    private static var dialogs: [Picture] {
        func picture(_ name: String, _ phase: MigrationPhase, _ key: Character) -> Picture {
            var live = Sample.measured(phase)
            live.mismatches = ["shop.orders _id 7", "shop.items _id 9"]
            live.isRetryPossible = phase == .expired
            return Picture(
                name: "dialog, " + name, page: .migrating(MigratingData(live.id)), live: live,
                keys: [.character(key)])
        }
        return [
            picture("load level", .copying, "l"), picture("cancel", .copying, "c"),
            picture("details", .inSync, "i"), picture("acknowledge", .inSync, "a"),
            picture("retry", .expired, "r"),
        ]
    }

    private static var beforeCutover: [Picture] {
        let live = Sample.measured(.inSync)
        var known = live
        known.cutover.openTransactions = []
        known.cutover.canBlockSource = true
        known.cutover.uniqueViolations = []
        var bad = live
        bad.cutover.isReady = false
        bad.cutover.missing = ["the destination is behind the source"]
        bad.cutover.openTransactions = [.init(client: "10.0.0.7:5000", seconds: 34)]
        bad.cutover.canBlockSource = false
        bad.cutover.uniqueViolations = ["email of shop.customers"]
        bad.cutover.deadlineAt = Sample.time + 2 * 3_600_000 + 600_000
        bad.cutover.refusal = "a write came after the final time"
        bad.setup.verify = .off
        bad.figures.verification = nil
        var watched = live
        watched.driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        let bare = Sample.bare(.inSync)
        var little = live
        little.cutover.deadlineAt = Sample.time + 540_000
        func inSync(_ name: String, _ live: LiveMigration, _ keys: Key...) -> Picture {
            Picture(name: name, page: .inSync(InSync(live.id)), live: live, keys: keys)
        }
        func proceed(_ name: String, _ live: LiveMigration, _ keys: Key...) -> Picture {
            Picture(name: name, page: .proceed(ProceedToCutover(live.id)), live: live, keys: keys)
        }
        return [
            inSync("in sync page", live), inSync("in sync page, not ready", bad),
            inSync("in sync page, watched", watched),
            inSync("in sync page, extend", live, .tab, .enter),
            inSync("in sync page, little time", little, .enter),
            proceed("proceed", live), proceed("proceed, all known", known),
            proceed("proceed, typing", known, .character("s"), .character("h"), .enter),
            proceed("proceed, bad", bad), proceed("proceed, nothing known", bare),
            proceed("proceed, watched", watched),
        ]
    }

    private static var cutover: [Picture] {
        let live = Sample.measured(.inSync)
        let step1 = Page.cutover(Cutover(live.id, confirmedName: live.destinationName))
        var quiet = live
        quiet.cutover.sourceWrites = []
        var lost = live
        lost.cutover.isReady = false
        var undone = finalizing(0, failed: true)
        undone.phase = .inSync
        undone.cutover.isBackOutPossible = false
        undone.cutover.refusal = "A transaction is open on the source for 34 s"
        var broken = finalizing(9)
        broken.phase = .failed
        broken.error = ControlError(
            .migrationFailed, "No member of shop-atlas answers", remedy: "Retry when it does")
        var watched = finalizing(4)
        watched.driver = Driver(
            wizard: Sample.other.wizard, name: Sample.other.name, heardAt: Sample.time)
        var off = finalizing(2)
        off.setup.verify = .off
        return [
            Picture(name: "step 1", page: step1, live: live),
            Picture(
                name: "step 1, confirmed", page: step1, live: quiet, keys: [.space, .tab, .tab]),
            Picture(name: "step 1, nothing known", page: step1, live: Sample.bare(.inSync)),
            Picture(name: "step 1, not ready", page: step1, live: lost),
            Picture(name: "step 2", page: .cutover(Cutover(live.id)), live: finalizing(4)),
            Picture(name: "step 2, off", page: .cutover(Cutover(live.id)), live: off),
            Picture(name: "step 2, watched", page: .cutover(Cutover(live.id)), live: watched),
            Picture(name: "step 2, open", page: .cutover(Cutover(live.id)), live: finalizing(9)),
            Picture(
                name: "step 2, back out", page: .cutover(Cutover(live.id)), live: finalizing(4),
                keys: [.enter]),
            Picture(name: "undone", page: .cutover(Cutover.after(live.id)), live: undone),
            Picture(name: "broken", page: .cutover(Cutover.after(live.id)), live: broken),
        ]
    }

    private static var afterwards: [Picture] {
        var held = complete
        held.isSourceHeld = true
        var off = complete
        off.setup.verify = .off
        off.problems = [Sample.writtenAfterwards]
        off.report?.applicationDowntimeSeconds = nil
        let page = Page.success(Success(held.id))
        return [
            Picture(name: "success", page: page, live: held),
            Picture(name: "success, unverified", page: page, live: off),
            Picture(name: "connect", page: page, live: held, keys: [.enter]),
            Picture(name: "connect, drivers", page: page, live: held, keys: [.enter, .tab]),
            Picture(name: "release", page: page, live: held, keys: [.character("r")]),
            Picture(name: "remarks", page: page, live: off, keys: [.character("i")]),
        ]
    }

    /// In step 2, with so many steps done.
    static func finalizing(_ done: Int, failed: Bool = false) -> LiveMigration {
        var live = Sample.measured(.finalizing)
        live.cutover.isBackOutPossible = done < 9
        live.cutover.downtimeSeconds = 3.8
        live.cutover.steps = CutoverState.StepName.allCases.enumerated().map { index, name in
            var step = CutoverState.Step(name)
            step.state =
                index < done ? .done : index == done ? (failed ? .failed : .running) : .waiting
            step.seconds = index <= done ? 0.3 : nil
            return step
        }
        return live
    }

    static var complete: LiveMigration {
        var live = Sample.measured(.complete)
        live.figures.backlog = 0
        var verification = VerificationFigures(mode: .full)
        verification.collections = 18
        verification.collectionsDone = 18
        var report = FinalReport(
            phase: .complete, durationSeconds: 13_260, bytesCopied: 412_000_000_000,
            documentsCopied: 901_442_019, collectionsCopied: 18, eventsApplied: 14_201_332,
            verification: verification)
        report.applicationDowntimeSeconds = 3.8
        live.report = report
        return live
    }
}

extension Cutover {
    /// The page as it is after an attempt.
    static func after(_ id: Identifier) -> Cutover {
        var page = Cutover(id)
        var world = World(me: Sample.me)
        world.snapshot = Sample.snapshot
        world.snapshot?.migrations = [Gallery.finalizing(3)]
        _ = page.update(world)
        return page
    }
}
