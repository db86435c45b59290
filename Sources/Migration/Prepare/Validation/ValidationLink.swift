internal import BSON
internal import Mongo

extension Validation {
    /// A short-lived connection with short time limits, for questions only.
    ///
    /// Nothing that blocks runs on the cooperative pool: not the opening, which may resolve names, and not the end, which
    /// waits for the driver's threads.
    final class Link: Sendable {
        private let lane: OwnThread.Holder<Lane>

        private init(_ lane: Lane) { self.lane = OwnThread.Holder(lane) }

        /// Connects at the first command. Throws kind `invalid` when libmongoc does not accept the string, and kind
        /// `network` when an SRV name is not resolved in time.
        static func open(_ connectionString: ConnectionString) async throws(MongoError) -> Link {
            let cluster = try await Cluster.open(
                connectionString.hurried, appName: "lagzero validation")
            return Link(cluster.lane())
        }

        func run(_ command: Document, on database: String = "admin") async throws(MongoError)
            -> Document
        {
            try await open().run(command, on: database)
        }

        /// Every document of a cursor.
        func all(_ command: Document, on database: String) async throws(MongoError) -> [Document] {
            try await open().all(command, on: database)
        }

        /// Ends it; nobody may be waiting for an answer.
        func close() { OwnThread.release(lane) }

        private func open() throws(MongoError) -> Lane {
            guard let lane = lane.value else {
                throw MongoError(kind: .driver, message: "the connection is closed")
            }
            return lane
        }
    }
}

extension ConnectionString {
    /// With time limits for questions that somebody waits for.
    var hurried: ConnectionString {
        setting([
            "serverselectiontimeoutms": String(Tuning.greetingMilliseconds),
            "connecttimeoutms": String(Tuning.greetingMilliseconds),
            "sockettimeoutms": String(Tuning.commandMilliseconds),
        ])
    }

    /// One host of it, directly and without a login: what a server tells everyone.
    func anonymous(host: String) throws(MongoError) -> ConnectionString {
        var kept = options.filter { $0.key.hasPrefix("tls") || $0.key.hasPrefix("ssl") }
        if usesTLS { kept["tls"] = "true" }
        kept["ssl"] = nil
        kept["directconnection"] = "true"
        kept["serverselectiontryonce"] = "true"
        for name in ["serverselectiontimeoutms", "connecttimeoutms", "sockettimeoutms"] {
            kept[name] = String(Tuning.greetingMilliseconds)
        }
        return try ConnectionString("mongodb://\(host)/").setting(kept)
    }
}
