/// Where the verification stands.
package struct VerifyProgress: Sendable {
    package var mode: MigrationOptions.Verify
    /// Every collection was compared, and every document that seemed to differ was looked at again.
    package var isFirstPassDone: Bool
    /// Of the documents there are; nil while they are not counted.
    package var fraction: Double?
    package var collections: Int
    package var collectionsDone: Int
    /// Documents that were found equal.
    package var documents: Int
    /// Documents to be compared again.
    package var pendingRechecks: Int
    /// Differences, repaired ones included.
    package var mismatches: Int
}
