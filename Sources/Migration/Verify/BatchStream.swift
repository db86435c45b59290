internal import BSON
internal import Mongo

/// The documents of one side in their order, one batch read ahead: the next batch is on its way while the last one is
/// looked at.
struct BatchStream: Sendable {
    private let lane: Lane
    private var ahead: Task<Batch, any Error>?
    private var size: Int
    /// Operation time of the last batch that was handed out.
    private(set) var operationTime: Timestamp?

    /// Goes on after `first`, which is handed out first. `size`: how many documents it was asked for.
    init(_ first: Batch, size: Int, lane: Lane) {
        self.lane = lane
        self.size = size
        ahead = Task { first }
    }

    /// The next batch as an array of documents; nil at the end.
    mutating func next() async throws -> Document? {
        guard let ahead else { return nil }
        let batch = try await ahead.value
        operationTime = batch.operationTime ?? operationTime
        size = BatchStream.nextSize(size, bytes: batch.array.count)
        let (lane, size) = (lane, size)
        self.ahead = batch.cursor.map { cursor in
            Task { try await lane.more(cursor, batchSize: size) }
        }
        return batch.array
    }

    /// Keeps batches within the block that holds the bytes that are wanted. It depends on the batch alone, so that two
    /// sides which are equal go on in step.
    static func nextSize(_ size: Int, bytes: Int) -> Int {
        let wanted = Tuning.verifyBatchBytes
        guard bytes > wanted * 8 / 7 else { return size }
        return max(1, size * wanted / bytes)
    }

    /// How many documents of this average length are asked for at once.
    static func firstSize(averageBytes: Int) -> Int {
        let bytes = averageBytes + Tuning.batchOverhead
        return min(max(1, Tuning.verifyBatchBytes / bytes), Tuning.verifyBatchDocuments)
    }

    /// Lets go of the cursor when the rest is of no interest.
    func close() async {
        guard let cursor = try? await ahead?.value.cursor else { return }
        await lane.kill(cursor)
    }
}
