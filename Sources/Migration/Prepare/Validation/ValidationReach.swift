internal import BSON
internal import Mongo

extension Validation {
    /// Finds the way to one cluster: names, connections, TLS, and what the servers say to everyone.
    struct Reach: Sendable {
        let side: ValidationCheck.Side
        let connectionString: ConnectionString
        let words: Words
        private let deadline = ContinuousClock.now + Tuning.wayLimit

        init(side: ValidationCheck.Side, connectionString: ConnectionString, words: Words) {
            self.side = side
            self.connectionString = connectionString
            self.words = words
        }

        /// What was found before a login.
        struct Found: Sendable {
            var checks: [ValidationCheck] = []
            /// Empty when the way is barred; the checks say why.
            var hellos: [Hello] = []
            /// Numeric addresses of everything that was resolved.
            var addresses: Set<String> = []

            var isBarred: Bool { checks.contains { $0.outcome == .failure } }
        }

        func find() async -> Found {
            var found = Found()
            found.checks.append(await certificateFile())
            found.checks += [await keyFile()].compactMap(\.self)
            guard !found.isBarred else { return found }
            guard let hosts = await seeds(&found) else { return found }
            await visit(hosts, isMember: false, &found)
            guard !found.isBarred else { return found }
            // The driver goes to the members under the names that the set gives them.
            let members = Set(found.hellos.flatMap(\.members)).subtracting(hosts).sorted()
            await visit(members, isMember: true, &found)
            guard !found.isBarred else { return found }
            let all = Validation.listed(hosts + members)
            found.checks += [
                ValidationCheck(.hostNames, side, .pass, seen: all),
                ValidationCheck(.reachable, side, .pass, seen: all),
                ValidationCheck(
                    .tlsOptions, side, .pass,
                    seen: connectionString.usesTLS
                        ? "TLS, with a trusted certificate" : "no TLS on either side"),
            ]
            return found
        }

        /// What a step may take of this, so that all together stay within the limit.
        private func left(_ limit: Duration) -> Duration {
            min(limit, max(deadline - .now, .milliseconds(100)))
        }

        // MARK: Steps

        /// The hosts that the connection string leads to, or nil with the reason added.
        private func seeds(_ found: inout Found) async -> [String]? {
            let given = connectionString
            let answer = await OwnThread.run(within: left(Tuning.lookUpLimit)) {
                () -> Result<[String], MongoError> in
                do throws(MongoError) { return .success(try HostProbe.seeds(of: given)) } catch {
                    return .failure(error)
                }
            }
            switch answer {
            case .success(let hosts):
                found.checks.append(
                    ValidationCheck(.connectionString, side, .pass, seen: "\(connectionString)"))
                return hosts
            case .failure(let error) where error.kind != .network:
                found.checks.append(
                    ValidationCheck(
                        .connectionString, side, .failure, seen: words.of(error),
                        remedy:
                            "Correct the connection string; its form is mongodb://USER:PASSWORD@HOST:PORT,.../?OPTIONS."
                    ))
                return nil
            case .failure, nil:
                let seen =
                    answer == nil ? "no answer from the name servers" : "no SRV records found"
                found.checks.append(
                    ValidationCheck(
                        .hostNames, side, .failure,
                        seen: "\(Validation.listed(connectionString.hosts)): \(seen)",
                        remedy:
                            "Check the name after mongodb+srv:// and this host's name servers, or use the standard form "
                            + "mongodb:// with every host."))
                return nil
            }
        }

        /// Resolves, connects and says hello to each of the hosts at once. Adds only failures.
        private func visit(_ hosts: [String], isMember: Bool, _ found: inout Found) async {
            let addresses = hosts.compactMap(HostAddress.init)
            if addresses.count < hosts.count {
                let wrong = hosts.filter { HostAddress($0) == nil }
                found.checks.append(
                    ValidationCheck(
                        .connectionString, side, .failure,
                        seen: "no valid host and port: \(Validation.listed(wrong))",
                        remedy: "Write every host as HOST:PORT, with a port from 1 to 65535."))
                return
            }
            let visits = await concurrently(addresses) { await visit($0) }
            for (address, visit) in zip(addresses, visits) {
                let shown = isMember ? "\(address), a member of the replica set" : "\(address)"
                switch visit {
                case .unresolved(let reason):
                    found.checks.append(unresolved(shown, reason, isMember: isMember))
                case .unreached(let reach, let numbers):
                    found.addresses.formUnion(numbers)
                    found.checks.append(unreached(shown, reach))
                case .trouble(let trouble, let reason):
                    found.checks.append(trouble.check(shown, side: side, words: reason))
                case .hello(let hello, let numbers):
                    found.addresses.formUnion(numbers)
                    found.hellos.append(hello)
                }
            }
        }

        private enum Visit: Sendable {
            case unresolved(String)
            case unreached(HostProbe.Reach, [String])
            case trouble(Trouble, String)
            case hello(Hello, [String])
        }

