internal import BSON
internal import Mongo

/// A range of a collection's `_id` index that is copied as one: from `lower` (inclusive) to `upper` (exclusive).
struct Partition: Sendable {
    let collection: BinaryUUID
    let index: Int
    /// Nil for the first partition: from the very beginning.
    var lower: RawValue?
    /// Nil for the last one: to the very end, `MaxKey` included.
    let upper: RawValue?
    var isDone = false

    init(collection: BinaryUUID, index: Int, lower: RawValue?, upper: RawValue?) {
        self.collection = collection
        self.index = index
        self.lower = lower
        self.upper = upper
    }

    /// Partitions that cover everything exactly once. `bounds` in the order of the index.
    static func all(between bounds: [RawValue], of collection: BinaryUUID) -> [Partition] {
        (0...bounds.count).map { index in
            Partition(
                collection: collection, index: index, lower: index == 0 ? nil : bounds[index - 1],
                upper: index < bounds.count ? bounds[index] : nil)
        }
    }

    init?(_ document: Document, of collection: BinaryUUID) {
        guard let index = document["_id"]?.document?["i"]?.integer else { return nil }
        self.init(
            collection: collection, index: index, lower: document["lower"]?.document?.raw("_id"),
            upper: document["upper"]?.document?.raw("_id"))
        isDone = document["done"]?.bool ?? false
    }

    /// `destination`: the collection that it is copied to.
    func id(_ destination: BinaryUUID) -> Value {
        ["c": .uuid(collection), "d": .uuid(destination), "i": .integer(index)]
    }

    var fields: Document {
        var builder = DocumentBuilder()
        append(to: &builder, lower: "lower", upper: "upper")
        return builder.finish()
    }

    /// The part of a `find` that reads this range but for its `rest`, in the order of the `_id` index. Its bounds are not
    /// bound to a type, and a missing one means the very beginning or end.
    func append(to command: inout DocumentBuilder) {
        command.append("hint", ["_id": 1])
        if isRest {
            command.append("filter", ["_id": .maxKey])
        } else {
            append(to: &command, lower: "min", upper: "max")
        }
    }

    /// To be read after this range: `min` without `max` means up to `MaxKey`, and not the document that has it for its
    /// `_id` (4.4.2, 6.0.5 and 6.0.27). Nil where that is not in the range, or was read.
    var rest: Partition? {
        guard lower != nil, upper == nil, !isRest else { return nil }
        let last: Document = ["_id": .maxKey]
        return Partition(collection: collection, index: index, lower: last.raw("_id"), upper: nil)
    }

    private var isRest: Bool { lower?.type == BSONType.maxKey }

    /// A document each, as ids can be anything.
    private func append(
        to builder: inout DocumentBuilder, lower lowerName: String, upper upperName: String
    ) {
        for (name, bound) in [(lowerName, lower), (upperName, upper)] {
            guard let bound else { continue }
            builder.begin(name)
            builder.append("_id", raw: bound)
            builder.end()
        }
    }
}

extension RawValue {
    /// Whether an id may be a boundary. Before MinKey there is nothing, and servers refuse a `max` that is not behind the
    /// beginning (51175).
    var canSplit: Bool { type != BSONType.minKey }
}
