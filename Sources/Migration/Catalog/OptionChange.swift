internal import BSON

/// The `collMod` arguments that give a collection other options.
struct OptionChange {
    private(set) var arguments: Document
    /// What they change, and what nothing can change.
    private(set) var names: [String] = []
    private(set) var impossible: [String] = []

    /// - `options`: as `create` would take them.
    /// - `differences`: names of the options to be changed.
    init(to options: Document, changing differences: [String]) {
        var builder = DocumentBuilder()
        let validation: Set = ["validator", "validationLevel", "validationAction"]
        if !validation.isDisjoint(with: differences) {
            builder.append("validator", options["validator"] ?? [:])
            builder.append("validationLevel", options["validationLevel"] ?? "strict")
            builder.append("validationAction", options["validationAction"] ?? "error")
        }
        for name in differences {
            switch name {
            case _ where validation.contains(name): break
            case "changeStreamPreAndPostImages":
                let isWanted = options[name]?.document?["enabled"]?.bool ?? false
                builder.append(name, ["enabled": .bool(isWanted)])
            case "expireAfterSeconds": builder.append(name, options[name] ?? "off")
            case "size": builder.append("cappedSize", options["size"] ?? 0)
            case "max": builder.append("cappedMax", options["max"] ?? 0)
            case "timeseries":
                guard let change = OptionChange.timeSeries(options) else {
                    impossible.append(name)
                    continue
                }
                builder.append(name, .document(change))
            default:
                impossible.append(name)
                continue
            }
            names.append(name)
        }
        arguments = builder.finish()
    }

    /// Granularity, or the spans that replace it from 6.3 on; the other options are fixed.
    private static func timeSeries(_ options: Document) -> Document? {
        guard let wanted = options["timeseries"]?.document else { return nil }
        if let granularity = wanted["granularity"] { return ["granularity": granularity] }
        let spans = wanted.filter {
            ["bucketMaxSpanSeconds", "bucketRoundingSeconds"].contains($0.name)
        }
        return spans.isEmpty ? nil : spans
    }
}
