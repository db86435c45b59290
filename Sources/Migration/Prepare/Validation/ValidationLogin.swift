internal import BSON
internal import Mongo

extension Validation {
    /// One cluster as the validation knows it after the way to it was found.
    struct Party: Sendable {
        let side: ValidationCheck.Side
        let connectionString: ConnectionString
        let words: Words
        var checks: [ValidationCheck]
        var hellos: [Hello]
        var addresses: Set<String>
        var login: Login?

        /// What a server says that speaks for the set: the primary where it was visited.
        var hello: Hello? { hellos.first(where: \.isPrimary) ?? hellos.first }
        var version: ServerVersion? { hello?.version }
        var setName: String? { hello?.setName }
    }

    /// A connection to the primary, and what its user may do.
    struct Login: Sendable {
        let link: Link
        let privileges: Privileges
        /// Nil where the server asks for no login.
        let user: String?
    }
}

extension Validation.Party {
    /// Finds the way, looks who answers, and logs in as far as that makes sense.
    static func meet(
        _ side: ValidationCheck.Side, _ connectionString: ConnectionString,
        _ words: Validation.Words
    ) async -> Validation.Party {
        let found = await Validation.Reach(
            side: side, connectionString: connectionString, words: words
        ).find()
        var party = Validation.Party(
            side: side, connectionString: connectionString, words: words, checks: found.checks,
            hellos: found.hellos, addresses: found.addresses)
        guard !found.isBarred, !found.hellos.isEmpty else { return party }
        party.checkTopology()
        party.checkMechanisms()
        guard !party.checks.contains(where: { $0.outcome == .failure }) else { return party }
        await party.logIn()
        return party
    }

    private mutating func logIn() async {
        let link: Validation.Link
        do throws(MongoError) {
            link = try await Validation.Link.open(connectionString)
        } catch {
            add(
                .connectionString, .failure, seen: words.of(error),
                remedy: "Correct the options of the connection string.")
            return
        }
        do throws(MongoError) {
            let status = try await link.run(["connectionStatus": 1, "showPrivileges": true])
            let information = status["authInfo"]?.document ?? [:]
            let users = information["authenticatedUsers"]?.elements ?? []
            if users.isEmpty {
                // Without a login this is refused by a server that wants one.
                _ = try await link.run(["listDatabases": 1, "nameOnly": true])
                add(.credentials, .pass, seen: "the server asks for no login")
                login = Validation.Login(link: link, privileges: .everything, user: nil)
            } else {
                let user = connectionString.username.map { "logged in as \($0)" } ?? "logged in"
                add(.credentials, .pass, seen: user)
                login = Validation.Login(
                    link: link, privileges: Validation.Privileges(information),
                    user: connectionString.username)
            }
        } catch {
            link.close()
            checks.append(refusal(error))
        }
    }

    /// Why a login did not come about.
    private func refusal(_ error: MongoError) -> ValidationCheck {
        if error.isAuthenticationFailed {
            return ValidationCheck(
                .credentials, side, .failure,
                seen: "the \(side.rawValue) refuses user \(connectionString.username ?? "(none)")",
                remedy:
                    "Check the username, the password (special characters percent-encoded) and authSource; on the "
                    + "server, db.getUser(NAME) in that database shows whether the user exists.")
        }
        if error.isUnauthorized {
            return ValidationCheck(
                .credentials, side, .failure, message: "The server requires a login",
                seen: "the connection string has no username and password",
                remedy: "Write them into it: mongodb://USER:PASSWORD@HOST:PORT/?authSource=admin.")
        }
        return ValidationCheck(
            .reachable, side, .failure,
            seen: "no primary answers through this connection string: \(words.of(error))",
            remedy:
                "See whether the replica set has a primary, and whether every member can be reached from here."
        )
    }

    /// Only SCRAM is supported; the documents want both kinds, lagzero works with either.
    private mutating func checkMechanisms() {
        let named = connectionString.options["authmechanism"]?.uppercased()
        if let named, !named.hasPrefix("SCRAM-") {
            add(
                .scram, .failure, message: "Only SCRAM authentication is supported",
                seen: "the connection string asks for \(words.quoted(named))",
                remedy: "Use a user with SCRAM-SHA-1 and SCRAM-SHA-256, and remove authMechanism.")
            return
        }
        guard connectionString.username != nil else {
            add(.scram, .pass, seen: "no username in the connection string")
            return
        }
        guard let mechanisms = hello?.mechanisms else {
            add(.scram, .unknown, seen: "the server does not say how this user can log in")
            return
        }
        let isBoth = mechanisms.contains("SCRAM-SHA-1") && mechanisms.contains("SCRAM-SHA-256")
        add(
            .scram, isBoth ? .pass : .warning, seen: mechanisms.joined(separator: ", "),
            remedy: isBoth
                ? nil
                : "lagzero can do with one; Atlas wants both: set the user's password again with both mechanisms."
        )
    }

    mutating func add(
        _ rule: ValidationRule, _ outcome: ValidationCheck.Outcome, message: String? = nil,
        seen: String,
        remedy: String? = nil
    ) {
        checks.append(
            ValidationCheck(rule, side, outcome, message: message, seen: seen, remedy: remedy))
    }
}
