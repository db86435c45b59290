package import BSON
internal import Glibc
package import Mongo

/// Documents like those of an application, the same for the same seed, in any number.
///
/// Every document can be made by its number alone, so that several lanes can load parts of it and a test can say what
/// must be there.
package struct SampleData: Sendable {
    /// About how large and how structured documents are; single ones differ by up to a third.
    package enum Shape: String, CaseIterable, Sendable {
        /// 200 bytes: a flat record with a small nested document and an array.
        case small
        /// 2 KB: an order with lines, addresses, a position and dates.
        case medium
        /// 200 KB: a report with long texts and binary parts.
        case large
    }

    package let seed: UInt64
    package let shape: Shape
    package let ids: IDs
    /// Number of documents.
    package let count: Int
    private let templates: [DocumentTemplate]

    package init(_ shape: Shape, count: Int, ids: IDs = .rising, seed: UInt64 = 1) {
        self.seed = seed
        self.shape = shape
        self.ids = ids
        self.count = count
        templates = shape.templates(ids: ids)
    }

    /// As many documents as fit about so many bytes.
    package init(_ shape: Shape, bytes: Int, ids: IDs = .rising, seed: UInt64 = 1) {
        let templates = shape.templates(ids: ids)
        let mean = templates.reduce(0) { $0 + $1.count } / templates.count
        self.init(shape, count: max(1, bytes / mean), ids: ids, seed: seed)
    }

    package func document(at index: Int) -> Document {
        documents(in: index..<(index + 1), limit: .max).first ?? Document()
    }

    /// The `_id` of a document.
    package func id(at index: Int) -> Value { ids.value(index: index, seed: seed) }

    /// The first documents of the range, as many as fit `limit` bytes but at least one; slices of one block of memory.
    package func documents(in range: Range<Int>, limit: Int = Tuning.sampleBatchBytes) -> [Document]
    {
        var chosen: [(template: DocumentTemplate, random: SplitMix64)] = []
        var size = 0
        for index in range.prefix(Tuning.sampleBatchDocuments) {
            var random = SplitMix64(seed: seed, index: index)
            let template = templates[Int(random.next() % UInt64(templates.count))]
            guard chosen.isEmpty || size + template.count <= limit else { break }
            chosen.append((template, random))
            size += template.count
        }
        guard let block = malloc(max(size, 1)) else { return [] }
        var offset = 0
        for (position, var choice) in chosen.enumerated() {
            choice.template.write(
                to: block + offset, index: range.lowerBound + position, seed: seed,
                random: &choice.random)
            offset += choice.template.count
        }
        let storage = Storage(adopting: block, count: size)
        offset = 0
        return chosen.compactMap { choice in
            defer { offset += choice.template.count }
            return Document(storage: storage, start: offset, limit: offset + choice.template.count)
        }
    }

    /// Inserts all documents, in batches of 15 MB, each lane a part of them. Throws what the server says when it
    /// refuses one. `progress` is told the number of documents in every batch that was inserted.
    package func insert(
        into namespace: Namespace, through lanes: [Lane],
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, lane) in lanes.enumerated() {
                let part = (count * number / lanes.count)..<(count * (number + 1) / lanes.count)
                group.addTask {
                    try await insert(part, into: namespace, through: lane, progress: progress)
                }
            }
            try await group.waitForAll()
        }
    }

    private func insert(
        _ part: Range<Int>, into namespace: Namespace, through lane: Lane, progress: (Int) -> Void
    ) async throws {
        var rest = part
        while !rest.isEmpty {
            let batch = documents(in: rest)
            var command = DocumentBuilder(reserving: Tuning.sampleBatchBytes + (1 << 20))
            command.append("insert", .string(namespace.collection))
            command.append("ordered", false)
            command.beginArray("documents")
            for (index, document) in batch.enumerated() {
                command.append(String(index), .document(document))
            }
            command.end()
            // Not `write`: a standalone server takes no retryable writes.
            let reply = try await lane.run(command.finish(), on: namespace.database)
            guard reply["n"]?.integer == batch.count else {
                let failure = reply["writeErrors"]?.elements.first?.document?["errmsg"]?.string
                throw SandboxError(.server, "cannot insert sample data: \(failure ?? "\(reply)")")
            }
            progress(batch.count)
            rest = (rest.lowerBound + batch.count)..<rest.upperBound
        }
    }
}

extension SampleData {
    /// What kind of `_id` documents have.
    package enum IDs: String, CaseIterable, Sendable {
        /// ObjectIds in the order of their making, as drivers make them.
        case rising
        /// ObjectIds without any order: the worst case for an index larger than the cache.
        case scattered
        /// 64-bit integers from 0 on.
        case integers

        var size: Int { self == .integers ? 8 : 12 }

        var placeholder: Value {
            self == .integers
                ? .int64(0)
                : ObjectID([UInt8](repeating: 0, count: 12)).map(Value.objectID) ?? .null
        }

        func value(index: Int, seed: UInt64) -> Value {
            if self == .integers { return .int64(Int64(index)) }
            let bytes = withUnsafeTemporaryAllocation(byteCount: 12, alignment: 8) { buffer in
                if let base = buffer.baseAddress { write(to: base, index: index, seed: seed) }
                return Array(buffer)
            }
            return ObjectID(bytes).map(Value.objectID) ?? .null
        }

        func write(to target: UnsafeMutableRawPointer, index: Int, seed: UInt64) {
            let number = UInt64(truncatingIfNeeded: index)
            switch self {
            case .integers: target.storeBytes(of: Int64(index).littleEndian, as: Int64.self)
            case .rising:
                // Seconds from 2024 on, a thousand documents each; five bytes of the seed; a counter of three bytes.
                let seconds = UInt32(truncatingIfNeeded: 1_704_067_200 + number / 1000)
                let rest = SplitMix64.mixed(seed) << 24 | number & 0xFF_FFFF
                target.storeBytes(of: seconds.bigEndian, as: UInt32.self)
                (target + 4).storeBytes(of: rest.bigEndian, as: UInt64.self)
            case .scattered:
                target.storeBytes(of: SplitMix64.mixed(number &+ seed), as: UInt64.self)
                (target + 8).storeBytes(of: UInt32(truncatingIfNeeded: seed), as: UInt32.self)
            }
        }
    }
}
