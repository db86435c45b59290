internal import BSON

/// The options of a collection in a form in which equal ones are equal: defaults left out, numbers
/// without types.
struct ComparableOptions: Hashable {
    private(set) var values: [String: CanonicalKey] = [:]

    /// What the destination must have for this collection of the source.
    static func wanted(for source: CollectionInfo, _ translation: Translation) -> ComparableOptions
    {
        ComparableOptions(translation.options(of: source), translation)
    }

    /// What a collection of the destination has.
    static func found(on destination: CollectionInfo, _ translation: Translation)
        -> ComparableOptions
    {
        ComparableOptions(Translation.final.options(of: destination), translation)
    }

    private init(_ options: Document, _ translation: Translation) {
        for element in options {
            let name = element.name
            switch name {
            // As large as the version allows until the cutover, whatever that is.
            case "size" where translation == .untilCutover,
                "max" where translation == .untilCutover:
                break
            case "size":
                let unit = Tuning.cappedSizeUnit
                let size = (element.value?.double).flatMap { Int(exactly: $0.rounded(.up)) } ?? 0
                values[name] = CanonicalKey(["": .integer((size + unit - 1) / unit * unit)])
            case "max":
                let max = element.value?.integer ?? 0
                if max > 0, max < Tuning.liftedCappedMax {
                    values[name] = CanonicalKey(element.raw)
                }
            case "validationLevel" where element.value == "strict": break
            case "validationAction" where element.value == "error": break
            case "changeStreamPreAndPostImages" where element.document?["enabled"]?.bool != true:
                break
            case "collation" where element.document?["locale"]?.string == "simple": break
            // Its order of fields and types of numbers are the operator's: compared as bytes.
            case "validator", "viewOn", "pipeline":
                if name == "validator", element.document?.isEmpty == true { break }
                var bytes = DocumentBuilder()
                bytes.append(element)
                values[name] = CanonicalKey(bytes: bytes.finish().bytes)
            default:
                if let document = element.document, document.isEmpty { break }
                values[name] = CanonicalKey(element.raw)
            }
        }
    }

    /// Names of the options that differ, in order.
    func differences(from other: ComparableOptions) -> [String] {
        Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }.sorted()
    }
}
