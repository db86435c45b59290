internal import BSON
internal import Mongo

final class Verifier: Sendable {
    init(context: Context) {}
    var isReady: Bool { true }
    func run() async throws {}
    func noteApplied(_ work: DirtyKeys.Work) {}
    func finish() async throws -> [String] { [] }
    var summary: MigrationReport.Verification { .init(mode: .off) }
}
