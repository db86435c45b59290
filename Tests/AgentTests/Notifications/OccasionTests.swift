import ControlAPI
import Testing

@testable import Agent

@Suite struct OccasionTests {
    static let now: Int64 = 1_795_400_000_000
    private static let hour: Int64 = 3_600_000
    private var now: Int64 { Self.now }
    private var hour: Int64 { Self.hour }

    static func migration(
        _ phase: MigrationPhase, _ change: (inout LiveMigration) -> Void = { _ in }
    ) -> LiveMigration {
        let id = Identifier(at: 1)
        var live = LiveMigration(
            id: id, setup: MigrationSetup(source: id, destination: id), sourceName: "shop-rs0",
            destinationName: "shop-atlas", destinationConnectionString: "mongodb://localhost",
            phase: phase, startedAt: now - 5 * hour)
        if phase.isFinal { live.endedAt = now }
        change(&live)
        return live
    }

    private func kinds(_ live: LiveMigration) -> [Occasion.Kind] {
        Occasion.all(of: live, at: now).map(\.kind)
    }

    @Test(arguments: MigrationPhase.allCases)
    func onlyAnEndThatNobodyWantedIsOneByItself(phase: MigrationPhase) {
        let expected: [MigrationPhase: [Occasion.Kind]] = [
            .failed: [.failed], .expired: [.expired],
        ]
        #expect(kinds(Self.migration(phase)) == expected[phase] ?? [])
    }

    @Test func aFailureOfLongAgoIsNoNews() {
        let live = Self.migration(.failed) { $0.endedAt = Self.now - 8 * 24 * Self.hour }
        #expect(kinds(live).isEmpty)
        #expect(kinds(Self.migration(.failed) { $0.endedAt = nil }).isEmpty)
    }

    @Test func inSyncIsToldOnceItCanBeCutOver() {
        #expect(kinds(Self.migration(.inSync)).isEmpty)
        #expect(kinds(Self.migration(.inSync) { $0.cutover.isReady = true }) == [.inSync])
    }

    @Test func onlyAPauseByAnErrorIsTold() {
        #expect(kinds(Self.migration(.paused)).isEmpty)
        let refused = Self.migration(.paused) { $0.error = ControlError(.migrationFailed, "no") }
        #expect(kinds(refused) == [.paused])
    }

    @Test(arguments: [
        (25.0, nil), (24.0, 24), (12.1, 24), (12.0, 12), (3.0, 3), (1.01, 3), (1.0, 1), (0.001, 1),
        (0.0, nil), (-1.0, nil),
    ])
    func onlyTheNearestMarkOfTheCountdownIsTold(left: Double, mark: Int?) {
        let live = Self.migration(.catchingUp) {
            $0.cutover.deadlineAt = Self.now + Int64(left * Double(Self.hour))
        }
        #expect(kinds(live) == (mark.map { [.countdown(hours: $0)] } ?? []))
    }

    /// An hour is a second, and an extension 24.
    @Test func whereHoursPassInSecondsTheMarksDoTooAndSayIt() {
        func left(_ seconds: Int64) -> LiveMigration {
            Self.migration(.inSync) {
                $0.cutover.clockSpeed = 3_600
                $0.cutover.deadlineAt = Self.now + seconds * 1_000
            }
        }
        #expect(kinds(left(25)).isEmpty && kinds(left(0)).isEmpty)
        for hours in [24, 12, 3, 1] {
            #expect(kinds(left(Int64(hours))) == [.countdown(hours: hours)])
        }
        let told = Occasion.all(of: left(20), at: now)
        #expect(told.count == 1)
        for (seconds, isNews) in [(Int64(20), false), (22, false), (44, true)] {
            let later = Occasion.all(of: left(seconds), at: now + (seconds - 20) * 1_000)
            #expect(later.contains { $0.isNews(told, speed: 3_600) } == isNews, "\(seconds)")
        }
        var cutover = Self.migration(.finalizing) {
            $0.cutover.clockSpeed = 3_600
            $0.cutover.begunAt = Self.now - 12_000
        }
        #expect(kinds(cutover) == [.longCutover])
        cutover.cutover.clockSpeed = nil
        #expect(kinds(cutover).isEmpty)
        let letter = told[0].letter(left(20), Directions(host: "bastion", folder: nil))
        #expect(letter.subject.contains(UTC.second(now + 20_000) + " (1 s = 1 h)"))
        #expect(letter.text.contains("(1 s = 1 h)"))
    }

