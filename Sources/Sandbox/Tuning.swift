/// The numbers of the sandbox: unit, bounds and reason.
package enum Tuning {
    // MARK: Waiting

    /// Pause between two looks at a condition. 20 ms is far below every deadline and costs no CPU worth naming.
    package static let pollInterval: Duration = .milliseconds(20)
    /// Until a server listens. It takes 0.3 s on an idle machine; the rest is for a machine that is shared by builds.
    package static let startDeadline: Duration = .seconds(180)
    /// Until a set has a writable primary again. An election takes 1 to 3 s with `electionTimeoutMillis`.
    package static let electionDeadline: Duration = .seconds(180)
    /// Until a server that was stopped or killed has gone. Its own limit for a clean shutdown is 15 s; the system closes
    /// ten thousand files of a killed one in a minute, where others write to the same disk.
    package static let stopDeadline: Duration = .seconds(120)
    /// Until a short helper program is done: openssl in a second, the removal of ten thousand files as above.
    package static let helperDeadline: Duration = .seconds(180)

    // MARK: Replica sets

    /// Milliseconds without a heartbeat after which members elect. The server's 10 s would make every fault test slow;
    /// below 1 s a busy machine elects by accident.
    static let electionTimeoutMilliseconds = 2000
    /// The same while a set is new: its first election waits that long.
    static let firstElectionTimeoutMilliseconds = 500
    /// Milliseconds between heartbeats; must be well below the election timeout.
    static let heartbeatIntervalMilliseconds = 200
    /// Milliseconds a new primary may wait for the writes of the one that it follows.
    static let catchUpTimeoutMilliseconds = 2000
    /// Gigabytes; the least that mongod accepts, so that a dozen of them fit a small machine.
    static let cacheGigabytes = 0.25
    /// Ports below the range that the kernel hands to outgoing connections are used, down to this one.
    static let lowestPort: UInt16 = 15000
    /// Ports that a process takes at a time: far more than one migration needs, and 177 processes find some.
    static let portBlock: UInt16 = 100

    // MARK: Proxy

    /// Bytes read from a socket at a time: enough for full speed on loopback (1 GB/s and more).
    static let proxyChunkBytes = 256 << 10
    /// Bytes held for each direction of a connection before the sender is made to wait. At 200 ms delay it allows
    /// 80 MB/s; it also bounds memory.
    static let proxyQueueBytes = 16 << 20
    /// Length of the window in seconds in which a throttled connection may catch up after a pause.
    static let proxyThrottleWindow = 0.02

    // MARK: Sample data

    /// Bytes of documents in one insert command: with the names of 90,000 array elements it stays below the 16 MB that a
    /// command may have.
    package static let sampleBatchBytes = 15 << 20
    /// Documents in one insert call; the server takes 100,000.
    static let sampleBatchDocuments = 90_000
    /// Bytes of the text from which all strings are cut: large enough that a block compressor does not fold it away.
    static let sampleTextBytes = 1 << 20

    // MARK: Workload

    /// Pause when nothing is due. Rates up to 200 writes a second on two lanes are single writes; above, small batches.
    static let workloadTick: Duration = .milliseconds(10)
    /// Most statements in a command: a thousand keep the pace of 10,000 writes a second at 10 commands.
    package static let workloadBatch = 1000
    /// Pause before a command is sent again: an election takes seconds, and a block ends by hand.
    static let workloadRetryPause: Duration = .milliseconds(50)
}
