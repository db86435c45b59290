/// The numbers of the validation. Refusals of bad input are promised within 15 s, so the steps up to the login stay
/// below that together.
extension Tuning {
    /// How long all steps before a login may take together.
    package static let wayLimit = Duration.seconds(12)
    /// How long a name look-up may take: two tries of the usual resolver's first server would be 10 s.
    static let lookUpLimit = Duration.seconds(4)
    /// How long opening a TCP connection may take: a lost first packet is repeated after 1 s.
    static let reachLimit = Duration.seconds(3)
    /// How long the first answer in a protocol may take, and one connection attempt of the driver.
    static let greetingLimit = Duration.seconds(3)
    /// The same for the driver, milliseconds.
    static let greetingMilliseconds = 3_000
    /// How long one command of the validation may take, milliseconds; above `scanMilliseconds`.
    static let commandMilliseconds = 8_000

    /// How long both catalogs and all sizes may be read; what is left then is told as unknown.
    static let catalogLimit = Duration.seconds(30)
    /// The same where the migration is refused already: with the login before it, and the one
    /// command that may be under way at its end, within 15 s.
    static let refusedLimit = Duration.seconds(4)
    /// How long all collections together may be searched for unique violations.
    static let scanLimit = Duration.seconds(15)
    /// The same for one index, milliseconds.
    static let scanMilliseconds = 4_000
    /// Collections with more documents are not searched: it would take longer, and load the source for nothing.
    static let scanDocuments = 1_000_000
    /// How many violations, names and ids are shown in a line.
    static let shownNames = 5

    /// Bytes a second that a copy is taken to manage when its time is estimated: a modest network and disk.
    static let assumedCopyRate = 40_000_000
    /// How many times the estimated copy time the oplog window should be.
    static let oplogMargin = 2.0
    /// The oplog window below which even a small migration is told of it, seconds.
    static let smallOplogWindow = 3_600
    /// Columns of the text on a terminal.
    static let textColumns = 80
}
