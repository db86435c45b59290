package import Terminal

/// What the program that shows the wizard adds to every page.
package struct Host: Sendable, Equatable, Codable {
    /// Always in sight, under the first line.
    package var band: String
    /// Works wherever letters are not typed; nil where there is nothing for it to do. What it does is the effect
    /// `hostKey`.
    package var key: Key?
    /// Why no cutover can be begun now, in a sentence; nil where nothing of the program stands before it.
    package var obstacleToCutOver: String?
    /// What the key does.
    package var label: String
    /// On the key that leaves the wizard, where that ends more than the wizard.
    package var leave: String
    /// Said when leaving was asked for once; only the second time it is done.
    package var leaving: String
    /// What it can let happen, in the order of its list; F opens that where there are any.
    package var faults: [Fault] = []

    package init(band: String, key: Key? = nil, label: String, leave: String, leaving: String) {
        self.band = band
        self.key = key
        self.label = label
        self.leave = leave
        self.leaving = leaving
    }
}
