internal import BSON
internal import Mongo

extension Validation {
    /// Rules about versions: pure.
    enum Versions {
        /// Before it servers do not know `$sampleRate`, by which collections are split.
        static let oldestSource = ServerVersion(4, 4, 2)

        /// The pairs of replica sets that the documents list, by major version.
        private static let listed: [Int: Set<Int>] = [5: [7], 6: [7, 8], 7: [7, 8], 8: [8]]

        /// Whether the source's events can keep the promise, and at what price.
        static func source(_ version: ServerVersion, hasTimeSeries: Bool?) -> ValidationCheck {
            func check(
                _ outcome: ValidationCheck.Outcome, _ message: String?, _ seen: String,
                _ remedy: String? = nil
            ) -> ValidationCheck {
                ValidationCheck(
                    .sourceVersion, .source, outcome, message: message, seen: seen, remedy: remedy)
            }
            if version >= .v6 { return check(.pass, nil, "MongoDB \(version)") }
            if version < oldestSource {
                return check(
                    .failure, "MongoDB \(version) as a source is not supported",
                    "the oldest supported version is \(oldestSource)",
                    "Upgrade the source to \(oldestSource) or, better, 6.0.")
            }
            switch hasTimeSeries {
            case true:
                return check(
                    .failure,
                    "Source cluster contains a time series collection, which is unsupported",
                    "MongoDB \(version) does not tell of changes in their buckets",
                    "Upgrade the source to 6.0, or exclude these collections.")
            case nil where version.major == 5:
                return check(
                    .unknown, nil,
                    "MongoDB \(version); whether it has time series collections is not known")
            default:
                return check(
                    .warning, "MongoDB \(version) tells less of its changes than 6.0",
                    "a collection that is renamed on the source is copied again; its indexes and options are "
                        + "compared, and changed in place",
                    "Rename no collection while the migration runs, or upgrade the source to 6.0.")
            }
        }

        static func pair(source: ServerVersion, destination: ServerVersion) -> ValidationCheck {
            let pair = "\(source.release) to \(destination.release)"
            func refused(_ seen: String, _ remedy: String) -> ValidationCheck {
                ValidationCheck(
                    .versionPair, .both, .failure,
                    message: "Migration from MongoDB \(pair) is not supported",
                    seen: seen, remedy: remedy)
            }
            if destination < .v6 {
                return refused(
                    "the destination is MongoDB \(destination)",
                    "Choose a destination of 6.0 or newer.")
            }
            if (destination.major, destination.minor) < (source.major, source.minor) {
                return refused(
                    "the destination is older than the source",
                    "Choose a destination of \(source.release) or newer.")
            }
            if listed[source.major]?.contains(destination.major) ?? false {
                return ValidationCheck(.versionPair, .both, .pass, seen: pair)
            }
            return ValidationCheck(
                .versionPair, .both, .warning,
                message: "Atlas does not list migrations from MongoDB \(pair)",
                seen: "\(source) to \(destination)",
                remedy: "lagzero can do it; test your application with the destination.")
        }

        /// From 5.0 on, releases other than x.0 are rapid ones.
        static func rapid(_ version: ServerVersion, _ side: ValidationCheck.Side) -> ValidationCheck
        {
            guard version.major >= 5, version.minor != 0 else {
                return ValidationCheck(.rapidRelease, side, .pass, seen: "MongoDB \(version)")
            }
            return ValidationCheck(
                .rapidRelease, side, .warning,
                message: "MongoDB \(version.release) is a rapid release",
                seen: "Atlas migrates only between major releases",
                remedy: "Prefer a major release, such as \(version.major).0.")
        }

        /// The feature compatibility version must be settled, and what the engine builds on needs 6.0: a 6.0 server at
        /// 5.0 knows neither `collectionUUID` nor `setUserWriteBlockMode`.
        static func compatibility(
            _ parameter: Document, version: ServerVersion, _ side: ValidationCheck.Side
        ) -> ValidationCheck {
            func refused(_ message: String, _ seen: String, _ remedy: String) -> ValidationCheck {
                ValidationCheck(
                    .compatibilityVersion, side, .failure, message: message, seen: seen,
                    remedy: remedy)
            }
            guard let text = parameter["version"]?.string,
                let value = ServerVersion(compatibility: text)
            else {
                return ValidationCheck(
                    .compatibilityVersion, side, .unknown, seen: "the server does not tell it")
            }
            if let target = parameter["targetVersion"]?.string {
                let previous = parameter["previousVersion"]?.string ?? text
                let from = previous == target ? text : previous
                return refused(
                    "The feature compatibility version is being changed",
                    "from \(from) to \(target)",
                    "Finish it: run setFeatureCompatibilityVersion again and wait until it is done."
                )
            }
            if version >= .v6, value < .v6 {
                return refused(
                    "The feature compatibility version is below 6.0",
                    "\(text) on MongoDB \(version)",
                    "Run setFeatureCompatibilityVersion with \"\(version.release)\" on the \(side.rawValue)."
                )
            }
            return ValidationCheck(.compatibilityVersion, side, .pass, seen: text)
        }
    }
}

extension ServerVersion {
    /// "6.0"
    var release: String { "\(major).\(minor)" }

    /// From "6.0".
    init?(compatibility text: String) {
        let parts = text.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        self.init(parts[0], parts[1])
    }
}
