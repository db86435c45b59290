package import BSON
package import Mongo

/// The cluster-wide change stream as the engine opens it.
package enum StreamCommand {
    /// Where the stream begins.
    package enum Start: Sendable {
        case now
        case after(ResumeToken)
    }

    /// The `aggregate` command, to be run on `admin`. Events carry only what says which document or catalog is dirty:
    /// with `updateDescription` and `fullDocument` removed on the server, events of documents of 16 MiB arrive.
    ///
    /// The answer holds no events: those that cannot be sent at once would keep the stream from being opened.
    package static func make(_ start: Start, source: ServerVersion) -> Document {
        var stage = DocumentBuilder()
        stage.append("allChangesForCluster", true)
        if source >= .v6 { stage.append("showExpandedEvents", true) }
        if source.tellsOfSystemCollections { stage.append("showSystemEvents", true) }
        if case .after(let token) = start { stage.append("startAfter", .document(token.document)) }
        let hidden: Value = .array(
            Document(array: NamespaceFilter.internalDatabases.sorted().map(Value.string)))
        var pipeline: [Value] = [
            ["$changeStream": .document(stage.finish())],
            ["$match": ["ns.db": ["$nin": hidden]]],
            [
                "$unset": [
                    "updateDescription", "fullDocument", "wallTime", "lsid", "txnNumber",
                    "stateBeforeChange",
                ]
            ],
        ]
        if source.splitsLargeEvents { pipeline.append(["$changeStreamSplitLargeEvent": [:]]) }
        return [
            "aggregate": 1,
            "pipeline": .array(Document(array: pipeline)),
            "cursor": ["batchSize": 0],
            "readConcern": ["level": "majority"],
        ]
    }
}
