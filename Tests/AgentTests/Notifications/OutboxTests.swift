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

    @Test(arguments: [Occasion.Kind.inSync, .countdown(hours: 3)])
    func whatSaysThatItCanBeCutOverIsUntrueOnceItCannot(kind: Occasion.Kind) {
        for phase in MigrationPhase.allCases {
            let isOver = [.complete, .cancelled, .expired].contains(phase)
            let live = OccasionTests.migration(phase)
            #expect(message(1, kind).isUntrue(of: live) == isOver, "\(phase)")
            #expect(!message(1, .failed).isUntrue(of: live))
        }
    }

    @Test func anotherDeadlineMakesWhatNamesTheOldOneUntrue() {
        let hour: Int64 = 3_600_000
        func live(_ deadline: Int64?, speed: Int? = nil) -> LiveMigration {
            OccasionTests.migration(.inSync) {
                ($0.cutover.deadlineAt, $0.cutover.clockSpeed) = (deadline, speed)
            }
        }
        var told = message(1, .countdown(hours: 3))
        told.deadline = 30 * hour
        #expect(!told.isUntrue(of: live(30 * hour)) && !told.isUntrue(of: live(31 * hour)))
        #expect(told.isUntrue(of: live(54 * hour)))
        #expect(told.isUntrue(of: live(30 * hour + 24_000, speed: 3_600)))
        // It is not known at the moment.
        #expect(!told.isUntrue(of: live(nil)))
        told.deadline = nil
        #expect(!told.isUntrue(of: live(54 * hour)))
    }
}
