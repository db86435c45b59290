internal import BSON
internal import Mongo

/// Decides what one lane of a workload writes: the same for the same seed, whatever the timing.
///
/// Documents are `{_id, n, text, list, parts}` with ids that no other lane uses.
struct WorkloadScript {
    /// Statements for one namespace, to be executed in this order: inserts, updates and replacements, deletes.
    struct Round {
        var namespace: Namespace
        var inserts: [Document] = []
        /// As the `update` command wants them.
        var updates: [Document] = []
        /// As the `delete` command wants them.
        var deletes: [Document] = []
    }

    private let options: WorkloadOptions
    private let lane: Int
    private var random: SplitMix64
    private var lastID: Int64 = 0
    /// For each namespace the ids of this lane's documents, and some that it deleted in earlier rounds.
    private var live: [[Int64]]
    private var deleted: [[Int64]]

    init(_ options: WorkloadOptions, lane: Int) {
        self.options = options
        self.lane = lane
        random = SplitMix64(seed: options.seed, index: lane)
        live = options.namespaces.map { _ in [] }
        deleted = live
    }

    /// The next writes, all to one namespace.
    mutating func round(of count: Int) -> Round {
        let index = below(options.namespaces.count)
        var round = Round(namespace: options.namespaces[index])
        var deletedNow: [Int64] = []
        for _ in 0..<count {
            switch kind(live[index].count) {
            case .insert: round.inserts.append(insert(index))
            case .update: round.updates.append(update(index))
            case .replace:
                let id = live[index][below(live[index].count)]
                round.updates.append(["q": ["_id": .int64(id)], "u": .document(document(id))])
            case .delete:
                let position = below(live[index].count)
                let id = live[index][position]
                live[index].swapAt(position, live[index].count - 1)
                live[index].removeLast()
                deletedNow.append(id)
                round.deletes.append(["q": ["_id": .int64(id)], "limit": 1])
            }
        }
        deleted[index] = (deleted[index] + deletedNow).suffix(32)
        return round
    }

    private enum Kind {
        case insert, update, replace, delete
    }

    private mutating func kind(_ liveCount: Int) -> Kind {
        guard liveCount > 0 else { return .insert }
        let mix = options.mix
        var choice = below(mix.insert + mix.update + mix.replace + mix.delete)
        for (kind, weight) in [
            (Kind.insert, mix.insert), (.update, mix.update), (.replace, mix.replace),
        ] {
            if choice < weight { return kind }
            choice -= weight
        }
        return .delete
    }

    /// A new document; one in eight takes the id of one that was deleted.
    private mutating func insert(_ index: Int) -> Document {
        let id: Int64
        if below(8) == 0, let old = deleted[index].popLast() {
            id = old
        } else {
            lastID += 1
            id = Int64(lane) << 40 | lastID
        }
        live[index].append(id)
        return document(id)
    }

    private mutating func document(_ id: Int64) -> Document {
        var builder = DocumentBuilder(reserving: options.textBytes + 128)
        builder.append("_id", .int64(id))
        builder.append("n", .integer(below(1000)))
        builder.append("text", .string(SampleText.words.text(options.textBytes, random: &random)))
        builder.append("list", [])
        builder.begin("parts")
        builder.append("a", .double(Double(below(1000)) / 8))
        builder.append("b", .bool(below(2) == 0))
        builder.end()
        return builder.finish()
    }

    private mutating func update(_ index: Int) -> Document {
        if index == 0, let sample = options.sample, below(4) == 0 {
            let id = sample.id(at: below(sample.count))
            return ["q": ["_id": id], "u": ["$inc": ["touched": 1]]]
        }
        let id = live[index][below(live[index].count)]
        return ["q": ["_id": .int64(id)], "u": change()]
    }

    private mutating func change() -> Value {
        let number = Value.integer(below(100))
        switch below(7) {
        case 0: return ["$inc": ["n": 1]]
        case 1:
            return [
                "$set": ["text": .string(SampleText.words.text(options.textBytes, random: &random))]
            ]
        case 2: return ["$push": ["list": ["$each": [number], "$slice": -20]]]
        case 3: return ["$pull": ["list": ["$lt": 10]]]
        case 4: return ["$set": ["parts.a": number], "$unset": ["parts.b": ""]]
        case 5: return ["$set": ["list.0": number]]
        default: return [["$set": ["sum": ["$add": ["$n", number]]]]]
        }
    }

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
}

extension WorkloadScript.Round {
    /// The commands of this round; none is empty.
    func commands(writeConcern: Document) -> [(kind: Workload.Kind, command: Document)] {
        let all: [(Workload.Kind, String, [Document])] = [
            (.insert, "documents", inserts), (.update, "updates", updates),
            (.delete, "deletes", deletes),
        ]
        return all.filter { !$0.2.isEmpty }.map { kind, field, statements in
            var builder = DocumentBuilder(reserving: statements.reduce(256) { $0 + $1.count + 16 })
            builder.append(kind.rawValue, .string(namespace.collection))
            builder.beginArray(field)
            for (index, statement) in statements.enumerated() {
                builder.append(String(index), .document(statement))
            }
            builder.end()
            builder.append("ordered", false)
            builder.append("writeConcern", .document(writeConcern))
            return (kind, builder.finish())
        }
    }
}
