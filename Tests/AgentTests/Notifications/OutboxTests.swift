import ControlAPI
import Testing

@testable import Agent

@Suite struct OutboxTests {
    private let migration = Identifier(at: 1)

    private func message(
        _ id: Int64, _ kind: Occasion.Kind = .inSync, of migration: Identifier? = nil
    ) -> OutgoingMessage {
        OutgoingMessage(
            id: id, migration: migration ?? self.migration, occasion: kind,
            letter: Letter(subject: "\(id)", text: ""), time: 0, channels: [.mail, .command])
    }

    @Test func theOldestGoesFirstAndStaysUntilAllChannelsHaveIt() {
        let now = ContinuousClock.now
        var outbox = Outbox([message(1), message(2)])
        #expect(outbox.next(at: now)?.id == 1)
        outbox.settle(1, [.mail])
        #expect(outbox.next(at: now)?.channels == [.command])
        outbox.settle(1, [.command])
        #expect(outbox.messages.map(\.id) == [2])
        outbox.add(message(3))
        outbox.remove(2)
        #expect(outbox.next(at: now)?.id == 3)
    }

    @Test func oneThatFailsIsTriedAgainLaterAndLaterAndHoldsUpNoOther() {
        let start = ContinuousClock.now
        var outbox = Outbox([message(1), message(2)])
        let isFirst = outbox.postpone(1, at: start)
        #expect(isFirst)
        #expect(outbox.next(at: start)?.id == 2)
        outbox.remove(2)
        var now = start
        for pause in [10, 60, 300, 1_800, 3_600, 3_600] {
            #expect(outbox.next(at: now + .seconds(pause) - .milliseconds(1)) == nil)
            now += .seconds(pause)
            #expect(outbox.next(at: now)?.id == 1)
            let isFirst = outbox.postpone(1, at: now)
            #expect(!isFirst)
        }
    }

    @Test func whatIsNotThereChangesNothing() {
        var outbox = Outbox([message(1)])
        outbox.settle(7, [.mail])
        outbox.remove(7)
        _ = outbox.postpone(7, at: .now)
        #expect(outbox.messages == [message(1)])
    }

    @Test func anOlderMarkSaysNothingAfterANewerOne() {
        let twelve = message(1, .countdown(hours: 12))
        #expect(twelve.isSuperseded(by: .countdown(hours: 3)))
        #expect(!twelve.isSuperseded(by: .failed))
        #expect(message(1, .headroom(hours: 6)).isSuperseded(by: .headroom(hours: 1)))
        // Each has a reason of its own.
        #expect(!message(1, .failed).isSuperseded(by: .failed))
    }
}
