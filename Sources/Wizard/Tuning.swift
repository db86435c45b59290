/// The numbers of the wizard.
package enum Tuning {
    /// How long the agent may say nothing before that is shown: it is asked every two seconds whether it is there.
    static let silence = Duration.seconds(5)
    /// How long events that have waited may take to be read, after the process was stopped: what is as old later was said
    /// by a clock that was set back. Below the two seconds between two signs of life.
    static let lateEvents = Duration.seconds(1)
    /// How long, before somebody is called to it: one that is started again is back before.
    static let lostAgent = Duration.seconds(30)
    /// Until an agent whose events could not be understood is asked for them anew.
    static let followAgain = Duration.seconds(2)
    /// Lines of an event log that are read at once, and that are kept while nobody looks at older ones.
    static let logLines = 500
    /// Lines of an event log that are kept at most, about 4 MB: 5,000 collections write two each.
    static let keptLogLines = 20_000
    /// Until lines of an event log are asked for again that could not be read.
    static let readAgain = Duration.seconds(5)
    /// So many lines of those that are known are above the screen when the ones before them are asked for.
    static let logAhead = 100
    /// Lines of one migration that *While you were away* tells; they are wrapped with every key.
    static let awayLines = 2_000
    /// The least size of a terminal; below it one line says what is needed.
    static let leastColumns = 60
    static let leastRows = 18
    /// How often the driver says that it is there; a driver that is silent for 10 s may be relieved.
    static let claimInterval = Duration.seconds(3)
    /// How long somebody who has asked for the wheel waits for it to be given away: as long as the agent keeps the request.
    static let requestLife = Duration.seconds(30)
    /// How long somebody who drives may take to press a key when the wheel is asked for.
    static let attention = Duration.seconds(10)
    /// How long a cutover that was asked for may take to begin: the engine forgets the wish after 10 s.
    static let beginning = Duration.seconds(15)
    /// How often the bell rings while a migration is ready and nobody answers.
    static let bellInterval = Duration.seconds(3_600)
    /// How far the time that is left must go up over a mark that was rung for, until that can ring anew: far above what
    /// clocks are set by, far below an extension.
    static let markWidth = Duration.seconds(3_600)
    /// Columns that text is set over at most; more are left empty, but for the log.
    static let textColumns = 100
    /// The lag, in seconds, that has the full height in its picture where all were less: no mountain out of nothing.
    static let highLag = 10.0
    /// Columns of the bar of the copy.
    static let barColumns = 30
    /// How long the message line keeps what it says; within it a second Ctrl-C leaves.
    static let noteTime = Duration.seconds(8)
    static let errorTime = Duration.seconds(30)
    /// Between two changes of the window's title that only bring newer figures.
    static let titleInterval = Duration.seconds(10)
    /// Pages that may follow each other at once; more would be two that send the user to and fro.
    static let arrivals = 8
    /// Rows of the log on the page of a migration where it is read and not seen.
    static let plainLogLines = 8
    /// Where the lag is another one, in seconds, for who has it read: between them it is told now and then only.
    static let lagMarks = [2, 10, 60, 600, 3_600]
    /// From so many rows on there are lines between the parts of the frame.
    static let roomyRows = 22
    /// How old the time may be that is saved as the last one here: *While you were away* tells so much more after the
    /// wizard was killed.
    static let saveInterval = Duration.seconds(60)
    /// Who was away for less, in milliseconds, is not told what happened meanwhile.
    static let shortAbsence: Int64 = 60_000
    /// Verification is proposed up to so much data, as Atlas does; above it takes longer than most have.
    static let verifiedBytes = 5_000_000_000_000
    /// What *Set up Migration* proposes where nothing else is preferred.
    static let usualLoadLevel = 3
    /// Columns of one side of *Set up Migration* at most.
    static let sideColumns = 56
    /// Columns that what was seen has in a row of *Validate* at least.
    static let seenColumns = 15
    /// Columns that a row of *Validate* has beside its title from which on nothing in it is shortened.
    static let detailColumns = 60
    /// How long after a fault what is logged is still about it, milliseconds: until the work goes on, an election included.
    static let afterFault: Int64 = 10_000
    /// Lines of the event log that a report tells of a fault.
    static let shownAfterFault = 4
}
