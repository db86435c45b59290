internal import BSON
internal import Mongo

/// What a migration is about: which source, and which of its namespaces. It is stored when the migration begins, and
/// whoever goes on with it must ask for the same.
struct Subject: Hashable, Sendable {
    let replicaSet: String
    /// From the set's configuration; nil where that may not be read.
    let id: ObjectID?
    /// As the set names them: they tell sets of one name apart where an id is missing.
    let members: Set<String>
    let include: Set<String>
    let exclude: Set<String>

    init(
        replicaSet: String, id: ObjectID?, members: Set<String>, filter: NamespaceFilter = .init()
    ) {
        self.replicaSet = replicaSet
        self.id = id
        self.members = members
        include = Set(filter.include.map(\.description))
        exclude = Set(filter.exclude.map(\.description))
    }

    /// Asks the primary of the source.
    init(_ source: Side, filter: NamespaceFilter, retry: Retry) async throws {
        let lane = source.lane()
        let hello = try await retry("asking the source who it is") {
            try await lane.run(["hello": 1])
        }
        let configuration = try await retry("asking the source who it is") {
            do throws(MongoError) {
                return try await lane.run(["replSetGetConfig": 1])
            } catch {
                guard !error.isTransient else { throw error }
                return [:]
            }
        }
        self.init(hello: hello, configuration: configuration, filter: filter)
    }

    /// Asks a primary that may be the source, of which nothing is filtered. Throws what it answers.
    init(_ lane: Lane) async throws {
        let hello = try await lane.run(["hello": 1])
        let configuration: Document
        do throws(MongoError) {
            configuration = try await lane.run(["replSetGetConfig": 1])
        } catch {
            guard !error.isTransient else { throw error }
            configuration = [:]
        }
        self.init(hello: hello, configuration: configuration)
    }

    private init(hello: Document, configuration: Document, filter: NamespaceFilter = .init()) {
        let settings = configuration["config"]?.document?["settings"]?.document
        var id: ObjectID?
        if case .objectID(let found) = settings?["replicaSetId"] { id = found }
        self.init(
            replicaSet: hello["setName"]?.string ?? "", id: id,
            members: Set(
                ["hosts", "passives"].flatMap { hello[$0]?.elements.compactMap(\.string) ?? [] }),
            filter: filter)
    }

    /// Nil where the document holds none.
    init?(_ document: Document) {
        guard let replicaSet = document["replicaSet"]?.string else { return nil }
        self.replicaSet = replicaSet
        if case .objectID(let found) = document["id"] { id = found } else { id = nil }
        members = Set(document.texts("members"))
        include = Set(document.texts("include"))
        exclude = Set(document.texts("exclude"))
    }

    var document: Document {
        [
            "replicaSet": .string(replicaSet), "id": id.map(Value.objectID) ?? .null,
            "members": .texts(members.sorted()), "include": .texts(include.sorted()),
            "exclude": .texts(exclude.sorted()),
        ]
    }

    /// Why a migration of `stored` cannot go on as one of this, and what to do; nil when it can.
    func refusal(resuming stored: Subject, _ wording: Wording) -> String? {
        if !hasSameSource(as: stored) {
            return
                "the migration on this destination has another source, \(stored.source), than the one given, \(source): "
                + "resume with that one, or begin anew \(wording.anew)"
        }
        if include != stored.include || exclude != stored.exclude {
            return
                "the migration on this destination was begun with \(stored.filter(wording)), and is to go on with \(filter(wording)): "
                + "resume with the same filters, or begin anew \(wording.anew)"
        }
        return nil
    }

    func hasSameSource(as other: Subject) -> Bool {
        guard replicaSet == other.replicaSet else { return false }
        if let id, let theirs = other.id { return id == theirs }
        return !members.isDisjoint(with: other.members)
    }

    /// In words: which replica set, and its members.
    var source: String {
        "replica set \(replicaSet) of \(members.sorted().joined(separator: ", "))"
    }

    private func filter(_ wording: Wording) -> String {
        let options = wording.including(include.sorted()) + wording.excluding(exclude.sorted())
        return options.isEmpty ? "no filters" : options.joined(separator: " ")
    }
}
