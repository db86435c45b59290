/// The numbers of the agent.
enum Tuning {
    /// How often the figures of running migrations are taken: they must be seen within a second.
    static let tick = Duration.milliseconds(500)
    /// How much of the time between two ticks counts at most: where it is more the agent, or its host, was stopped. Where
    /// it only was busy a driver that is silent is called so later.
    static let awake = Duration.seconds(2)
    /// Between two attempts to write down what could not be written, and two looks for what is to be told, in ticks.
    static let saveTicks = 4
    /// Until the lock of the folder counts as that of another agent.
    static let lockAttempts = 10
    /// Between two attempts, microseconds.
    static let lockPoll: UInt32 = 20_000
    /// How long the store waits for others who read it, seconds.
    static let storePatience = 5.0
    /// Events kept for clients that come back; later ones get everything anew.
    static let recentEvents = 500
    /// Of lines of a log that are written at once, how many at most are told to those who follow: below what is kept for
    /// them, and more than a page shows.
    static let toldLines = 100
    /// Events that may wait for one slow client before it is sent away.
    static let eventQueue = 1_000
    /// Over how much of the past rates are taken, seconds.
    static let rateWindow = 10.0
    /// Between two changes of the lag by minute, milliseconds.
    static let lagInterval: Int64 = 5_000
    /// Most lines of a log in one answer.
    static let logLimit = 1_000
    /// Most bytes of a request: 10,000 mismatches with long ids that are taken note of are well below.
    static let requestBytes = 8 << 20
    /// How old may be what is asked, milliseconds, unless it changes nothing.
    static let requestAge: Int64 = 20_000
    /// How long a graceful stop may take: above what one call to a server that does not answer takes.
    static let stopLimit = Duration.seconds(60)
    /// How long those are waited for who are still being told something then.
    static let farewell = Duration.seconds(2)
    /// How long somebody who has asked for the wheel is taken to want it, where nothing more is heard: above the 20 s after
    /// which one that nobody answers for can be had.
    static let requestLife = Duration.seconds(30)
    /// How long an agent that was away may clear a destination unasked, milliseconds: a host that is started anew is back
    /// by then.
    static let clearingLife: Int64 = 3_600_000
    static let loadLevels = 1...4
    /// Seconds.
    static let quietPeriods = 1...3_600
    /// How long ago a failure or an expiry may be that nobody was told of: after a week somebody knows.
    static let newsLife: Int64 = 7 * 86_400_000
    /// Milliseconds of the time to cut over within which two deadlines are the same one: clocks are set by less, an
    /// extension is more.
    static let sameDeadline: Int64 = 12 * 3_600_000
    /// How long a program may take to take a message: one that hands it over to a far server is greeted slowly. Below what
    /// a stop may take.
    static let deliveryLimit = Duration.seconds(30)
    /// Until a message is tried again that was not taken: soon first, the last one again and again.
    static let deliveryPauses = [10, 60, 300, 1_800, 3_600].map { Duration.seconds($0) }
    /// Milliseconds after which a message that nobody takes is given up.
    static let messageLife: Int64 = 3 * 86_400_000
    /// Between two looks whether such a program has ended.
    static let helperPoll = Duration.milliseconds(20)
    /// After it was killed: five seconds, then it hangs in the kernel.
    static let killPolls = 250
    /// Validations that are remembered.
    static let validations = 20
}
