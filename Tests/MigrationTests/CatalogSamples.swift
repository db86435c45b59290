import BSON
import Mongo

@testable import Migration

/// A UUID that is easy to read in a test.
func uuid(_ number: UInt64) -> BinaryUUID { BinaryUUID(high: 0, low: number) }

/// `"db.name"` or a name in `db`.
func namespace(_ text: String) -> Namespace { Namespace(text) ?? Namespace("db", text) }

func collection(
    _ name: String, _ number: UInt64, _ options: Document = [:], indexes: [Document] = []
) -> CollectionInfo {
    CollectionInfo(
        namespace: namespace(name), uuid: uuid(number), options: options,
        indexes: indexes.compactMap { IndexSpec($0) })
}

func view(_ name: String, on below: String, _ options: Document = [:]) -> CollectionInfo {
    var builder = DocumentBuilder()
    builder.append("viewOn", .string(below))
    if !options.has("pipeline") { builder.append("pipeline", []) }
    builder.append(contentsOf: options)
    return CollectionInfo(namespace: namespace(name), kind: .view, options: builder.finish())
}

func buckets(_ name: String, _ number: UInt64, _ options: Document = [:]) -> CollectionInfo {
    var builder = DocumentBuilder()
    builder.append("clusteredIndex", true)
    builder.append("timeseries", ["timeField": "t", "granularity": "seconds"])
    builder.append(contentsOf: options)
    return CollectionInfo(
        namespace: namespace("db.system.buckets.\(name)"), kind: .buckets, uuid: uuid(number),
        options: builder.finish())
}

/// What collection `number` of the source is called on the destination.
func paired(_ number: UInt64) -> BinaryUUID { uuid(number + 1_000) }

/// The state in which collection n of the source is collection n + 1000 of the destination.
func pairs(_ infos: CollectionInfo..., views: String...) -> CatalogState {
    CatalogState(
        infos.compactMap { info in
            info.uuid.map {
                CatalogEntry(
                    source: $0, namespace: info.namespace,
                    destination: BinaryUUID(high: 0, low: $0.low + 1_000))
            }
        }, views: Set(views.map(namespace)))
}

/// A destination that has these collections, each under the UUID that `pairs` gives it.
func destination(_ infos: CollectionInfo...) -> Catalog {
    Catalog(
        infos.map { info in
            var info = info
            info.uuid = info.uuid.map { BinaryUUID(high: 0, low: $0.low + 1_000) }
            return info
        })
}

extension CatalogPlan {
    static func make(
        _ source: [CollectionInfo], _ destination: Catalog, _ state: CatalogState,
        indexable: Set<BinaryUUID> = []
    ) -> CatalogPlan {
        make(
            source: Catalog(source), destination: destination, state: state, indexable: indexable)
    }

    var steps: [String] { actions.map(\.description) }
}
