package import Mongo
internal import BSON

/// One way in which the catalog of the destination is not what it must be.
package struct CatalogDifference: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case missing, extra
        /// A collection where a view must be, or something like that.
        case otherKind
        case option(String)
        case missingIndex(String), extraIndex(String), unfinishedIndex(String)
        /// The index, and the names of the options that differ.
        case index(String, [String])
    }

    package let namespace: Namespace
    package let kind: Kind

    package init(_ namespace: Namespace, _ kind: Kind) {
        self.namespace = namespace
        self.kind = kind
    }

    /// Both catalogs filtered alike. Matched by name, as whoever uses the destination finds them;
    /// empty when equal.
    package static func list(
        source: Catalog, destination: Catalog, _ translation: Translation
    ) -> [CatalogDifference] {
        var differences: [CatalogDifference] = []
        for info in source.sorted {
            guard let found = destination[info.namespace] else {
                differences.append(CatalogDifference(info.displayName, .missing))
                continue
            }
            guard found.kind == info.kind else {
                differences.append(CatalogDifference(info.displayName, .otherKind))
                continue
            }
            differences += compare(info, found, translation).map {
                CatalogDifference(info.displayName, $0)
            }
        }
        differences += destination.sorted.filter { source[$0.namespace] == nil }
            .map { CatalogDifference($0.displayName, .extra) }
        return differences
    }

    private static func compare(
        _ source: CollectionInfo, _ destination: CollectionInfo, _ translation: Translation
    ) -> [Kind] {
        let options = ComparableOptions.wanted(for: source, translation)
            .differences(from: ComparableOptions.found(on: destination, translation))
        var kinds = options.map(Kind.option)
        let found = Dictionary(destination.indexes.map { ($0.id, $0) }) { first, _ in first }
        let wanted = translation.indexes(of: source)
        for index in wanted {
            guard let other = found[index.id] else {
                kinds.append(.missingIndex(index.name))
                continue
            }
            let differing = Set(index.attributes.keys).union(other.attributes.keys)
                .filter { index.attributes[$0] != other.attributes[$0] }
            if !differing.isEmpty { kinds.append(.index(index.name, differing.sorted())) }
            if !other.isFinished { kinds.append(.unfinishedIndex(index.name)) }
        }
        let names = Set(wanted.map(\.id))
        kinds += destination.indexes.filter { !$0.isImplied && !names.contains($0.id) }
            .map { .extraIndex($0.name) }
        return kinds
    }
}

extension CatalogDifference: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .missing: "\(namespace) is missing on the destination"
        case .extra: "\(namespace) is on the destination only"
        case .otherKind: "\(namespace) is a collection on one side and a view on the other"
        case .option(let name): "option \(name) of \(namespace) differs"
        case .missingIndex(let name): "index \(name) of \(namespace) is missing"
        case .extraIndex(let name): "index \(name) of \(namespace) is on the destination only"
        case .unfinishedIndex(let name): "index \(name) of \(namespace) is still being built"
        case .index(let name, let options):
            "index \(name) of \(namespace) differs in \(options.joined(separator: ", "))"
        }
    }
}
