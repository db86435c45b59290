/// Keeps frames from piling up on a slow link. A device takes bytes as long as there is room in some buffer on the way,
/// which over SSH is megabytes: minutes of a slow link. So a question goes along with the frames, which the terminal
/// answers when it has come so far (DSR, `ESC [ 5 n`; ECMA-48, 8.3.35). Until then only a window of bytes is sent: a
/// frame that waits here is replaced by a newer one, while one that waits in a buffer is seen late. A terminal that
/// never answers is asked once. A pure value; times are uptimes.
struct FlowControl: Sendable, Equatable {
    private struct Question: Equatable {
        var time: Duration
        /// Bytes sent up to it.
        var sent: Int
    }

    static let question = Array("\u{1b}[5n".utf8)

    /// Whether answers have been late. Then frames that no key has asked for are few.
    private(set) var isSlow = false
    private var open: Question?
    private var hasAnswered = false
    private var isMute = false
    private var sent = 0
    /// Bytes that the terminal is known to have taken.
    private var arrived = 0
    /// Answers in a row.
    private var (late, timely) = (0, 0)
    private var lastFrame = Duration.zero
    private var lastKey: Duration?

    /// Whether an answer may still come, which nobody but this program would understand.
    var isAwaiting: Bool { open != nil }

    /// When a frame may be sent; not later than `time` when it may be now. An answer may make it earlier.
    func nextFrame(at time: Duration) -> Duration {
        if let open, isFull { return open.time + Tuning.answerLimit }
        let isForKey = lastKey.map { time < $0 + Tuning.keyAnswers } ?? false
        return isSlow && !isForKey ? lastFrame + Tuning.slowFrame : time
    }

    private var isFull: Bool { hasAnswered && sent - arrived >= Tuning.sendWindow }

    /// Keys have come: what they change is shown at once.
    mutating func noteKeys(at time: Duration) { lastKey = time }

    /// So many bytes are sent. Returns whether the question goes along.
    mutating func send(_ bytes: Int, at time: Duration) -> Bool {
        if let open, time >= open.time + Tuning.answerLimit { giveUp() }
        (sent, lastFrame) = (sent + bytes, time)
        let limit = bytes > Tuning.clockFrame ? Tuning.askedBytes : Tuning.askedClockBytes
        guard open == nil, !isMute, isSlow || sent - arrived >= limit else { return false }
        open = Question(time: time, sent: sent)
        return true
    }

    /// The terminal has answered. Returns whether the question is sent again at once, as too much has been sent since.
    mutating func answer(at time: Duration) -> Bool {
        (hasAnswered, isMute) = (true, false)
        guard let asked = open else { return false }
        arrived = asked.sent
        open = nil
        note(time - asked.time)
        guard isFull else { return false }
        open = Question(time: time, sent: sent)
        return true
    }

    /// Answers that were on their way have been dropped, or others had the terminal.
    mutating func reset() {
        open = nil
        arrived = sent
    }

    private mutating func giveUp() {
        if hasAnswered { note(Tuning.answerLimit) } else { isMute = true }
        reset()
    }

    private mutating func note(_ delay: Duration) {
        late = delay >= Tuning.lateAnswer ? late + 1 : 0
        timely = delay < Tuning.timelyAnswer ? timely + 1 : 0
        if late >= Tuning.lateAnswers { isSlow = true }
        if timely >= Tuning.timelyAnswers { isSlow = false }
    }
}
