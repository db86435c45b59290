import Dispatch

/// The numbers of the commands.
enum Tuning {
    /// A password of fewer bytes is hidden only where it stands in a connection string: hidden
    /// everywhere, it would take words out of messages, and tell what it is by that.
    static let shortestKnownSecret = 6

    /// Characters of a name that sudo tells: Linux has users of 32.
    static let nameLength = 32

    /// The least time between two lines of progress.
    static let progressInterval = Duration.seconds(1)
    /// Over how much of the past rates are taken, seconds: long enough to read, short enough to see
    /// a change.
    static let rateWindow = 10.0
    /// Columns of a terminal that does not say how many it has.
    static let terminalWidth = 80
    /// How long a clean stop may take before the process ends without it. Above the time that one
    /// call to a server that does not answer may take.
    static let stopLimit = Duration.seconds(60)
    /// Between two looks whether the agent has stopped.
    static let stopPoll = Duration.milliseconds(50)
    /// How long the last lines may take when the process is to end at once: enough for any reader that reads.
    static let lastWordsLimit = DispatchTimeInterval.milliseconds(500)
    /// Differences that the report for people names; `--json` names as many as are kept by name.
    static let shownDifferences = 20
    /// Lines of an event log that are asked for at once.
    static let logPage = 500
    /// How long an agent may take to say what it knows before its store is read instead.
    static let supportPatience = Duration.seconds(5)
    /// Of the agent's log, the last.
    static let supportLogBytes: UInt64 = 1 << 20
    /// Of what systemd keeps of each unit, and how long it may take to tell it.
    static let supportJournalLines = 5_000
    static let supportJournalPatience = Duration.seconds(5)
    /// After that the wizard is open, and no longer starting.
    static let startingTime = Duration.seconds(5)
    /// How long nothing may happen in a recording that is shown, seconds.
    static let longestPause = 2.0
    /// How long the wizard waits at its end for an agent that is to be told that it is gone.
    static let yieldLimit = Duration.seconds(2)
    /// Until another wizard that writes down what was typed there counts as stopped in the middle: two seconds.
    static let lockAttempts = 100
    static let lockPoll = Duration.milliseconds(20)
    /// How long an agent that is there may take to answer before the wizard opens without it: whoever has typed `lagzero`
    /// looks at nothing until then.
    static let wizardPatience = Duration.seconds(2)
    /// How long to wait before reading again from a terminal that another process has in the
    /// foreground, microseconds.
    static let terminalRetry: UInt32 = 1_000_000

    // MARK: Demo

    /// Enough to see a copy, little enough to see the end of it within a minute.
    static let demoMegabytes = 300
    static let demoSizes = 1...100_000
    static let demoWritesPerSecond = 500
    static let demoRates = 0...100_000
    /// Of the demo's clock: at the most the time to cut over is over within seconds, and its marks are still told apart.
    static let demoClockSpeeds = 1...36_000
    /// Between two looks at the application: what it does is to be seen when it happens, and to be read.
    static let demoBandInterval = Duration.milliseconds(500)
    /// Members of the source for a trainee, who is to see one take over from another; one is enough for everybody else.
    static let guidedMembers = 3
    /// Its data are written three times, on a machine that may be slow, before a trainee can begin.
    static let guidedMegabytes = 60
    /// A slow network: as far away as another continent, each way, and as narrow as a bad line.
    static let slowNetworkMilliseconds = 100
    static let slowNetworkBytes = 1_000_000
    /// Between two looks at a cluster that is being filled: each is seen as another size on the screen.
    static let demoFactsInterval = Duration.seconds(3)

    // MARK: Benchmark

    /// Cache of each server, gigabytes: below the data, as on most real ones.
    static let benchCacheGigabytes = 1.0
    /// Holds all that one run writes, so that no figure depends on an oplog that runs out.
    static let benchOplogMegabytes = 6_000
    static let benchChanges = 200_000
    /// Statements in a command, as applications and drivers send them.
    static let benchStatements = 1_000
    /// Room for an insert command.
    static let benchCommandBytes = 16 << 20
    /// Between two looks at what the engine has written; a tenth of a percent of the shortest
    /// phase.
    static let benchPoll = Duration.milliseconds(5)
    /// For each thing that is waited for.
    static let benchPatience = Duration.seconds(1_800)
    /// Writes a second that no source reaches.
    static let benchUnlimitedRate = 1_000_000.0
    /// Writes at the same time while lags are taken: more of them gain the source nothing.
    static let benchLagLanes = 16
    /// How long the source is loaded to find what it takes, seconds.
    static let benchCapacityTime = 10.0
    /// Seconds under load before the first lag counts, and for how long lags are taken.
    static let benchLagWarmUp = 5.0
    static let benchLagTime = 30.0
    /// Writes a second until the cutover: often enough to tell when the last one was.
    static let benchCutoverRate = 100.0

    // MARK: Benchmark of the terminal

    /// First paints of each program: enough for a median.
    static let benchPaints = 9
    /// Keys of each kind: 5 % of them are enough to count.
    static let benchKeys = 210
    /// After a first page or a frame: nothing of it comes later.
    static let benchQuiet = Duration.milliseconds(60)
    /// The same after a key; short, so that few keys meet a clock that ticks.
    static let benchKeyQuiet = Duration.milliseconds(20)
    /// Longer than any program pauses before it shows something by itself.
    static let benchTick = Duration.milliseconds(2_500)
    /// What comes within it is of one frame.
    static let benchFrameGap = Duration.milliseconds(3)
    /// Sizes of a window that is dragged, the pause between two, and how long what they cause may go on.
    static let benchResizes = 20
    static let benchResizePause = Duration.milliseconds(20)
    static let benchResizeTime = Duration.milliseconds(900)
    /// After a first page, before a program counts as idle: a timer for a connection goes off once, after five seconds.
    static let benchStart = Duration.seconds(7)
    /// How long programs are left alone: a thousandth of it is still 100 times what the kernel counts in.
    /// Begins and ends between two ticks of a clock.
    static let benchIdleTime = Duration.milliseconds(20_500)
    /// More than a minute, as the lag's sparkline moves with each.
    static let benchMigrationTime = Duration.seconds(70)
    static let benchReaches = 30
    /// The slow link, each way: half of 100 ms, and 64 kbit/s.
    static let benchLinkDelay = 50
    static let benchLinkBytes = 8_000
    /// Over it: after a first page, keys of each program, seconds of clocks, and repaints that a key waits behind.
    static let benchLinkQuiet = Duration.milliseconds(400)
    static let benchLinkKeys = 42
    static let benchLinkTime = Duration.seconds(30)
    static let benchRepaints = 20
    static let benchShopDocuments = 20_000
    /// For each thing that the demo shows at its start, and for its end.
    static let benchDemoPatience = Duration.seconds(120)
    static let benchPastMigrations = 1_000
    static let benchLogLines = 10_000
    /// Times that the log is asked for earlier lines until all are there: 500 at once.
    static let benchLogReads = 200

    // MARK: Bounds of arguments

    static let loadLevels = 1...4
    /// Seconds; 10 is the default.
    static let quietPeriods = 1...3_600
    /// Bytes of a file with a connection string.
    static let connectionFileLimit = 64 << 10
}
