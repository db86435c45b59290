/// One call of `MigrationControl` on the wire: the body of `POST /v1/request?asked=N`, with the time of asking in
/// milliseconds since the host was started. It may hold a secret; not to be logged.
package enum ControlRequest: Codable, Sendable {
    case snapshot(past: Int?)
    case log(migration: Identifier, after: Int?, limit: Int)
    case testConnection(Secret)
    case add(NewCluster)
    case testCluster(Identifier)
    case editCluster(Identifier, ClusterChange)
    case removeCluster(Identifier)
    case validate(MigrationSetup)
    case start(MigrationSetup, by: Asker)
    case claim(Identifier, by: Asker)
    case yield(Identifier, by: Asker)
    case pause(Identifier, by: Asker)
    case resume(Identifier, by: Asker)
    case setLoadLevel(Identifier, level: Int, by: Asker)
    case beginCutover(Identifier, confirmedName: String, writesStopped: Bool, by: Asker)
    case backOut(Identifier, by: Asker)
    case cancel(Identifier, confirmedName: String, by: Asker)
    case extendSync(Identifier, by: Asker)
    case retry(Identifier, by: Asker)
    case releaseSource(Identifier, by: Asker)
    case acknowledgeMismatches(Identifier, [String], by: Asker)
}

extension ControlRequest {
    /// Whether it changes nothing.
    package var isQuestion: Bool {
        switch self {
        case .snapshot, .log, .testConnection: true
        default: false
        }
    }
}

/// What comes back: 200 with one of the others, or another status with `error`.
package enum ControlAnswer: Codable, Sendable {
    case done
    case error(ControlError)
    case snapshot(Snapshot)
    case log([LogLine])
    case facts(ClusterFacts)
    case cluster(Cluster)
    case identifier(Identifier)
    case time(Int64)
}

extension MigrationControl {
    /// Does what is asked. Throws what the function throws.
    package func answer(_ request: ControlRequest) async throws -> ControlAnswer {
        switch request {
        case .snapshot(let past): return .snapshot(try await snapshot(past: past))
        case .log(let id, let after, let limit):
            return .log(try await log(of: id, after: after, limit: limit))
        case .testConnection(let text): return .facts(try await test(text))
        case .add(let new): return .cluster(try await add(new))
        case .testCluster(let id): return .cluster(try await test(cluster: id))
        case .editCluster(let id, let change):
            return .cluster(try await edit(cluster: id, change))
        case .removeCluster(let id): try await remove(cluster: id)
        case .validate(let setup): return .identifier(try await validate(setup))
        case .start(let setup, let asker): return .identifier(try await start(setup, by: asker))
        case .claim(let id, let asker): try await claim(id, by: asker)
        case .yield(let id, let asker): try await yield(id, by: asker)
        case .pause(let id, let asker): try await pause(id, by: asker)
        case .resume(let id, let asker): try await resume(id, by: asker)
        case .setLoadLevel(let id, let level, let asker):
            try await setLoadLevel(id, to: level, by: asker)
        case .beginCutover(let id, let name, let isStopped, let asker):
            try await beginCutover(
                id, confirmedName: name, writesStopped: isStopped, by: asker)
        case .backOut(let id, let asker): try await backOut(id, by: asker)
        case .cancel(let id, let name, let asker):
            try await cancel(id, confirmedName: name, by: asker)
        case .extendSync(let id, let asker): return .time(try await extendSync(id, by: asker))
        case .retry(let id, let asker): try await retry(id, by: asker)
        case .releaseSource(let id, let asker): try await releaseSource(id, by: asker)
        case .acknowledgeMismatches(let id, let names, let asker):
            try await acknowledgeMismatches(id, names, by: asker)
        }
        return .done
    }
}
