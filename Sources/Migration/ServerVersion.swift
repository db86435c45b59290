package import BSON

/// A server's version and what follows from it.
package struct ServerVersion: Hashable, Comparable, Sendable {
    package let major: Int
    package let minor: Int
    package let patch: Int

    package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// From the answer to `buildInfo`.
    package init?(buildInfo: Document) {
        let parts = buildInfo["versionArray"]?.elements.compactMap(\.integer) ?? []
        guard parts.count >= 3 else { return nil }
        self.init(parts[0], parts[1], parts[2])
    }

    package static let v6 = ServerVersion(6, 0)

    package static func < (left: ServerVersion, right: ServerVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    /// `$changeStreamSplitLargeEvent` is there from 6.0.9 and 7.0 on; unknown to 6.0.5.
    package var splitsLargeEvents: Bool {
        self >= ServerVersion(6, 0, 9) && (major, minor) != (6, 1) && (major, minor) != (6, 2)
    }

    /// The change stream tells what happens in `system.js` and in the buckets of time-series collections; before, in no
    /// collection of that prefix.
    package var tellsOfSystemCollections: Bool { self >= .v6 }

    /// The change stream tells of collections, views, indexes and options that are made or changed.
    package var tellsOfDefinitions: Bool { self >= .v6 }

    /// Commands take `collectionUUID`, and events carry it.
    package var namesCollectionsByUUID: Bool { self >= .v6 }

    /// `setUserWriteBlockMode`.
    package var blocksWrites: Bool { self >= .v6 }
}

extension ServerVersion: CustomStringConvertible {
    package var description: String { "\(major).\(minor).\(patch)" }
}
