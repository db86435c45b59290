internal import BSON
internal import Mongo

/// The report of a migration that is complete, as it is stored: who asks again gets the same.
struct StoredReport: Sendable {
    /// One thing that could not be done, which can be tried once more.
    struct Undone: Hashable, Sendable {
        /// How the report names it.
        let problem: String
        let item: Finishing.Item
    }

    var report: MigrationReport
    var undone: [Undone] = []

    init(_ report: MigrationReport, undone: [Undone] = []) {
        self.report = report
        self.undone = undone
    }

    init?(_ document: Document) {
        guard let phase = document["phase"]?.string.flatMap(Phase.init),
            let verification = document["verification"]?.document.flatMap(
                MigrationReport.Verification.init)
        else { return nil }
        var figures = Status.Figures()
        figures.countOn(from: document["copied"]?.document ?? [:])
        report = MigrationReport(
            phase: phase, applicationDowntimeSeconds: document["downtime"]?.double,
            durationSeconds: document["duration"]?.double ?? 0, bytesCopied: figures.bytesCopied,
            documentsCopied: figures.documentsCopied, collectionsCopied: figures.collectionsCopied,
            eventsApplied: figures.eventsApplied, verification: verification,
            problems: document.texts("problems"))
        undone = (document["undone"]?.elements ?? []).compactMap {
            $0.document.flatMap(Undone.init)
        }
    }

    var document: Document {
        var figures = Status.Figures()
        figures.bytesCopied = report.bytesCopied
        figures.documentsCopied = report.documentsCopied
        figures.collectionsCopied = report.collectionsCopied
        figures.eventsApplied = report.eventsApplied
        return [
            "phase": .string(report.phase.rawValue),
            "downtime": report.applicationDowntimeSeconds.map(Value.double) ?? .null,
            "duration": .double(report.durationSeconds), "copied": .document(figures.counts),
            "verification": .document(report.verification.document),
            "problems": .texts(report.problems),
            "undone": .array(Document(array: undone.map { .document($0.document) })),
        ]
    }
}

extension MigrationReport.Verification {
    /// Nil where the document names no mode.
    init?(_ document: Document) {
        guard let mode = document["mode"]?.string.flatMap(MigrationOptions.Verify.init) else {
            return nil
        }
        self.init(mode: mode)
        collections = document["collections"]?.integer
        documents = document["documents"]?.integer
        isComplete = document["complete"]?.bool ?? false
        differences = document["differences"]?.integer
        mismatches = document.texts("mismatches")
    }

    var document: Document {
        [
            "mode": .string(mode.rawValue), "collections": .orNull(collections),
            "documents": .orNull(documents), "complete": .bool(isComplete),
            "differences": .orNull(differences), "mismatches": .texts(mismatches),
        ]
    }
}

extension StoredReport.Undone {
    init(_ problem: CatalogProblem) {
        self.init(
            problem: problem.description,
            item: Finishing.Item(namespace: problem.namespace, index: problem.index))
    }

    fileprivate init?(_ document: Document) {
        guard let problem = document["problem"]?.string, let database = document["db"]?.string,
            let collection = document["coll"]?.string
        else { return nil }
        self.init(
            problem: problem,
            item: Finishing.Item(
                namespace: Namespace(database, collection), index: document["index"]?.string))
    }

    fileprivate var document: Document {
        [
            "problem": .string(problem), "db": .string(item.namespace.database),
            "coll": .string(item.namespace.collection),
            "index": item.index.map(Value.string) ?? .null,
        ]
    }
}

extension Status.Figures {
    /// What a migration counts from its beginning on, whoever runs it.
    var counts: Document {
        [
            "bytes": .integer(bytesCopied), "documents": .integer(documentsCopied),
            "collections": .integer(collectionsCopied), "events": .integer(eventsApplied),
        ]
    }

    /// Goes on from what an earlier run has counted; what is left to copy is measured anew.
    mutating func countOn(from counts: Document) {
        guard let bytes = counts["bytes"]?.integer else { return }
        bytesCopied = bytes
        bytesTotal = bytes
        documentsCopied = counts["documents"]?.integer ?? 0
        collectionsCopied = counts["collections"]?.integer ?? 0
        eventsApplied = counts["events"]?.integer ?? 0
    }
}

extension Document {
    /// The strings of an array.
    func texts(_ name: String) -> [String] { self[name]?.elements.compactMap(\.string) ?? [] }
}

extension Value {
    static func orNull(_ integer: Int?) -> Value { integer.map(Value.integer) ?? .null }

    static func texts(_ texts: some Sequence<String>) -> Value {
        .array(Document(array: texts.map(Value.string)))
    }
}
