/// The numbers of the wizard.
package enum Tuning {
    /// How long the agent may say nothing before that is shown: it says that it is alive every two seconds.
    static let silence = Duration.seconds(5)
    /// Lines of an event log that are kept for the screen.
    static let logLines = 500
    /// The least size of a terminal; below it one line says what is needed.
    static let leastColumns = 60
    static let leastRows = 18
    /// Verification is proposed up to so much data, as Atlas does; above it takes longer than most have.
    static let verifiedBytes = 5_000_000_000_000
    /// Columns of one side of *Set up Migration* at most.
    static let sideColumns = 56
    /// Columns that a row of *Validate* has beside its title from which on nothing in it is shortened.
    static let detailColumns = 60
}
