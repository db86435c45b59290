internal import BSON
internal import Mongo

/// What the cutover asks of the catalog.
extension CatalogKeeper {
    func refuseOnViolations() async throws {}
    func reconcileForCutover() async throws {
        try await reconcile()
        while !isEqual { try await buildAll() }
    }
    func prepareUnique() async throws {}
    func undoPrepareUnique() async throws {}
    func finishIndexes() async throws -> [String] { [] }
}
