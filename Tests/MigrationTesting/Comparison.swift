internal import BSON
package import Mongo

/// Compares two clusters by itself: documents as bytes and in their order, options and indexes as listed, views by what
/// they show. Shares no code with the engine.
package struct Comparison {
    private let source: Lane
    private let destination: Lane

    package init(source: Lane, destination: Lane) {
        self.source = source
        self.destination = destination
    }

    /// Everything that differs, in words; empty when the clusters are equal.
    package func differences() async throws -> [String] {
        let left = try await catalog(source)
        let right = try await catalog(destination)
        var found: [String] = []
        for key in Set(left.keys).union(right.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
        {
            let name = String(decoding: key, as: UTF8.self)
            guard let wanted = left[key] else {
                found.append("\(name) is only on the destination")
                continue
            }
            guard let actual = right[key] else {
                found.append("\(name) is only on the source")
                continue
            }
            if wanted.description != actual.description {
                found.append("\(name): \(wanted.description) became \(actual.description)")
            }
            let indexes = try await (indexes(source, name), indexes(destination, name))
            if indexes.0 != indexes.1 {
                found.append("\(name): indexes \(indexes.0) became \(indexes.1)")
            }
            found += try await documentDifferences(name, wanted.order)
        }
        return found
    }

    /// How the documents of a collection are read.
    private enum Order {
        /// By `_id`: every document once, and equal ids in the same place.
        case byID
        /// Of a capped collection: as they were inserted.
        case natural
        /// What views show has no order of its own.
        case none
    }

    private struct Listed {
        let description: String
        let order: Order
    }

    // MARK: Catalog

    /// By the bytes of the names: Swift holds two spellings of an `é` for one.
    private func catalog(_ lane: Lane) async throws -> [[UInt8]: Listed] {
        var all: [[UInt8]: Listed] = [:]
        let listed = try await lane.run(["listDatabases": 1, "nameOnly": true])
        let databases = (listed["databases"]?.elements ?? []).compactMap {
            $0.document?["name"]?.string
        }
        for database in databases
        where !["admin", "config", "local", "lagzero_internal"].contains(database) {
            var batch = try await lane.open(
                ["listCollections": 1, "cursor": ["batchSize": 10_000]], on: database)
            while true {
                for info in batch.documents {
                    let name = info["name"]?.string ?? ""
                    if name == "system.views" || name == "system.profile" { continue }
                    let type = info["type"]?.string ?? ""
                    let options = info["options"]?.document ?? [:]
                    let isCapped = options["capped"]?.bool ?? false
                    all[Array("\(database).\(name)".utf8)] = Listed(
                        description: "\(type) \(described(options)) \(info["idIndex"]?.json ?? "")",
                        order: type != "collection" ? .none : isCapped ? .natural : .byID)
                }
                guard let cursor = batch.cursor else { break }
                batch = try await lane.more(cursor)
            }
        }
        return all
    }

    private func indexes(_ lane: Lane, _ name: String) async throws -> [String] {
        let (database, collection) = split(name)
        do {
            let batch = try await lane.open(
                ["listIndexes": .string(collection), "cursor": ["batchSize": 1_000]], on: database)
            return batch.documents.map(described).sorted()
        } catch {
            return ["none: \(error.code)"]
        }
    }

    /// Options in the order of their names; documents in them, such as validators and keys, with the types of their
    /// numbers. Servers store numbers that are options themselves as they like.
    private func described(_ options: Document) -> String {
        options.filter { option in
            // Said or not said, it is the same: servers list what a collMod has once named.
            !(option.name == "validationLevel" && option.value == "strict")
                && !(option.name == "validationAction" && option.value == "error")
        }.map { option in
            let bytes = option.document.map { " \(hexadecimal($0.bytes))" } ?? ""
            let value = option.value?.double.map { "\($0)" } ?? option.value?.json ?? ""
            return "\(option.name)=\(value)\(bytes)"
        }.sorted().joined(separator: " ")
    }

    private func split(_ name: String) -> (database: String, collection: String) {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
        return (
            String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self)
        )
    }

    // MARK: Documents

    private func documentDifferences(_ name: String, _ order: Order) async throws -> [String] {
        if order != .none, try await areSame(name, order) { return [] }
        let left = try await all(source, name, order)
        let right = try await all(destination, name, order)
        if order != .none, left == right { return [] }
        let (wanted, actual) = (counted(left), counted(right))
        if wanted == actual {
            return order == .none ? [] : ["\(name): the order of the documents differs"]
        }
        let lost = wanted.filter { actual[$0.key] != $0.value }.keys
        let extra = actual.filter { wanted[$0.key] != $0.value }.keys
        return ["\(name): \(left.count) documents became \(right.count)"]
            + lost.prefix(3).map { "\(name): only on the source: \($0.json.prefix(300))" }
            + extra.prefix(3).map { "\(name): only on the destination: \($0.json.prefix(300))" }
    }

    private func counted(_ documents: [Document]) -> [Document: Int] {
        Dictionary(documents.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// Reads both sides beside each other, holding little of them.
    private func areSame(_ name: String, _ order: Order) async throws -> Bool {
        var left = try await Reader(source, find(name, order), on: split(name).database)
        var right = try await Reader(destination, find(name, order), on: split(name).database)
        while true {
            let (wanted, actual) = try await (left.next(), right.next())
            guard wanted == actual else { return false }
            if wanted == nil { return true }
        }
    }

    private func all(_ lane: Lane, _ name: String, _ order: Order) async throws -> [Document] {
        var reader = try await Reader(lane, find(name, order), on: split(name).database)
        var all: [Document] = []
        while let document = try await reader.next() { all.append(document.copied()) }
        return all
    }

    private func find(_ name: String, _ order: Order) -> Document {
        var find = DocumentBuilder()
        find.append("find", .string(split(name).collection))
        switch order {
        case .byID: find.append("hint", ["_id": 1])
        case .natural: find.append("hint", ["$natural": 1])
        case .none: break
        }
        return find.finish()
    }
}

/// The documents of a cursor one after another.
private struct Reader {
    private let lane: Lane
    private var batch: Batch
    private var iterator: Array<Document>.Iterator

    /// Reads what a majority has, not older than what the primary has now.
    init(_ lane: Lane, _ find: Document, on database: String) async throws {
        self.lane = lane
        let now = try await lane.run(["ping": 1])["operationTime"] ?? .timestamp(.zero)
        let concern: Value = ["level": "majority", "afterClusterTime": now]
        batch = try await lane.open(find.setting("readConcern", to: concern), on: database)
        iterator = Array(batch.documents).makeIterator()
    }

    mutating func next() async throws -> Document? {
        while true {
            if let document = iterator.next() { return document }
            guard let cursor = batch.cursor else { return nil }
            batch = try await lane.more(cursor)
            iterator = Array(batch.documents).makeIterator()
        }
    }
}