    @Test func aCutoverThatHasBegunDoesNotExpire() {
        var live = Self.migration(.finalizing) { $0.cutover.deadlineAt = Self.now + Self.hour }
        #expect(kinds(live).isEmpty)
        live.phase = .preparing
        live.cutover.isPastPointOfNoReturn = true
        #expect(kinds(live).isEmpty)
        // Whether it is undone is not known.
        live.cutover.isPastPointOfNoReturn = nil
        #expect(kinds(live) == [.countdown(hours: 1)])
        live.cutover.begunAt = now
        #expect(kinds(live).isEmpty)
        live.cutover.isSourceBlocked = false
        #expect(kinds(live) == [.countdown(hours: 1)])
    }

    @Test func aMarkIsToldAgainAfterAnExtensionButNotAfterAClockWasSet() {
        let deadline = now + 10 * hour
        let twelve = Occasion(kind: .countdown(hours: 12), about: deadline)
        let three = Occasion(kind: .countdown(hours: 3), about: deadline)
        #expect(twelve.isNews([]))
        #expect(!twelve.isNews([twelve]))
        #expect(three.isNews([twelve]))
        // The deadline seems to be later by some minutes, and the farther mark to come again.
        #expect(!Occasion(kind: .countdown(hours: 12), about: deadline + 600_000).isNews([three]))
        let extended = deadline + 24 * hour
        #expect(
            Occasion(kind: .countdown(hours: 12), about: extended).isNews([twelve, three]))
    }

    @Test func everyFailureIsNews() {
        let first = Occasion(kind: .failed, about: now)
        #expect(!first.isNews([first]))
        #expect(Occasion(kind: .failed, about: now + 60_000).isNews([first]))
        #expect(Occasion(kind: .expired, about: now).isNews([first]))
        #expect(!first.isOver(Self.migration(.copying)))
    }

    @Test func aCutoverOfTwelveHoursIsTold() {
        func cutover(_ hours: Double, _ phase: MigrationPhase = .finalizing) -> LiveMigration {
            Self.migration(phase) {
                $0.cutover.begunAt = Self.now - Int64(hours * Double(Self.hour))
            }
        }
        #expect(kinds(cutover(11.9)).isEmpty)
        #expect(kinds(cutover(12)) == [.longCutover])
        // A new engine begins by preparing: not yet, and not anew.
        #expect(kinds(cutover(13, .preparing)).isEmpty)
        let told = Occasion.all(of: cutover(12), at: now)
        #expect(Occasion.all(of: cutover(12), at: now + hour).allSatisfy { !$0.isNews(told) })
    }

    @Test(arguments: [(7, true, nil), (5, true, 6), (0, true, 1), (5, false, nil), (5, nil, nil)])
    func littleHeadroomIsToldWhereTheOplogDropsEntries(hours: Int, isFull: Bool?, mark: Int?) {
        let live = Self.migration(.copying) {
            $0.figures.oplogHeadroomSeconds = hours * 3_600
            $0.figures.isOplogFull = isFull
        }
        #expect(kinds(live) == (mark.map { [.headroom(hours: $0)] } ?? []))
    }

    @Test func headroomIsNewsAgainAfterItWasLargeAgain() {
        let six = Occasion(kind: .headroom(hours: 6))
        let one = Occasion(kind: .headroom(hours: 1))
        #expect(one.isNews([six]) && !six.isNews([one]) && !six.isNews([six]))
        func copying(_ seconds: Int?) -> LiveMigration {
            Self.migration(.copying) { $0.figures.oplogHeadroomSeconds = seconds }
        }
        #expect(!six.isOver(copying(nil)))
        #expect(!six.isOver(copying(7 * 3_600)))
        #expect(six.isOver(copying(13 * 3_600)))
        #expect(one.isOver(copying(3 * 3_600)))
    }

    /// A new engine prepares and is behind at first, also where it goes on being paused.
    @Test func aRestartMakesNothingNews() {
        let paused = Occasion(kind: .paused)
        for phase in [MigrationPhase.preparing, .paused] {
            #expect(!paused.isOver(Self.migration(phase)))
        }
        #expect(paused.isOver(Self.migration(.copying)))
        let inSync = Occasion(kind: .inSync)
        for phase in [MigrationPhase.preparing, .copying, .catchingUp, .paused, .finalizing] {
            #expect(!inSync.isOver(Self.migration(phase)))
        }
        #expect(inSync.isOver(Self.migration(.expired)))
    }

    static let allKinds: [Occasion.Kind] =
        [24, 12, 3, 1].map { .countdown(hours: $0) } + [6, 1].map { .headroom(hours: $0) }
        + [.inSync, .paused, .failed, .expired, .longCutover]

    @Test(arguments: allKinds) func aKindIsFoundByItsName(kind: Occasion.Kind) {
        #expect(Occasion.Kind("\(kind)") == kind)
        #expect(Occasion.Kind("none-such") == nil)
    }

    // MARK: Texts

    private static let directions = Directions(host: "bastion")

    @Test(arguments: allKinds)
    func everyTextSaysWhichMigrationAndHowToOpenIt(kind: Occasion.Kind) {
        let live = Self.migration(.inSync)
        let letter = Occasion(kind: kind, about: Self.now).letter(live, Self.directions)
        #expect(letter.subject.hasPrefix("shop-rs0 -> shop-atlas: "))
        #expect(letter.subject.utf8.count < 120)
        #expect(letter.text.contains("On bastion, this opens it:"))
        #expect(letter.text.contains("\n    lagzero --migration \(live.id)\n"))
        #expect(!letter.text.contains("nil") && !letter.text.contains("Optional"))
    }

    @Test func theCountdownSaysUntilWhenAndWhatToDo() {
        let live = Self.migration(.inSync) { $0.cutover.deadlineAt = Self.now + 3 * Self.hour }
        let occasion = Occasion(kind: .countdown(hours: 3), about: now + 3 * hour)
        let letter = occasion.letter(live, Self.directions)
        #expect(
            letter.subject
                == "shop-rs0 -> shop-atlas: less than 3 hours left to cut over, until Mon 23 Nov 05:13 UTC"
        )
        for fact in ["cut over", "Extend Sync", "expires", "from the beginning"] {
            #expect(letter.text.contains(fact))
        }
        let last = Occasion(kind: .countdown(hours: 1), about: now).headline(live)
        #expect(last.contains("1 hour left"))
    }

    @Test func aFailureSaysWhyAndWhetherTheApplicationIsDown() {
        func text(_ change: (inout LiveMigration) -> Void) -> String {
            let live = Self.migration(.failed) {
                $0.error = ControlError(.migrationFailed, "the lease was lost", remedy: "look")
                $0.isRetryPossible = true
                change(&$0)
            }
            return Occasion(kind: .failed, about: Self.now).letter(live, Self.directions).text
        }
        let plain = text { _ in }
        #expect(plain.contains("\n    the lease was lost: look\n"))
        #expect(plain.contains("not affected") && plain.contains("retry or cancel"))
        #expect(text { $0.isRetryPossible = false }.contains("cannot be taken up again"))
        #expect(text { $0.cutover.isSourceBlocked = true }.contains("your application is down"))
        let past = text {
            $0.cutover.isSourceBlocked = true
            $0.cutover.isPastPointOfNoReturn = true
        }
        #expect(past.contains("shop-atlas accepts writes and is the cluster to use"))
        #expect(!past.contains("is down"))
        let inDoubt = text { $0.cutover.begunAt = Self.now }
        #expect(
            inDoubt.contains(
                "A cutover was under way, and whether it is undone or finished is not known: your application may be down."
            ))
        #expect(inDoubt.contains("Start no application before."))
        #expect(!inDoubt.contains("not affected"))
    }

    @Test func aFolderOfItsOwnIsNamedInTheCommand() {
        let id = Identifier(at: 1)
        let command = Directions(host: "h", folder: "/srv/it's here").command(id)
        #expect(command == #"lagzero --migration \#(id) --state '/srv/it'\''s here'"#)
        let usual = Directions(host: "h", folder: AgentFolder(path: "/tmp/elsewhere"))
        #expect(usual.folder == "/tmp/elsewhere")
    }
}
