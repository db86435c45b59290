/// What the wizard keeps from one time to the next: where the user was, and what was typed there, without secrets.
package struct SavedState: Sendable, Equatable, Codable {
    /// From the hub to the page that was open.
    package var pages: [Page]
    /// Pages that were left with something typed on them.
    package var drafts: [Page]
    /// When the wizard was left, milliseconds since 1970.
    package var lastSeen: Int64?
    package var theme: String?
    /// When it was like this, by a clock that is never set: the later of two is the newer. Not kept itself.
    package var uptime = Duration.zero

    private enum CodingKeys: CodingKey { case pages, drafts, lastSeen, theme }

    package init(pages: [Page], drafts: [Page] = [], lastSeen: Int64?, theme: String?) {
        self.pages = pages
        self.drafts = drafts
        self.lastSeen = lastSeen
        self.theme = theme
    }

    /// Takes what it understands: pages of another version are left out, not an error.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        pages = Self.pages(values, .pages)
        drafts = Self.pages(values, .drafts)
        lastSeen = (try? values.decodeIfPresent(Int64.self, forKey: .lastSeen)) ?? nil
        theme = (try? values.decodeIfPresent(String.self, forKey: .theme)) ?? nil
    }

    /// One that is not understood hides no other.
    private struct FoundPage: Decodable {
        var page: Page?

        init(from decoder: any Decoder) { page = try? Page(from: decoder) }
    }

    private static func pages(
        _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) -> [Page] {
        let found = try? values.decodeIfPresent([FoundPage].self, forKey: key)
        return (found ?? nil)?.compactMap(\.page) ?? []
    }
}