        private func visit(_ address: HostAddress) async -> Visit {
            let numbers: [String]
            switch await OwnThread.run(
                within: left(Tuning.lookUpLimit), { HostProbe.resolve(address) })
            {
            case .addresses(let found): numbers = found
            case .failed(let reason): return .unresolved(words.quoted(reason))
            case nil: return .unresolved("no answer from the name servers")
            }
            let reach = await OwnThread.run(within: left(Tuning.reachLimit)) {
                HostProbe.reach(address, within: Tuning.reachLimit)
            }
            guard reach == .open else { return .unreached(reach ?? .silent, numbers) }
            do throws(MongoError) {
                return .hello(try await hello(address, [:]), numbers)
            } catch {
                return .trouble(await trouble(of: address), words.of(error))
            }
        }

        private func hello(_ address: HostAddress, _ options: [String: String])
            async throws(MongoError) -> Hello
        {
            let host =
                address.isSocketPath
                ? address.host.replacing("/", with: "%2F") : address.description
            let direct = try connectionString.anonymous(host: host).setting(options)
            let user = connectionString.qualifiedUser
            let answer = await OwnThread.run(within: left(Tuning.greetingLimit * 3)) {
                Validation.outcome { () throws(MongoError) in try Hello.ask(direct, user: user) }
            }
            guard let answer else { throw MongoError(kind: .network, message: "no answer in time") }
            return try answer.get()
        }

        /// Looks at a host that the driver had no success with.
        private func trouble(of address: HostAddress) async -> Trouble {
            let limit = Tuning.greetingLimit
            async let plain = OwnThread.run(within: left(limit)) {
                HostProbe.answerToPlain(address, within: limit)
            }
            async let tls = OwnThread.run(within: left(limit)) {
                HostProbe.answerToTLS(address, within: limit)
            }
            // No login is sent on these, and nothing but hello is asked.
            async let named = succeeds(address, accepting: "tlsallowinvalidhostnames")
            async let certified = succeeds(address, accepting: "tlsallowinvalidcertificates")
            return await Trouble(
                usesTLS: connectionString.usesTLS,
                Trouble.Findings(
                    plain: plain ?? .silent, tls: tls ?? .silent, succeedsWithAnyName: named,
                    succeedsWithAnyCertificate: certified))
        }

        private func succeeds(_ address: HostAddress, accepting option: String) async -> Bool {
            guard connectionString.usesTLS else { return false }
            return (try? await hello(address, [option: "true"])) != nil
        }

        // MARK: Answers

        private func certificateFile() async -> ValidationCheck {
            guard let path = connectionString.caFile else {
                return ValidationCheck(.certificateFile, side, .pass, seen: "none is named")
            }
            let read = await OwnThread.run(within: left(Tuning.lookUpLimit)) {
                () -> Result<CertificateFile, CertificateFile.Failure> in
                do throws(CertificateFile.Failure) {
                    return .success(try CertificateFile(path: path))
                } catch {
                    return .failure(error)
                }
            }
            return ValidationCheck.certificateFile(path, read, side: side, now: CertificateFile.now)
        }

        /// The client's own certificate, where one is named and cannot be read.
        private func keyFile() async -> ValidationCheck? {
            let named = connectionString.options["tlscertificatekeyfile"]
            guard let path = named ?? connectionString.options["sslclientcertificatekeyfile"] else {
                return nil
            }
            let failure = await OwnThread.run(within: left(Tuning.lookUpLimit)) {
                () -> CertificateFile.Failure? in
                do throws(CertificateFile.Failure) { _ = try CertificateFile(path: path) } catch {
                    return error
                }
                return nil
            }
            guard let failure, let failure else { return nil }
            return ValidationCheck(
                .tlsOptions, side, .failure,
                seen: "\(path), named as tlsCertificateKeyFile: \(failure.words)",
                remedy: "Name a PEM file that holds the client's certificate and its private key.")
        }

        private func unresolved(_ host: String, _ reason: String, isMember: Bool) -> ValidationCheck
        {
            ValidationCheck(
                .hostNames, side, .failure, seen: "\(host): \(reason)",
                remedy: isMember
                    ? "The driver uses the names of the replica set's configuration: make them resolve on this host."
                    : "Check the host name, and that this host's name servers know it.")
        }

        private func unreached(_ host: String, _ reach: HostProbe.Reach) -> ValidationCheck {
            let (seen, remedy) =
                switch reach {
                case .refused, .open:
                    (
                        "nothing listens there",
                        "Check the port, that the server runs, and that it listens on this address (net.bindIp)."
                    )
                case .silent:
                    (
                        "no answer within \(Tuning.reachLimit.components.seconds) s",
                        "Open the firewall for this host, and check address and routes."
                    )
                case .unreachable(let reason):
                    (words.quoted(reason), "Check address, routes and firewall.")
                }
            return ValidationCheck(
                .reachable, side, .failure, seen: "\(host): \(seen)", remedy: remedy)
        }
    }

    /// The results in the order of the items, all worked on at once.
    static func concurrently<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async -> Result
    ) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            for (index, item) in items.enumerated() { group.addTask { (index, await body(item)) } }
            var results: [(Int, Result)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
