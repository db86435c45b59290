import BSON
import Mongo

/// Compares two clusters by itself: documents as bytes, options and indexes as listed. Shares no code with the engine.
struct Comparison {
    let source: Lane
    let destination: Lane

    /// Everything that differs, in words; empty when the clusters are equal.
    func differences() async throws -> [String] {
        let left = try await catalog(source)
        let right = try await catalog(destination)
        var found: [String] = []
        for name in Set(left.keys).union(right.keys).sorted() {
            guard let wanted = left[name] else {
                found.append("\(name) is only on the destination")
                continue
            }
            guard let actual = right[name] else {
                found.append("\(name) is only on the source")
                continue
            }
            if wanted.description != actual.description {
                found.append("\(name): \(wanted.description) became \(actual.description)")
            }
            let indexes = try await (indexes(source, name), indexes(destination, name))
            if indexes.0 != indexes.1 { found.append("\(name): indexes \(indexes.0) became \(indexes.1)") }
            guard wanted.hasDocuments else { continue }
            found += try await documentDifferences(name, inOrder: wanted.isCapped)
        }
        return found
    }

    private struct Listed {
        let description: String
        let hasDocuments: Bool
        let isCapped: Bool
    }

    private func catalog(_ lane: Lane) async throws -> [String: Listed] {
        var all: [String: Listed] = [:]
        let databases = try await lane.run(["listDatabases": 1, "nameOnly": true])["databases"]?.elements ?? []
        for database in databases.compactMap({ $0.document?["name"]?.string })
        where !["admin", "config", "local", "lagzero_internal"].contains(database) {
            var batch = try await lane.open(["listCollections": 1, "cursor": ["batchSize": 10_000]], on: database)
            while true {
                for info in batch.documents {
                    let name = info["name"]?.string ?? ""
                    if name == "system.views" || name == "system.profile" { continue }
                    let type = info["type"]?.string ?? ""
                    let options = info["options"]?.document ?? [:]
                    all["\(database).\(name)"] = Listed(
                        description: type + " "
                            + options.map { "\($0.name)=\($0.value?.json ?? "")" }.sorted().joined(separator: " "),
                        hasDocuments: type == "collection", isCapped: options["capped"]?.bool ?? false)
                }
                guard let cursor = batch.cursor else { break }
                batch = try await lane.more(cursor)
            }
        }
        return all
    }

    private func split(_ name: String) -> (database: String, collection: String) {
        let dot = name.firstIndex(of: ".") ?? name.endIndex
        return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    private func indexes(_ lane: Lane, _ name: String) async throws -> [String] {
        let (database, collection) = split(name)
        do {
            let batch = try await lane.open(
                ["listIndexes": .string(collection), "cursor": ["batchSize": 1_000]], on: database)
            return batch.documents.map { index in
                index.map { "\($0.name)=\($0.value?.json ?? "")" }.sorted().joined(separator: " ")
            }.sorted()
        } catch {
            return ["none: \(error.code)"]
        }
    }

    private func documentDifferences(_ name: String, inOrder: Bool) async throws -> [String] {
        let left = try await documents(source, name, inOrder: inOrder)
        let right = try await documents(destination, name, inOrder: inOrder)
        if left == right { return [] }
        if inOrder, Set(left) == Set(right) { return ["\(name): the natural order differs"] }
        let lost = Set(left).subtracting(right)
        let extra = Set(right).subtracting(left)
        return ["\(name): \(left.count) documents became \(right.count)"]
            + lost.prefix(3).map { "\(name): only on the source: \($0.json.prefix(300))" }
            + extra.prefix(3).map { "\(name): only on the destination: \($0.json.prefix(300))" }
    }

    private func documents(_ lane: Lane, _ name: String, inOrder: Bool) async throws -> [Document] {
        let (database, collection) = split(name)
        var all: [Document] = []
        var batch = try await lane.open(
            [
                "find": .string(collection),
                "hint": inOrder ? ["$natural": 1] : ["_id": 1],
                "readConcern": ["level": "majority"],
            ], on: database)
        while true {
            all += batch.documents.map { $0.copied() }
            guard let cursor = batch.cursor else { return all }
            batch = try await lane.more(cursor)
        }
    }
}
