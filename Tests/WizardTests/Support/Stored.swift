import Foundation
import Terminal

@testable import Wizard

/// A page as it comes back from a file.
func stored(_ page: Page) throws -> Page {
    try JSONDecoder().decode(Page.self, from: JSONEncoder().encode(page))
}

/// The sizes for which every page is made.
let pageSizes = [Size(60, 18), Size(80, 24), Size(120, 40)]

extension Screen {
    /// In the first flow, where it is of none that is known.
    var title: String { title(World(me: Sample.me)) }
}

extension ScreenPilot {
    /// Whether the text is on the screen, wherever its lines are broken.
    func says(_ text: String) -> Bool {
        screen.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(text)
    }
}
