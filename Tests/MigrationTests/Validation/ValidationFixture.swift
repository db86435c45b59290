import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// Servers for tests that only look at them, started once; they end with the process.
enum ValidationFixture {
    /// With every kind of character that a connection string must encode.
    static let root = Credentials(username: "root", password: "s3cr:t/p@ss%w?rd")

    static let secured = Task {
        var options = ReplicaSetOptions()
        options.name = "secured"
        options.root = root
        return try await ReplicaSet.start(options)
    }

    static let open = Task {
        var options = ReplicaSetOptions()
        options.name = "open"
        return try await ReplicaSet.start(options)
    }

    static let encrypted = Task {
        var options = ReplicaSetOptions()
        options.name = "encrypted"
        options.usesTLS = true
        return try await ReplicaSet.start(options)
    }

    /// Makes a user of the secured set; a second time its roles are replaced.
    static func user(_ name: String, roles: [Value]) async throws -> Credentials {
        let user = Credentials(username: name, password: root.password)
        let set = try await secured.value
        do {
            try await set.createUser(user, roles: roles)
        } catch let error as MongoError where error.code == 51003 {
            _ = try await set.lane.run([
                "updateUser": .string(name), "roles": .array(Document(array: roles)),
            ])
        }
        return user
    }
}

/// Validates, and looks at what must hold of every report: it came in time, and no secret is in it.
func validated(
    _ source: String, _ destination: String, _ options: MigrationOptions = MigrationOptions(),
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> ValidationReport {
    let clock = ContinuousClock()
    let before = clock.now
    let strings = [try ConnectionString(source), try ConnectionString(destination)]
    let report = await Validation(source: strings[0], destination: strings[1], options: options)
        .run()
    #expect(clock.now - before < .seconds(15), sourceLocation: sourceLocation)
    let outputs = [report.text(), report.text(columns: 10_000), report.document.json]
    for secret in strings.compactMap(\.password) + ["s3cr%3At%2Fp%40ss%25w%3Frd"] {
        for output in outputs { #expect(!output.contains(secret), sourceLocation: sourceLocation) }
    }
    return report
}

extension ValidationReport {
    /// The answers of that name, of one side where it is named.
    func all(_ name: String, _ side: ValidationCheck.Side? = nil) -> [ValidationCheck] {
        checks.filter { $0.name == name && (side == nil || $0.side == side) }
    }

    /// The only answer of that name.
    func one(
        _ name: String, _ side: ValidationCheck.Side? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ValidationCheck {
        let found = all(name, side)
        #expect(found.count == 1, "\(name): \(found)", sourceLocation: sourceLocation)
        return try #require(found.first, sourceLocation: sourceLocation)
    }

    var failures: [String] { checks(.failure).map(\.name) }
}
