/// Waits until the condition holds, looking at it every 20 ms; throws `.deadline` when it does not come true in time,
/// and whatever the condition throws. The one place of the sandbox and of the tests that sleeps.
package func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = Tuning.startDeadline,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while try await !condition() {
        guard clock.now < deadline else {
            throw SandboxError(.deadline, "not within \(limit): \(what())")
        }
        try await Task.sleep(for: Tuning.pollInterval)
    }
}
