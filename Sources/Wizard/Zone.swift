/// Which time it is here: how far it is from UTC now, and what that is called.
package struct Zone: Sendable, Hashable, Codable {
    package var name: String
    package var secondsFromUTC: Int

    package init(name: String, secondsFromUTC: Int) {
        self.name = name
        self.secondsFromUTC = secondsFromUTC
    }

    static let utc = Zone(name: "UTC", secondsFromUTC: 0)

    /// `03:14:09 CET`; nil where it is UTC anyway.
    func clock(_ wall: Int64) -> String? {
        guard secondsFromUTC != 0 else { return nil }
        return "\(Times.time(wall + Int64(secondsFromUTC) * 1_000)) \(name)"
    }
}
