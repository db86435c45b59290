/// The numbers of the wizard.
package enum Tuning {
    /// How long the agent may say nothing before that is shown: it says that it is alive every two seconds.
    static let silence = Duration.seconds(5)
    /// Lines of an event log that are kept for the screen.
    static let logLines = 500
    /// The least size of a terminal; below it one line says what is needed.
    static let leastColumns = 60
    static let leastRows = 18
}
