/// The numbers of this target.
package enum Tuning {
    /// What a cell holds at most: ncurses' own limit, one spacing character and four marks.
    static let scalarsPerCell = 5
    /// After so long without a next byte an Esc is the key and no sequence. Longer where the line may split
    /// sequences: 60 ms between the parts of one were seen.
    package static let escapeDelay = Duration.milliseconds(25)
    package static let remoteEscapeDelay = Duration.milliseconds(100)
    /// A sequence longer than that, bytes, is no sequence.
    static let longestSequence = 64
    /// A paste whose end does not come is over when nothing came for so long; not less, since its rest would act.
    static let pasteQuiet = Duration.seconds(30)
    /// So many characters in one read, and half of what has to be typed, are a paste where one is refused: keys of a fast
    /// typist come in pairs at most, but a line that has lost something sends a few at once.
    static let pastedCharacters = 5
    /// A name that is shorter is pasted with fewer; two may be typed at once.
    static let leastPastedCharacters = 3
    /// A paste is cut there, bytes.
    static let longestPaste = 64 << 10
    /// A resize is followed by others while a window is dragged: painted when there was none for so long, or when
    /// the first waits for the limit.
    static let resizeQuiet = Duration.milliseconds(60)
    static let resizeLimit = Duration.milliseconds(500)
    /// Bytes that are sent before the terminal has answered: most full paints, and a second of 16 kbit/s.
    static let sendWindow = 2 << 10
    /// With so many since the last question there is another one; changes of a page have them, keys and clocks have not.
    static let askedBytes = 512
    /// The same where only frames of clocks are sent, which have `clockFrame` bytes at most: an answer wakes the program up,
    /// which it is otherwise by its ticks alone. A second of 64 kbit/s.
    static let askedClockBytes = 8 << 10
    static let clockFrame = 80
    /// An answer that has not come after so long does not come: it was lost, or was none.
    static let answerLimit = Duration.seconds(10)
    /// So many late answers in a row are a slow link, and so many timely ones are none. Over 64 kbit/s with 100 ms a full
    /// paint is answered after 0.5 s and a clock after 0.1 s.
    static let lateAnswer = Duration.milliseconds(500)
    static let timelyAnswer = Duration.milliseconds(250)
    static let lateAnswers = 2
    static let timelyAnswers = 4
    /// Between two frames on a slow link that no key has asked for.
    package static let slowFrame = Duration.seconds(5)
    /// What comes so long after a key may be its answer.
    static let keyAnswers = Duration.seconds(2)
    /// So long it is waited at the end for an answer, which the shell would take for keys.
    static let lastAnswer = Duration.seconds(1)
    /// Messages handled before a frame is drawn, so that a storm of them cannot stop drawing.
    static let messagesPerFrame = 256
    /// Messages and timers handled by a pilot in one step; more is a program that never comes to rest.
    static let pilotSteps = 100_000
    /// Characters a text field takes.
    static let fieldLimit = 4_096
    /// Bullets that stand for a secret of any length.
    static let bullets = 8
    /// Rows that a list moves by page before it has been told its height.
    static let listHeight = 10
    /// Rows of an open drop-down list.
    static let dropDownRows = 8
    /// A page that is read line by line is made as if it were drawn so large: wide enough that nothing is shortened, and
    /// not so high that a long list is read for minutes.
    package static let plainSize = Size(100, 60)
    /// What it says of its size where it is recorded, at most: what every terminal has.
    static let plainFrame = Size(80, 24)
    static let plainDropDownRows = 50
    /// How often it is said that all goes on where nothing has changed but figures.
    static let heartbeat = Duration.seconds(30)
    /// Between two readings of what changes by itself, and of how many lines the first and the last are read then.
    static let plainQuiet = Duration.seconds(2)
    static let plainLines = (first: 4, last: 8)
    /// How long what somebody types is not interrupted by what is read; after that it is repeated behind it.
    static let typingPause = Duration.seconds(30)
    /// Bytes of text that are sent to the clipboard of a terminal; many take no more.
    static let clipboardLimit = 74_994
    /// How often it is looked whether what a line of a script began is done.
    static let scriptPoll = Duration.milliseconds(20)
}
