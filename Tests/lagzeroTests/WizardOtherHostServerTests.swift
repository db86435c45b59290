import BSON
import ControlAPI
import Mongo
import Sandbox
import TerminalEmulator
import Testing

@testable import lagzero

/// Going on with a migration after the host that ran it is lost with all that was known there: by keys, from the state
/// that the destination holds.
@Suite(.serialized, .timeLimit(.minutes(20))) struct WizardOtherHostServerTests {
    /// The owner that the lease names becomes one of a host that cannot be seen from here.
    private func moveOwnerAway(_ flow: WizardFlow) async throws {
        let answer = try await flow.clusters.destination.lane.run(
            [
                "update": "lease",
                "updates": [
                    ["q": ["_id": "owner"], "u": ["$set": ["owner.host": "bastion-1"]]]
                ],
            ], on: "lagzero_internal")
        #expect(answer["nModified"]?.integer == 1)
    }

    @Test func f2S17AnotherHostGoesOnFromTheStateOnTheDestination() async throws {
        let flow = try await WizardFlow(documents: 60_000) { $0.isBehindProxy = true }
        let proxy = try #require(flow.clusters.source.members[0].proxy)
        proxy.throttle(bytesPerSecond: 1_000_000)
        try flow.begin()
        try await eventually("some is copied", within: .seconds(240)) {
            let live = try await flow.migration()
            return live.phase == .copying && live.figures.documentsCopied ?? 0 > 0
        }
        try await flow.moveToAnotherHost()
        try await moveOwnerAway(flow)
        proxy.throttle(bytesPerSecond: nil)
        try flow.goOnFromDestination()
        // Nobody here can tell whether that one still runs, but by its silence.
        try flow.terminal.shows("bastion-1 ran this migration last")
        #expect(!flow.terminal.screen.contains("✔ Copying data"))
        try flow.terminal.shows("resumed by")
        try await flow.prepareCutover()
        try flow.terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        #expect(flow.terminal.screen.contains("identical"))
        try await flow.end()
    }

    /// Applications wait until the source takes writes again, whatever a validation would find.
    @Test func s17AnotherHostUndoesAnInterruptedCutoverBeforeAnythingIsValidated() async throws {
        let flow = try await WizardFlow(documents: 1_000) {
            $0.parameters["enableTestCommands"] = "true"
        }
        try await flow.makeUniqueIndex()
        try flow.begin()
        try await flow.prepareCutover()
        try await flow.holdFinalization()
        let application = try flow.clusters.sourceForApplication().lane()
        let order: Document = ["insert": "orders", "documents": [["_id": "late"]]]
        #expect(try await application.write(order, on: "shop").count == 0)
        try await flow.moveToAnotherHost()
        try await flow.letFinalizationGoOn()
        // Only a validation asks for it, and none passes without the answer.
        let refusal: Document = ["failCommands": ["getParameter"], "errorCode": 13]
        _ = try await flow.clusters.source.lane.run(
            [
                "configureFailPoint": "failCommand", "mode": "alwaysOn",
                "data": .document(refusal),
            ], on: "admin")
        try flow.goOnFromDestination()
        try await eventually("the source takes writes again", within: .seconds(60)) {
            try await application.write(order, on: "shop").count == 1
        }
        // What has looked at nothing lets nobody start once more.
        let passed = try await flow.snapshot().validations.filter { $0.isPassed == true }
        #expect(passed.isEmpty)
        try await flow.prepareCutover()
        try flow.terminal.send("\t\t\r", until: "You have successfully migrated to Atlas")
        try await flow.end()
    }
}
