import ArgumentParser
import Migration
import Testing

@testable import lagzero

@Suite struct MigrationArgumentsTests {
    private func options(_ arguments: String...) throws -> MigrationOptions {
        try MigrationArguments.parse(arguments).options()
    }

    private var standard: MigrationOptions {
        var options = MigrationOptions()
        options.validatesAgain = true
        return options
    }

    @Test func withoutArgumentsTheDefaultsHold() throws {
        #expect(try options() == standard)
    }

    @Test func everyArgumentArrives() throws {
        var wanted = standard
        wanted.filter = NamespaceFilter(
            include: [try #require(.init("a.*")), try #require(.init("b.c"))],
            exclude: [try #require(.init("a.d"))])
        wanted.drop = true
        wanted.dropConfirmation = "rs1"
        wanted.verify = .counts
        wanted.cutover = .whenInSync
        wanted.loadLevel = 4
        wanted.quietPeriod = 30
        wanted.keepSourceWritable = true
        wanted.lagHold = 1.5
        let given = try options(
            "--drop", "--drop-confirm", "rs1", "--include", "a.*", "--include", "b.c", "--exclude",
            "a.d",
            "--verify", "counts", "--cutover", "when-in-sync", "--load-level", "4",
            "--quiet-period", "30", "--keep-source-writable", "--lag-hold", "1.5")
        #expect(given == wanted)
        #expect(try options("--resume").resume)
    }

    @Test func beginningAnewAndGoingOnExcludeEachOther() {
        let error = #expect(throws: UsageError.self) {
            try options("--drop", "--drop-confirm", "rs1", "--resume")
        }
        #expect(error?.message.contains("--resume") == true)
    }

    @Test(arguments: [
        (["--load-level", "0"], "--load-level 0: it must be from 1 to 4"),
        (["--load-level", "5"], "--load-level 5: it must be from 1 to 4"),
        (["--quiet-period", "0"], "--quiet-period 0: it must be from 1 to 3600"),
        (["--drop-confirm", "x"], "--drop-confirm is given without --drop"),
    ])
    func aValueOutOfItsBoundsIsRefused(arguments: [String], message: String) throws {
        let parsed = try MigrationArguments.parse(arguments)
        #expect(throws: UsageError(message)) { try parsed.options() }
    }

    @Test func droppingMustBeConfirmed() throws {
        let error = #expect(throws: UsageError.self) { try options("--drop") }
        #expect(error?.message.contains("--drop-confirm") == true)
    }

    @Test(arguments: [
        ["--verify", "maybe"], ["--cutover", "now"], ["--load-level", "much"], ["--nothing"],
    ])
    func whatIsNoValueAtAllIsRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try MigrationArguments.parse(arguments) }
    }
}
