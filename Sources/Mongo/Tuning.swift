/// The numbers of this target.
package enum Tuning {
    /// How long to look for a primary before a call fails, milliseconds. Refusals are promised within 15 s.
    package static let serverSelectionTimeout = 8_000
    /// How long opening a connection may take, milliseconds.
    package static let connectTimeout = 5_000
    /// How long making a cluster of a connection string may take: it looks SRV names up.
    static let openLimit = Duration.seconds(5)
    /// How long an answer may take, milliseconds: a half-open connection is noticed after this.
    package static let socketTimeout = 30_000
    /// The same for commands that take as long as they need (index builds): TCP keep-alive finds dead peers there.
    package static let patientSocketTimeout = 24 * 3_600_000
    /// How often servers are looked at, milliseconds; libmongoc accepts no less than 500.
    package static let heartbeat = 2_000
    /// Connections a pool may open; above the number of lanes on it.
    package static let poolSize = 64
    /// How long a lane may wait for a free connection, milliseconds: reached only by a programming error.
    package static let poolWait = 10_000
    /// The heap: one arena for all threads; larger blocks than any batch, bytes, come from the kernel.
    static let heapArenas: Int32 = 1
    static let heapMapThreshold: Int32 = 32 << 20
    static let heapTrimThreshold: Int32 = 32 << 20
}
