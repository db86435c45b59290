import BSON
import Migration

extension MigrationProgress {
    /// The fields of `--json`; what is not known is null. `time` in milliseconds since 1970.
    func document(at time: Int64) -> Document {
        [
            "time": .string(Units.time(time, milliseconds: true)),
            "phase": .string(phase.rawValue),
            "appliedThrough": orNull(appliedThrough) { .string("\($0.seconds).\($0.increment)") },
            "lagSeconds": orNull(lagSeconds, seconds),
            "bytesCopied": count(bytesCopied, areCountsKnown),
            "bytesTotal": orNull(bytesTotal, Value.integer),
            "documentsCopied": count(documentsCopied, areCountsKnown),
            "eventsApplied": count(eventsApplied, areCountsKnown),
            "backlog": count(backlog, isBacklogKnown),
            "oplogHeadroomSeconds": orNull(oplogHeadroomSeconds, Value.integer),
            "sourceWrites": orNull(recentWrites) { writes in
                .array(Document(array: writes.map { .document($0.document) }))
            },
            "deadlineAt": orNull(deadlineAt) { .string(Units.time($0)) },
            "message": message.isEmpty ? .null : .string(message),
        ]
    }
}

extension SeenWrites.Write {
    fileprivate var document: Document {
        ["namespace": .string("\(namespace)"), "count": .integer(count)]
    }
}

extension MigrationReport {
    /// The report of `--json`.
    var document: Document {
        [
            "phase": .string(phase.rawValue),
            "applicationDowntimeSeconds": orNull(applicationDowntimeSeconds, seconds),
            "durationSeconds": seconds(durationSeconds),
            "bytesCopied": count(bytesCopied, areCountsKnown),
            "documentsCopied": count(documentsCopied, areCountsKnown),
            "collectionsCopied": count(collectionsCopied, areCountsKnown),
            "eventsApplied": count(eventsApplied, areCountsKnown),
            "verification": [
                "mode": .string(verification.mode.rawValue),
                "collections": orNull(verification.collections, Value.integer),
                "documents": orNull(verification.documents, Value.integer),
                "complete": .bool(verification.isComplete),
                "mismatches": orNull(verification.differences, Value.integer),
            ],
            "mismatches": verification.differences == nil
                ? .null : strings(verification.mismatches),
            "problems": strings(problems),
        ]
    }
}

/// To the millisecond; null where it is no number.
private func seconds(_ value: Double) -> Value {
    value.isFinite ? .double((value * 1000).rounded() / 1000) : .null
}

private func count(_ number: Int, _ isKnown: Bool) -> Value {
    isKnown ? .integer(number) : .null
}

private func orNull<Known>(_ value: Known?, _ make: (Known) -> Value) -> Value {
    value.map(make) ?? .null
}

private func strings(_ texts: [String]) -> Value {
    .array(Document(array: texts.map(Value.string)))
}
