internal import Mongo

extension [Lane] {
    /// Does something for every item, on as many lanes at once as there are; each item gets a lane
    /// of its own while it lasts. Results come in the order of the items. The first error ends it.
    func forEach<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item, Lane) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (index: Int, lane: Lane, result: Result).self) {
            group in
            var waiting = items.enumerated().makeIterator()
            func start(on lane: Lane) {
                guard let (index, item) = waiting.next() else { return }
                group.addTask { (index, lane, try await body(item, lane)) }
            }
            for lane in self { start(on: lane) }
            var results = [Result?](repeating: nil, count: items.count)
            while let done = try await group.next() {
                results[done.index] = done.result
                start(on: done.lane)
            }
            return results.compactMap(\.self)
        }
    }
}
