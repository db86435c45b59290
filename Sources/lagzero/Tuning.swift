/// The numbers of the commands.
enum Tuning {
    /// A password of fewer bytes is hidden only where it stands in a connection string: hidden
    /// everywhere, it would take words out of messages, and tell what it is by that.
    static let shortestKnownSecret = 6

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
    /// How long to wait before reading again from a terminal that another process has in the
    /// foreground, microseconds.
    static let terminalRetry: UInt32 = 1_000_000

    // MARK: Demo

    /// Enough to see a copy, little enough to see the end of it within a minute.
    static let demoMegabytes = 300
    static let demoSizes = 1...100_000
    static let demoWritesPerSecond = 500
    static let demoRates = 0...100_000

    // MARK: Bounds of arguments

    static let loadLevels = 1...4
    /// Seconds; 10 is the default.
    static let quietPeriods = 1...3_600
    /// Bytes of a file with a connection string.
    static let connectionFileLimit = 64 << 10
}
