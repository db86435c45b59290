package import BSON
internal import Mongo

/// What a collection of the source is on the destination: until the cutover without everything that
/// could refuse or delete documents on its own, afterwards exactly as on the source.
package enum Translation: Hashable, Sendable {
    case untilCutover
    case final

    /// The options of the collection or view as `create` takes them on the destination.
    package func options(of info: CollectionInfo) -> Document {
        var builder = DocumentBuilder(reserving: info.options.count + 64)
        for element in info.options {
            switch element.name {
            // Of servers long gone, of this server's own, or for buckets implied by `timeseries`.
            case "autoIndexId", "flags", "temp": break
            case "validator" where info.kind == .buckets: break
            case "clusteredIndex" where info.kind == .buckets: break
            case "capped" where !info.isCapped: break
            case "size" where !info.isCapped, "max" where !info.isCapped: break
            case "recordPreImages":
                // What 6.0 calls it; 7.0 does not know the old name.
                if element.value?.bool == true, !info.options.has("changeStreamPreAndPostImages") {
                    builder.append("changeStreamPreAndPostImages", ["enabled": true])
                }
            case "collation":
                guard let collation = element.document else { break }
                builder.append("collation", .document(collation.withoutCollatorVersion))
            case "expireAfterSeconds" where self == .untilCutover: break
            case "size" where self == .untilCutover:
                builder.append("size", .integer(Tuning.liftedCappedSize))
            case "max" where self == .untilCutover: break
            default: builder.append(element)
            }
        }
        return builder.finish()
    }

    /// The command that creates it, to be run on its database. A time-series collection is created
    /// by the name of its view; its buckets come with it.
    package func createCommand(for info: CollectionInfo) -> Document {
        var builder = DocumentBuilder(reserving: info.options.count + 256)
        builder.append("create", .string(info.displayName.collection))
        builder.append(contentsOf: options(of: info))
        if let idIndex = info.idIndex, let version = idIndex["v"]?.integer, version != 2,
            !info.isCollated
        {
            builder.append("idIndex", .document(idIndex.removing("ns")))
        }
        builder.append("writeConcern", ["w": "majority"])
        return builder.finish()
    }

    /// Its indexes, without those that come with the collection and those that are not finished on
    /// the source.
    ///
    /// Until the cutover the unique one of two twins is left out: without `unique` they would be
    /// one.
    package func indexes(of info: CollectionInfo) -> [IndexSpec] {
        let ready = info.indexes.filter { $0.isFinished && !$0.isImplied }
        guard self == .untilCutover else { return ready.map { translate($0, of: info) } }
        let twins = Set(Translation.twins(of: info).map(\.id))
        return ready.filter { !twins.contains($0.id) }.map { translate($0, of: info) }
    }

    /// The unique indexes that have a non-unique one on the same keys. They are built at the
    /// cutover.
    package static func twins(of info: CollectionInfo) -> [IndexSpec] {
        let ready = info.indexes.filter { $0.isFinished && !$0.isImplied }
        let plain = Set(ready.filter { !$0.isUnique }.map(\.signature))
        return ready.filter { $0.isUnique && plain.contains($0.signature) }
    }

    /// Whether its final form is another one than that until the cutover.
    static func isFinishedLater(_ info: CollectionInfo) -> Bool {
        let (now, later) = (Translation.untilCutover, Translation.final)
        return now.options(of: info) != later.options(of: info)
            || now.indexes(of: info) != later.indexes(of: info)
    }

    func translate(_ index: IndexSpec, of info: CollectionInfo) -> IndexSpec {
        index.with { spec in
            var builder = DocumentBuilder(reserving: spec.count + 32)
            for element in spec {
                switch element.name {
                case "unique" where self == .untilCutover, "hidden" where self == .untilCutover,
                    "prepareUnique" where self == .untilCutover,
                    "expireAfterSeconds" where self == .untilCutover:
                    break
                case "expireAfterSeconds":
                    if let expiry = index.expiry { builder.append(element.name, .integer(expiry)) }
                case "collation":
                    guard let collation = element.document else { break }
                    builder.append("collation", .document(collation.withoutCollatorVersion))
                default: builder.append(element)
                }
            }
            // Left out of the listing, but without it the index would take the collection's
            // collation. Indexes of version 1 always have the simple one and refuse the field.
            if info.isCollated, !spec.has("collation"), spec["v"]?.integer != 1 {
                builder.append("collation", ["locale": "simple"])
            }
            return builder.finish()
        }
    }
}
