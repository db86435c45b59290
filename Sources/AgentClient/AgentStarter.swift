package import ControlAPI
internal import Glibc

/// Starts an agent that outlives whoever started it.
package enum AgentStarter {
    /// Returns what an agent of the folder answers, with some of the past migrations; starts `program agent run` in a
    /// session of its own, without a terminal, where none does. Throws a `ControlError` with the last words of its log
    /// when it does not come up, and `agentSilent` where one is there and does not answer for so long.
    @discardableResult
    package static func ensureRunning(
        _ client: AgentClient, program: String = "/proc/self/exe",
        patience: Duration = Tuning.patience
    ) async throws -> Snapshot {
        var pid: pid_t = 0
        var log = Log(client.folder.log)
        return try await ensureRunning(
            client,
            start: {
                makeFolders(client.folder.path)
                log = Log(client.folder.log)
                pid = try spawn(program, client.folder)
            },
            hasEnded: {
                // Another one may have been faster: then ours has ended, and that one answers soon.
                if pid > 0, waitpid(pid, nil, WNOHANG) == pid { pid = 0 }
                return pid == 0
            }, lastWords: { log.lastWords }, patience: patience)
    }

    /// The same with an agent that `start` starts. While it is waited for, `hasEnded` tells whether that one still runs,
    /// and `lastWords` what it has said.
    @discardableResult
    package static func ensureRunning(
        _ client: AgentClient, start: () async throws -> Void, hasEnded: () -> Bool = { false },
        lastWords: () -> String? = { nil }, patience: Duration = Tuning.patience
    ) async throws -> Snapshot {
        if let trouble = client.folder.socketTrouble { throw trouble }
        // No other can be started beside one that is silent.
        let present = try await client.greeting(past: Tuning.firstPast, within: patience)
        if let present { return present }
        try await start()
        var deadline = ContinuousClock.now + Tuning.startLimit
        var silence: ControlError?
        while ContinuousClock.now < deadline {
            do {
                let new = try await client.greeting(past: Tuning.firstPast, within: patience)
                if let new { return new }
                silence = nil
            } catch let error as ControlError where error.code == .agentSilent {
                silence = error
            }
            if hasEnded() { deadline = min(deadline, .now + Tuning.otherStart) }
            try await Task.sleep(for: Tuning.startPoll)
        }
        if let silence { throw silence }
        throw ControlError(
            .agentUnreachable,
            lastWords().map { "the agent does not start: \($0)" } ?? "the agent does not answer",
            remedy: "see \(client.folder.log), or run `lagzero agent run` to see why")
    }

    /// What an agent writes to its log from now on.
    private struct Log {
        private let path: String
        private let start: Int64

        init(_ path: String) {
            self.path = path
            var information = stat()
            start = stat(path, &information) == 0 ? Int64(information.st_size) : 0
        }

        /// The last line; nil where there is none.
        var lastWords: String? {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: Tuning.lastWords)
            let count = pread(descriptor, &bytes, bytes.count, off_t(start))
            let line = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                .split(separator: "\n").last
            return line.map { $0.hasPrefix("lagzero: ") ? String($0.dropFirst(9)) : String($0) }
        }
    }

    private static func makeFolders(_ path: String) {
        var parent = ""
        for part in path.split(separator: "/") {
            parent += "/\(part)"
            mkdir(parent, 0o700)
        }
    }

    private static func spawn(_ program: String, _ folder: AgentFolder) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, folder.log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which not every module of glibc shows
        posix_spawnattr_setflags(
            &attributes,
            Int16(newSession | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)))
        let texts = ["lagzero", "agent", "run", "--state", folder.path]
        var arguments = texts.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw ControlError(
                .agentUnreachable, "cannot start the agent: \(String(cString: strerror(code)))")
        }
        return pid
    }
}
