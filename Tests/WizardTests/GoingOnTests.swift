import ControlAPI
import Terminal
import Testing

@testable import Wizard

/// Going on with the migration whose state the destination holds, from *Validate* on.
@Suite struct GoingOnTests {
    private static var going: MigrationSetup {
        var setup = Sample.setup
        (setup.resumes, setup.include) = (true, ["shop.*"])
        return setup
    }

    private static func earlier(_ refusal: ControlError? = nil) -> EarlierMigration {
        var earlier = EarlierMigration(startedAt: Sample.time - 3 * 3_600_000)
        earlier.include = ["shop.*"]
        earlier.holder = "process 42 on bastion-1"
        earlier.refusal = refusal
        return earlier
    }

    private func validated(
        _ refusal: ControlError? = nil, size: Size = Size(80, 24)
    ) -> ScreenPilot {
        var pilot = ScreenPilot.chosen(size: size)
        pilot.push("Continue")
        pilot.agent.changeValidation { $0.earlier = Self.earlier(refusal) }
        pilot.endValidation(Sample.passing + [Sample.held])
        return pilot
    }

    /// It was gone on with, and that has passed.
    private func passed(size: Size = Size(80, 24)) -> ScreenPilot {
        var pilot = validated(size: size)
        pilot.press(.enter)
        pilot.agent.changeValidation { $0.earlier = Self.earlier() }
        pilot.endValidation(Sample.passing)
        return pilot
    }

    @Test func s4WhatTheDestinationHoldsIsOfferedWhereTheEyeIs() {
        for size in pageSizes {
            var pilot = validated(size: size)
            #expect(
                pilot.says("shop-atlas holds a migration from this source that is not finished"),
                "\(size)")
            #expect(pilot.says("process 42 on bastion-1"))
            #expect(pilot.shows("( Back )  ( Validate again )  ( Go on with it )"))
            #expect(pilot.textAtCursor.hasPrefix("Go on with it"))
            #expect(pilot.commands == [.validate(Sample.setup)])
            pilot.type("g")
            #expect(pilot.commands == [.validate(Sample.setup), .validate(Self.going)])
            #expect(pilot.shows("⠋ Validating"))
        }
    }

    /// Applications write to the destination already.
    @Test func s4S6WhatIsPastThePointOfNoReturnIsOnlyFinished() {
        var pilot = validated()
        pilot.agent.changeValidation { $0.earlier?.isPastPointOfNoReturn = true }
        pilot.endValidation(Sample.passing + [Sample.held])
        #expect(pilot.says("shop-atlas accepts writes already: it was cut over to"))
        #expect(pilot.says("Do not clear it."))
        #expect(!pilot.says("or go back and clear"))
        pilot.press(.enter)
        pilot.agent.changeValidation {
            $0.earlier = Self.earlier()
            $0.earlier?.isPastPointOfNoReturn = true
        }
        pilot.endValidation(Sample.passing)
        pilot.press(.enter, .enter)
        #expect(pilot.says("Go on with the cutover to shop-atlas?"))
        #expect(!pilot.says("Let nobody else write"))
        pilot.push("Start Migration")
        #expect(pilot.commands.last == .start(Self.going))
    }

    /// Applications wait for the source.
    @Test func s4S6ACutoverThatWasInterruptedIsUndone() {
        func asItIs(_ run: inout ValidationRun) {
            run.earlier = Self.earlier()
            run.earlier?.isInCutover = true
        }
        var pilot = validated()
        pilot.agent.changeValidation(asItIs)
        pilot.endValidation([Sample.held])
        #expect(pilot.says("a migration from this source whose cutover is not finished"))
        #expect(pilot.says("Go on with it, so that the source takes writes again."))
        #expect(!pilot.says("or go back and clear"))
        pilot.press(.enter)
        pilot.agent.changeValidation(asItIs)
        pilot.endValidation([
            Sample.row(
                "earlierMigration", .destination, "No other migration", .warning,
                "it holds a migration whose cutover is not finished; nothing else was checked")
        ])
        pilot.press(.enter, .enter)
        #expect(pilot.says("Its cutover is not finished. It is undone first: shop-rs0 takes"))
        pilot.push("Start Migration")
        #expect(pilot.commands.last == .start(Self.going))
    }

    @Test func s4WhatCannotGoOnIsNotOffered() {
        let refusal = ControlError(.conflict, "the migration that it holds is complete")
        var pilot = validated(refusal)
        #expect(!pilot.shows("( Go on with it )"))
        pilot.type("g")
        pilot.press(.enter)
        #expect(pilot.commands == [.validate(Sample.setup)])
        #expect(pilot.says("1 check must be mended first"))
    }

    @Test func s5S6GoingOnIsRepeatedAndStarted() {
        for size in pageSizes {
            var pilot = passed(size: size)
            #expect(pilot.shows("✔ Passed"))
            pilot.press(.enter)
            #expect(pilot.says("The migration that shop-atlas holds"), "\(size)")
            pilot.press(.enter)
            #expect(pilot.says("Go on to migrate shop-rs0 to shop-atlas?"))
            #expect(pilot.says("It goes on where it stopped."))
            pilot.push("Start Migration")
            #expect(pilot.commands.last == .start(Self.going))
        }
    }

    @Test func s3BackOnSetUpItIsSaidAndClearingBeginsAnew() {
        var pilot = passed()
        pilot.press(.escape)
        #expect(pilot.setup == Self.going)
        #expect(pilot.shows("It goes on with the migration that the destination holds."))
        #expect(pilot.shows("✔ The validation has passed."))
        pilot.focus(" ] Clear")
        pilot.press(.space)
        pilot.type("shop-atlas")
        pilot.press(.enter, .enter)
        #expect(pilot.setup?.clear == true)
        #expect(pilot.setup?.resumes == false)
        #expect(!pilot.shows("It goes on with"))
        pilot.focus("x] Clear")
        pilot.press(.space)
        #expect(pilot.setup == Self.going)
    }

    @Test func s4WhereNothingIsLeftToGoOnWithANewOneIsValidated() {
        var pilot = validated()
        pilot.press(.enter)
        pilot.endValidation([Sample.held])
        #expect(!pilot.shows("( Go on with it )"))
        pilot.type("r")
        #expect(pilot.commands.last == .validate(Sample.setup))
    }
}
