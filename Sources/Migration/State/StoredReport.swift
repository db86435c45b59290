internal import BSON
internal import Mongo

/// The report of a migration whose destination accepts writes, as it is stored: who asks again gets the same.
struct StoredReport: Sendable {
    /// One thing that could not be done, which can be tried once more.
    struct Undone: Hashable, Sendable {
        /// How the report names it.
        let problem: String
        let item: Finishing.Item
    }

    /// Its phase is `complete` once everything was done or tried.
    var report: MigrationReport
    var undone: [Undone] = []

    init(_ report: MigrationReport, undone: [Undone] = []) {
        self.report = report
        self.undone = undone
    }

    init?(_ document: Document) {
        guard let phase = document["phase"]?.string.flatMap(Phase.init),
            let verification = document["verification"]?.document,
            let mode = verification["mode"]?.string.flatMap(MigrationOptions.Verify.init)
        else { return nil }
        var verified = MigrationReport.Verification(mode: mode)
        verified.collections = verification["collections"]?.integer
        verified.documents = verification["documents"]?.integer
        verified.isComplete = verification["complete"]?.bool ?? false
        verified.differences = verification["differences"]?.integer
        verified.mismatches = verification.texts("mismatches")
        var figures = Status.Figures()
        figures.countOn(from: document["copied"]?.document ?? [:])
        report = MigrationReport(
            phase: phase, applicationDowntimeSeconds: document["downtime"]?.double,
            durationSeconds: document["duration"]?.double ?? 0, bytesCopied: figures.bytesCopied,
            documentsCopied: figures.documentsCopied, collectionsCopied: figures.collectionsCopied,
            eventsApplied: figures.eventsApplied, verification: verified,
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
            "verification": [
                "mode": .string(report.verification.mode.rawValue),
                "collections": .orNull(report.verification.collections),
                "documents": .orNull(report.verification.documents),
                "complete": .bool(report.verification.isComplete),
                "differences": .orNull(report.verification.differences),
                "mismatches": .texts(report.verification.mismatches),
            ],
            "problems": .texts(report.problems),
            "undone": .array(Document(array: undone.map { .document($0.document) })),
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
