internal import CMongo

/// The library that all connections go through.
package enum MongoDriver {
    /// Such as `1.23.1`.
    package static var version: String { String(cString: cmongo_driver_version()) }
}
