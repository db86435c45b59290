import Testing

@testable import Terminal

@Suite struct FlowControlTests {
    private static let paint = 1_500

    /// With a question that was answered at once.
    private static func answered() -> FlowControl {
        var flow = FlowControl()
        let isAsked = flow.send(paint, at: .zero)
        #expect(isAsked)
        _ = flow.answer(at: .zero)
        return flow
    }

    private func asks(_ flow: inout FlowControl, _ bytes: Int, at time: Duration) -> Bool {
        flow.send(bytes, at: time)
    }

    private func asksAgain(_ flow: inout FlowControl, at time: Duration) -> Bool {
        flow.answer(at: time)
    }

    private static func isOpen(_ flow: FlowControl, at time: Duration) -> Bool {
        flow.nextFrame(at: time) <= time
    }

    @Test func smallFramesAskNothingUntilTheyAreMany() {
        var flow = FlowControl()
        for number in 1...20 {
            #expect(asks(&flow, 100, at: .seconds(number)) == (number == 6))
        }
    }

    @Test func clocksAreAskedForEveryFewMinutes() {
        var flow = FlowControl()
        for second in 1...150 { #expect(asks(&flow, 64, at: .seconds(second)) == (second == 128)) }
    }

    @Test func framesWaitForTheAnswerWhenTheWindowIsFull() {
        var flow = Self.answered()
        #expect(asks(&flow, Self.paint, at: .seconds(1)))
        #expect(Self.isOpen(flow, at: .seconds(1)))
        #expect(!asks(&flow, Self.paint, at: .seconds(1)))
        #expect(!Self.isOpen(flow, at: .seconds(2)))
        #expect(flow.isAwaiting)
        // Too much has been sent behind the question: none or one more, and the window is open.
        #expect(!asksAgain(&flow, at: .seconds(2)) && !flow.isAwaiting)
        #expect(Self.isOpen(flow, at: .seconds(2)))
    }

    @Test func whatWasSentBehindAQuestionIsAskedForWhenItFillsTheWindow() {
        var flow = Self.answered()
        #expect(asks(&flow, 600, at: .seconds(1)))
        #expect(!asks(&flow, 4_000, at: .seconds(1)))
        #expect(asksAgain(&flow, at: .seconds(1)))
        #expect(!Self.isOpen(flow, at: .seconds(1)))
        #expect(!asksAgain(&flow, at: .seconds(2)))
        #expect(Self.isOpen(flow, at: .seconds(2)))
    }

    @Test func aTerminalThatNeverAnswersIsAskedOnceAndHoldsNothingUp() {
        var flow = FlowControl()
        var questions = 0
        for second in 0..<100 {
            #expect(Self.isOpen(flow, at: .seconds(second)))
            if flow.send(Self.paint, at: .seconds(second)) { questions += 1 }
        }
        #expect(questions == 1)
        #expect(!flow.isSlow && !flow.isAwaiting)
        // It does after all.
        _ = flow.answer(at: .seconds(100))
        #expect(asks(&flow, Self.paint, at: .seconds(101)))
    }

    @Test func anAnswerThatIsLostHoldsFramesUpForAWhileOnly() {
        var flow = Self.answered()
        _ = flow.send(4_000, at: .seconds(1))
        let next = flow.nextFrame(at: .seconds(2))
        #expect(next == .seconds(1) + Tuning.answerLimit)
        #expect(Self.isOpen(flow, at: next))
        #expect(asks(&flow, Self.paint, at: next))
    }

    @Test func whereAnswersWereDroppedNothingIsWaitedFor() {
        var flow = Self.answered()
        _ = flow.send(4_000, at: .seconds(1))
        flow.reset()
        #expect(Self.isOpen(flow, at: .seconds(1)) && !flow.isAwaiting)
    }

    /// Sends and has it answered after so long.
    private func exchange(_ flow: inout FlowControl, at time: Duration, after delay: Duration) {
        _ = flow.send(Self.paint, at: time)
        _ = flow.answer(at: time + delay)
    }

    @Test func twoLateAnswersAreASlowLinkAndFourTimelyOnesNone() {
        var flow = Self.answered()
        exchange(&flow, at: .seconds(1), after: .milliseconds(700))
        #expect(!flow.isSlow)
        exchange(&flow, at: .seconds(2), after: .milliseconds(700))
        #expect(flow.isSlow)
        for second in 3...5 { exchange(&flow, at: .seconds(second), after: .milliseconds(100)) }
        #expect(flow.isSlow)
        exchange(&flow, at: .seconds(6), after: .milliseconds(100))
        #expect(!flow.isSlow)
    }

    @Test func onASlowLinkOnlyKeysAreAnsweredAtOnce() {
        var flow = Self.answered()
        for second in 1...2 { exchange(&flow, at: .seconds(second), after: .milliseconds(700)) }
        #expect(flow.nextFrame(at: .seconds(3)) == .seconds(2) + Tuning.slowFrame)
        flow.noteKeys(at: .seconds(3))
        #expect(Self.isOpen(flow, at: .seconds(3)))
        #expect(Self.isOpen(flow, at: .seconds(4)))
        #expect(!Self.isOpen(flow, at: .seconds(5)))
    }

    /// Whatever is sent and however late it is answered: what is on its way is a window and a frame at most, and frames go on.
    @Test(arguments: 0..<20)
    func neverMoreThanAWindowAndAFrameAreOnTheirWay(seed: UInt64) {
        var random = SplitMix(state: seed)
        var flow = Self.answered()
        /// Bytes up to each question that has not been answered.
        var questions: [Int] = []
        var (sent, arrived, frames) = (0, 0, 0)
        for step in 0..<2_000 {
            let time = Duration.milliseconds(1_000 + 10 * step)
            if flow.nextFrame(at: time) <= time {
                let bytes = Int.random(in: 1...4_000, using: &random)
                sent += bytes
                frames += 1
                if flow.send(bytes, at: time) { questions.append(sent) }
            }
            #expect(sent - arrived < Tuning.sendWindow + 4_000)
            if let first = questions.first, Int.random(in: 0..<10, using: &random) == 0 {
                questions.removeFirst()
                arrived = first
                if flow.answer(at: time) { questions.append(sent) }
            }
        }
        #expect(frames > 100)
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
    }
}
