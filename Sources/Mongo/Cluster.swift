internal import BSON
internal import CMongo
internal import Glibc
internal import Synchronization

/// One MongoDB deployment and the connections to it.
///
/// Thread safe. It opens nothing by itself; lanes take connections from it and keep it alive.
package final class Cluster: Sendable {
    package let connectionString: ConnectionString
    private let appName: String
    private let patience: Patience
    /// See `Lane.outlast`.
    private let canOutlast: Bool
    private let state: Mutex<State>

    private struct State {
        var pool: Pool
        /// Names of pools on which a command got no answer: it may still be executed.
        var unanswered: Set<String> = []
        /// Cursors that a server may still keep for a lane, or for one that is gone.
        var cursors: Set<Cursor> = []
    }

    /// How long a command may take to be answered.
    package enum Patience: Sendable {
        case standard
        /// For commands that take as long as they need: index builds, conversions to unique.
        case endless
    }

    /// Fails with kind `invalid` when the connection string is not accepted. Does not block but to resolve an SRV name.
    /// `canOutlast`: servers are told a name of its connections that no other cluster has, for `Lane.outlast`.
    package init(
        _ connectionString: ConnectionString, appName: String = "lagzero",
        patience: Patience = .standard, canOutlast: Bool = false
    ) throws(MongoError) {
        self.connectionString = connectionString
        self.appName = appName
        self.patience = patience
        self.canOutlast = canOutlast
        state = Mutex(
            State(pool: try Cluster.pool(connectionString, appName, patience, canOutlast)))
    }

    /// A new lane. It connects at its first call.
    package func lane() -> Lane { Lane(self) }

    /// Tells the servers that no cursor of any lane is needed any more, also of lanes that are gone. Returns after
    /// `limit` also where a server does not answer; its cursors end by themselves.
    package func closeCursors(within limit: Duration) async {
        let cursors = state.withLock { $0.cursors }
        guard !cursors.isEmpty else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let answer = Answer(continuation)
            Task {
                let lane = lane()
                for cursor in cursors { await lane.kill(cursor) }
                answer.give()
            }
            Task {
                try? await Task.sleep(for: limit)
                answer.give()
            }
        }
    }

    private final class Answer: Sendable {
        private let waiting: Mutex<CheckedContinuation<Void, Never>?>

        init(_ continuation: CheckedContinuation<Void, Never>) { waiting = Mutex(continuation) }

        func give() {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume()
        }
    }

    func hasOpened(_ cursor: Cursor) { state.withLock { _ = $0.cursors.insert(cursor) } }

    func hasEnded(_ cursor: Cursor) { state.withLock { _ = $0.cursors.remove(cursor) } }

    var pool: Pool { state.withLock { $0.pool } }

    /// Replaces a pool whose connections have lost their login: a server that removed a user does not know the
    /// connections of that user any more, also where a user of that name is made again.
    func replace(_ old: Pool) throws(MongoError) {
        guard pool === old else { return }
        let fresh = try Cluster.pool(connectionString, appName, patience, canOutlast)
        state.withLock { if $0.pool === old { $0.pool = fresh } }
    }

    /// Names of pools of which a command may still be executed though nobody waits for its answer any more.
    var unanswered: Set<String> { state.withLock { $0.unanswered } }

    func hasNoAnswer(on pool: Pool) {
        guard canOutlast else { return }
        state.withLock { _ = $0.unanswered.insert(pool.name) }
    }

    func hasOutlasted(_ names: Set<String>) { state.withLock { $0.unanswered.subtract(names) } }

    private static func pool(
        _ connectionString: ConnectionString, _ appName: String, _ patience: Patience,
        _ isNamed: Bool
    ) throws(MongoError) -> Pool {
        let name = isNamed ? "\(appName) \(UInt64.random(in: 0...(.max)))" : appName
        // One that the operator gave would come before the pool's own.
        let ours = isNamed ? ["appname": name] : [:]
        return try Pool(uri: effective(connectionString, patience, ours).secretText, name: name)
    }

    /// The connection string with the product's own limits where the operator set none.
    private static func effective(
        _ given: ConnectionString, _ patience: Patience, _ ours: [String: String]
    ) -> ConnectionString {
        var wanted = [
            "serverselectiontimeoutms": Tuning.serverSelectionTimeout,
            "connecttimeoutms": Tuning.connectTimeout,
            "sockettimeoutms": Tuning.socketTimeout,
            "heartbeatfrequencyms": Tuning.heartbeat,
        ].mapValues(String.init)
        wanted["directconnection"] = "false"
        wanted.merge(given.options) { $1 }
        // These are ours: lanes count on them.
        wanted.merge(ours) { $1 }
        wanted["maxpoolsize"] = String(Tuning.poolSize)
        wanted["waitqueuetimeoutms"] = String(Tuning.poolWait)
        if patience == .endless { wanted["sockettimeoutms"] = String(Tuning.patientSocketTimeout) }
        return given.setting(wanted)
    }
}

/// libmongoc's pool of clients with the threads that watch the servers.
final class Pool: Sendable {
    /// `mongoc_client_pool_t` is documented as thread safe except for its destruction, which `deinit` alone does.
    nonisolated(unsafe) private let raw: OpaquePointer
    /// What servers are told as the name of the application.
    let name: String

    init(uri: String, name: String) throws(MongoError) {
        cmongo_initialize()
        var failure = cmongo_error_t()
        guard let raw = cmongo_pool_new(uri, name, &failure) else {
            throw MongoError(failure, while: .connecting)
        }
        self.raw = raw
        self.name = name
    }

    deinit { cmongo_pool_destroy(raw) }

    func pop() throws(MongoError) -> OpaquePointer {
        var failure = cmongo_error_t()
        guard let client = cmongo_client_pop(raw, &failure) else {
            throw MongoError(failure, while: .connecting)
        }
        return client
    }
}

extension MongoError {
    enum Activity {
        case connecting
        case commanding
    }

    init(_ failure: cmongo_error_t, while activity: Activity, reply: Document? = nil) {
        let message = withUnsafeBytes(of: failure.message) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let kind: Kind
        switch (failure.domain, failure.code) {
        case (cmongo_domain_client, cmongo_code_authentication): kind = .authentication
        case (cmongo_domain_server, 18): kind = .authentication
        case (cmongo_domain_server, _): kind = .server
        case (cmongo_domain_write_concern, _): kind = .writeConcern
        case (cmongo_domain_stream, _): kind = .network
        case (cmongo_domain_server_selection, _):
            // A primary that refused the credentials counts as unknown to the driver for a while, and a selection fails
            // with a code of its own then: what the primary said is in the text only.
            kind = message.contains("Authentication failed") ? .authentication : .serverSelection
        case (_, _) where activity == .connecting: kind = .invalid
        default: kind = .driver
        }
        let isServerCode = kind == .server || kind == .writeConcern
        self.init(
            kind: kind, code: isServerCode ? Int32(bitPattern: failure.code) : 0, message: message,
            reply: reply)
    }
}
