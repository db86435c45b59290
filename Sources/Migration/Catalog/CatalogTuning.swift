extension Tuning {
    // MARK: Catalog

    /// How long a catalog may wait to be majority-committed before that is said: a secondary hangs
    /// then.
    package static let majorityPatience = Duration.seconds(20)
    /// How often is looked whether it is. A commit takes a round trip between members.
    static let majorityPoll = Duration.milliseconds(20)
    /// How often one run of the reconciler reads both catalogs at most: every change needs one more
    /// reading to be confirmed, and what needs more than this changes faster than it can be
    /// followed.
    static let reconcilerPasses = 10

    /// Changes made at once: what a crash leaves to be found again, and what is closed meanwhile.
    static let catalogBatch = 100

    /// The largest capped size every version accepts, 1 PB: "no limit" until the cutover.
    static let liftedCappedSize = 1 << 50
    /// Servers before 7.0 round capped sizes up to a multiple of this.
    static let cappedSizeUnit = 256
    /// The largest number of documents of a capped collection, which means: any number.
    static let liftedCappedMax = 2_147_483_647
    /// The largest `expireAfterSeconds`.
    static let largestExpiry = 2_147_483_647

    /// How often is tried again what an index build on the same collection does not let through.
    static let indexBuildPoll = Duration.milliseconds(200)

    /// Groups of documents shown for a unique index that cannot be built.
    static let violationSample = 10
}
