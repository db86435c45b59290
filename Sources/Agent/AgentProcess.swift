package import ControlAPI
package import Logging
package import Migration
internal import Glibc
internal import ServiceLifecycle

/// The agent, from the lock to the last clean stop.
package struct AgentProcess: Sendable {
    private let group: ServiceGroup
    private let lock: InstanceLock

    /// Takes the folder and opens what is in it. Throws a `ControlError` that says why not. `lagHold`: of all migrations,
    /// where it is not the usual one. `clockSpeed`: see `MigrationOptions.clockSpeed`.
    package init(
        _ folder: AgentFolder, version: String, owner: Lease.Owner,
        isRunning: @escaping @Sendable (Lease.Owner) -> Bool, lagHold: Double? = nil,
        clockSpeed: Int = 1,
        notifications: @escaping @Sendable () throws -> NotificationSettings, logger: Logger
    ) async throws {
        lock = try InstanceLock(folder)
        // What is made from now on, the socket too, is for its owner only.
        umask(0o077)
        let supervisor = try await Supervisor(
            folder, version: version, owner: owner, isRunning: isRunning, lagHold: lagHold,
            clockSpeed: clockSpeed, notifications: notifications)
        let requests = RequestsUnderWay()
        let server = Server.application(
            supervisor, socket: folder.socket, requests: requests, logger: logger)
        // They stop in reverse: the server would wait for the event streams, which the supervisor ends.
        var configuration = ServiceGroupConfiguration(
            services: [
                Listening(server: server, requests: requests), Work(supervisor: supervisor),
            ],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Tuning.stopLimit
        group = ServiceGroup(configuration: configuration)
    }

    /// Returns after `stop`, when every migration has stopped cleanly.
    package func run() async throws {
        try await group.run()
        withExtendedLifetime(lock) {}
    }

    package func stop() async { await group.triggerGracefulShutdown() }

    /// The server, which waits for what is being done, and for those who are still told something: not long for these, as a
    /// wizard that is suspended reads nothing.
    private struct Listening<Server: Service>: Service {
        let server: Server
        let requests: RequestsUnderWay

        func run() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask {
                    try await gracefulShutdown()
                    var wasAny: Bool
                    repeat {
                        // What has just been done is still to be answered.
                        wasAny = requests.isAny
                        try await Task.sleep(for: Tuning.farewell)
                    } while wasAny || requests.isAny
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private struct Work: Service {
        let supervisor: Supervisor

        func run() async throws { await cancelWhenGracefulShutdown { await supervisor.run() } }
    }
}
