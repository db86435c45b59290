extension Cluster {
    /// The same as `init`, without blocking a thread of Swift's pool while an SRV name is resolved. Throws kind `network`
    /// where that takes longer than `Tuning.openLimit`.
    package static func open(
        _ connectionString: ConnectionString, appName: String = "lagzero",
        patience: Patience = .standard, canOutlast: Bool = false
    ) async throws(MongoError) -> Cluster {
        let made = await OwnThread.run(within: Tuning.openLimit) {
            () -> Result<Cluster, MongoError> in
            do throws(MongoError) {
                return .success(
                    try Cluster(
                        connectionString, appName: appName, patience: patience,
                        canOutlast: canOutlast))
            } catch {
                return .failure(error)
            }
        }
        guard let made else {
            throw MongoError(kind: .network, message: "the name was not resolved in time")
        }
        return try made.get()
    }
}
