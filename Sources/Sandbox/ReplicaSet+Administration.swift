package import BSON
internal import Mongo

extension ReplicaSet {
    /// The member that takes writes; waits for one, up to a minute. Of two that claim it, the one elected last.
    package func primary() async throws -> Member {
        try await primary { _ in true }
    }

    /// The responsive members that follow the primary.
    package func secondaries() async -> [Member] {
        var result: [Member] = []
        for member in members where await member.hello()?["secondary"]?.bool == true {
            result.append(member)
        }
        return result
    }

    /// Makes the primary give up its place and waits for the next one. The old one stands back for some seconds; the
    /// primary of a single-member set is its own successor after one.
    @discardableResult
    package func stepDown() async throws -> Member {
        let old = try await primary()
        let isAlone = members.count == 1
        _ = try await old.lane.run([
            "replSetStepDown": isAlone ? 1 : 10, "secondaryCatchUpPeriodSecs": isAlone ? 0 : 8,
            "force": .bool(isAlone),
        ])
        return try await primary { isAlone || $0 !== old }
    }

    /// Makes a user in `admin`. Roles as the command wants them: names, or documents with `role` and `db`.
    package func createUser(_ user: Credentials, roles: [Value]) async throws {
        _ = try await lane.run([
            "createUser": .string(user.username), "pwd": .string(user.password),
            "roles": .array(Document(array: roles)),
        ])
    }

    /// Makes a role in `admin`. Privileges as the command wants them: documents with `resource` and `actions`.
    package func createRole(_ name: String, privileges: [Value], roles: [Value] = []) async throws {
        _ = try await lane.run([
            "createRole": .string(name), "privileges": .array(Document(array: privileges)),
            "roles": .array(Document(array: roles)),
        ])
    }

    private func primary(where isWanted: (Member) -> Bool) async throws -> Member {
        var best: (member: Member, election: String)?
        try await eventually("the set has a writable primary", within: Tuning.electionDeadline) {
            best = nil
            for member in members where isWanted(member) {
                guard let hello = await member.hello(), hello["isWritablePrimary"]?.bool == true
                else { continue }
                var election = ""
                if case .objectID(let id)? = hello["electionId"] { election = id.description }
                if election >= best?.election ?? "" { best = (member, election) }
            }
            return best != nil
        }
        guard let best else { throw SandboxError(.deadline, "no primary") }
        return best.member
    }
}

extension ReplicaSet {
    /// Starts all servers and makes them a set, if they are to be one, with its root user.
    func bringUp() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.process.start() } }
            try await group.waitForAll()
        }
        // Until there is a user, anyone on loopback may initiate the set and make one.
        let strangers = try members.map { try strangersLane(to: $0) }
        var primary = strangers[0]
        if !options.isStandalone {
            _ = try await primary.run(["replSetInitiate": .document(hastyConfiguration)])
            try await eventually("the new set has a primary", within: Tuning.electionDeadline) {
                for lane in strangers {
                    guard try await lane.run(["hello": 1])["isWritablePrimary"]?.bool == true else {
                        continue
                    }
                    primary = lane
                    return true
                }
                return false
            }
        }
        if let root = options.root {
            _ = try await primary.run([
                "createUser": .string(root.username), "pwd": .string(root.password),
                "roles": ["root"], "writeConcern": ["w": .integer(members.count)],
            ])
        }
        if members.count > 1 { try await calmDown() }
    }

    /// Gives the set its lasting configuration, which is refused until a majority has the first one, and waits until
    /// every member could become the primary.
    private func calmDown() async throws {
        let command: Document = [
            "replSetReconfig": .document(
                configuration(version: 2, electionTimeout: Tuning.electionTimeoutMilliseconds))
        ]
        try await eventually("the set takes its configuration", within: Tuning.electionDeadline) {
            do throws(MongoError) {
                _ = try await lane.run(command)
                return true
            } catch {
                // NewReplicaSetConfigurationIncompatible: the one before got no answer and is in place.
                if error.code == 103 { return true }
                // CurrentConfigNotCommittedYet, ConfigurationInProgress.
                guard error.isTransient || [308, 109].contains(error.code) else { throw error }
                return false
            }
        }
        try await eventually("all members have the data", within: Tuning.electionDeadline) {
            await secondaries().count == members.count - 1
        }
    }

    /// With which a new set need not wait long for its first election.
    private var hastyConfiguration: Document {
        configuration(version: 1, electionTimeout: Tuning.firstElectionTimeoutMilliseconds)
    }

    private func configuration(version: Int, electionTimeout: Int) -> Document {
        let hosts = members.enumerated().map { index, member -> Value in
            ["_id": .integer(index), "host": .string(member.address)]
        }
        return [
            "_id": .string(options.name), "version": .integer(version),
            "members": .array(Document(array: hosts)),
            "settings": [
                "electionTimeoutMillis": .integer(electionTimeout),
                "heartbeatIntervalMillis": .integer(Tuning.heartbeatIntervalMilliseconds),
                "catchUpTimeoutMillis": .integer(Tuning.catchUpTimeoutMilliseconds),
            ],
        ]
    }
}
