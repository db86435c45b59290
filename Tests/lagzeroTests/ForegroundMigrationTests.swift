import Migration
import Testing

@testable import lagzero

@Suite struct ForegroundMigrationTests {
    private func wayOn(
        hasBegun: Bool, hint: String? = nil, _ change: (inout MigrationOptions) -> Void = { _ in }
    ) -> String {
        var options = MigrationOptions()
        change(&options)
        return Output(isJSON: false, interval: .seconds(1), resumeHint: hint)
            .wayOn(options, hasBegun: hasBegun)
    }

    @Test func onlyWhatHasBegunIsResumed() {
        #expect(
            wayOn(hasBegun: false) == "nothing was begun: start it again with the same command")
        #expect(wayOn(hasBegun: true) == "go on with the same command and --resume")
        // Begun by an earlier run, whose state was not read yet.
        #expect(
            wayOn(hasBegun: false) { $0.resume = true }
                == "go on with the same command and --resume")
    }

    /// `--drop` and `--resume` together are refused, and so is `--drop-confirm` alone.
    @Test func whatHasClearedTheDestinationGoesOnWithoutClearing() {
        #expect(
            wayOn(hasBegun: true) { $0.drop = true }
                == "go on with the same command, --resume in place of --drop and --drop-confirm")
        #expect(
            wayOn(hasBegun: false) { $0.drop = true }
                == "nothing was begun: start it again with the same command")
    }

    @Test func aDemoIsNotResumed() {
        #expect(wayOn(hasBegun: true, hint: "begins anew") == "begins anew")
    }
}
