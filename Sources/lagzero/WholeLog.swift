import ControlAPI

extension MigrationControl {
    /// Every line of a migration's event log, oldest first.
    func wholeLog(of migration: Identifier) async throws -> [LogLine] {
        var lines: [LogLine] = []
        while true {
            let more = try await log(
                of: migration, after: lines.last?.sequence ?? 0, limit: Tuning.logPage)
            lines += more
            guard more.count == Tuning.logPage else { return lines }
        }
    }
}
