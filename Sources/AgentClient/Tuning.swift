/// The numbers of the client.
package enum Tuning {
    /// For one answer; a cutover that is backed out of, or a cluster that does not answer, takes the longest.
    static let requestLimit: Int64 = 180
    /// How long one that listens may take to say what there is, where nobody looks at an empty screen meanwhile: on a host
    /// that is overloaded some seconds.
    package static let patience = Duration.seconds(15)
    /// Until an agent whose queue of connections is full counts as one that is not there.
    static let connectSeconds = 3
    /// Between two questions whether the agent is there. A screen that looks once a second, when its clock changes, asks
    /// every two: by five seconds of silence an answer was missed twice.
    static let pulse = Duration.milliseconds(1_500)
    /// Most bytes of an answer to it, which has some three hundred.
    static let pulseBytes = 4_096
    /// Past migrations that the first frame of a wizard waits for: as many as a screen has rows. Each takes 60 us on its
    /// way, and the others come when the frame is there.
    static let firstPast = 50
    /// Between two attempts to reach the agent.
    static let reconnect = Duration.milliseconds(500)
    /// For an agent that was just started to answer.
    static let startLimit = Duration.seconds(15)
    static let startPoll = Duration.milliseconds(50)
    /// For another agent to answer, where ours has ended because that one was faster.
    static let otherStart = Duration.seconds(2)
    /// Bytes of its log in which an agent that ended at once has said why.
    static let lastWords = 16_384
    static let answerBytes = 256 << 20
}
