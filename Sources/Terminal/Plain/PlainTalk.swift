/// The talk with somebody who reads line by line: what is read out, and what a line that was typed means. A pure value.
///
/// A thing keeps its number for as long as its page is open, so that no number comes to mean something else while it is
/// being typed.
package struct PlainTalk: Sendable {
    /// What is to be done about a line that was typed.
    package enum Wish: Sendable, Equatable {
        case nothing
        case press([Key])
        case leave
        /// Shown on a full screen from now on.
        case screen
    }

    private enum Question: Sendable, Equatable {
        case whatToDo
        case value(identity: String, name: String, isSecret: Bool)
    }

    /// What is known of a page to who has heard it.
    fileprivate struct Reading: Sendable {
        var heading: String?
        var numbers: [String: Int] = [:]
        var lastNumber = 0
        /// As they were read last, and the same without what only counts.
        var lines: Set<String> = []
        var shapes: Set<String> = []
    }

    private var question = Question.whatToDo
    private var known = Reading()
    /// The page that lies under what is open over it.
    private var under: Reading?
    private var standing: PlainView.Standing?
    private var readAt = Duration.zero
    private var stoodAt = Duration.zero
    private let hasScreen: Bool
    private let isTypingHidden: Bool

    /// `hasScreen`: whether it can be shown on a full screen, too. `isTypingHidden`: whether a secret is not seen while it
    /// is typed.
    package init(hasScreen: Bool, isTypingHidden: Bool = true) {
        (self.hasScreen, self.isTypingHidden) = (hasScreen, isTypingHidden)
    }

    /// What stands before what is typed.
    package var prompt: String {
        switch question {
        case .whatToDo: "> "
        case .value(_, let name, true):
            "\(name)\(isTypingHidden ? " (not shown)" : " (visible as you type)"): "
        case .value(_, let name, false): "\(name): "
        }
    }

    package var isSecret: Bool {
        if case .value(_, _, let isSecret) = question { isSecret } else { false }
    }

    /// Whether a value is being asked for, which nothing interrupts.
    package var isAsking: Bool { question != .whatToDo }

    /// Letters that mean the same on every page; those of a page that are the same are not named.
    static let ownLetters: Set<Character> = ["b", "q", "r"]

    // MARK: What was typed

    package mutating func take(
        _ line: String, _ view: PlainView
    ) -> (said: [String], wish: Wish) {
        let page = PlainPage(view)
        let asked = question
        question = .whatToDo
        let word = line.filter { $0 != " " }
        if asked == .whatToDo, word == "q" { return ([], .leave) }
        // What was typed was meant for the page that was read.
        guard known.heading == page.heading else { return (another(page), .nothing) }
        if case .value(let identity, _, _) = asked { return fillIn(line, identity, page) }
        if let number = Int(word) { return choose(number, page) }
        switch word {
        case "": return ([], .nothing)
        case "?": return (help(page), .nothing)
        case "r": return (wholePage(page), .nothing)
        case "screen" where hasScreen: return ([], .screen)
        case "screen": return (["This terminal has no full screen."], .nothing)
        case "b": return back(page)
        case "<": return ([], .press([.pageUp]))
        case ">": return ([], .press([.pageDown]))
        default: break
        }
        if let item = page.items.first(where: { $0.identity == "key \(word)" }) {
            return ([], .press(item.keys))
        }
        return (["\(word) means nothing here. ? helps."], .nothing)
    }

    private mutating func choose(
        _ number: Int, _ page: PlainPage
    ) -> (said: [String], wish: Wish) {
        guard let identity = known.numbers.first(where: { $0.value == number })?.key else {
            return (["There is no \(number) here. r reads the page again."], .nothing)
        }
        guard let item = page.items.first(where: { $0.identity == identity }) else {
            return (["\(number) is not there any more. r reads the page again."], .nothing)
        }
        guard case .fillIn(let isSecret) = item.act else { return ([], .press(item.keys)) }
        question = .value(identity: identity, name: item.name, isSecret: isSecret)
        return (["Type it and press Enter; Enter alone leaves it as it is."], .nothing)
    }

    /// The field is emptied first; what was typed goes in key by key, and Tab leaves it.
    private func fillIn(
        _ line: String, _ identity: String, _ page: PlainPage
    ) -> (said: [String], wish: Wish) {
        guard let item = page.items.first(where: { $0.identity == identity }) else {
            return (["That field is not there any more. r reads the page again."], .nothing)
        }
        guard !line.isEmpty else { return (["Left as it is."], .nothing) }
        // A single space empties it.
        let text = line == " " ? "" : line
        return (
            [], .press(item.keys + [.end, .control("u")] + text.map { .character($0) } + [.tab])
        )
    }

    private func back(_ page: PlainPage) -> (said: [String], wish: Wish) {
        if page.back != nil { return ([], .press([.escape])) }
        if let item = page.items.first(where: { $0.name == "Back" }) {
            return ([], .press(item.keys))
        }
        return (["There is no page before this one. q leaves."], .nothing)
    }

    // MARK: What is read

    /// After what was typed was done: what has changed, or the whole page where it is another one.
    package mutating func answer(_ view: PlainView, at uptime: Duration) -> [String] {
        let page = PlainPage(view)
        readAt = uptime
        guard known.heading == page.heading else {
            stand(view.standing, at: uptime)
            return another(page)
        }
        let new = changes(page)
        if !new.isEmpty { return new }
        return page.messages.isEmpty ? ["Nothing has changed."] : page.messages
    }

    /// What has changed by itself since the last time, without what only counts; nothing too soon after the last time.
    package mutating func watch(_ view: PlainView, at uptime: Duration) -> [String] {
        guard !isAsking, known.heading == nil || uptime - readAt >= Tuning.plainQuiet else {
            return []
        }
        let page = PlainPage(view)
        guard known.heading == page.heading else {
            readAt = uptime
            stand(view.standing, at: uptime)
            return another(page)
        }
        let lines = lines(page)
        var new = lines.filter { !known.shapes.contains(Self.shape($0)) }
        // A page is summed up in its first lines, and its buttons are the last.
        let (first, last) = Tuning.plainLines
        if new.count > first + last {
            let more = "\(new.count - first - last) more lines; r reads the page."
            new = new.prefix(first) + [more] + new.suffix(last)
        }
        remember(lines)
        if let now = view.standing, isToBeTold(now, at: uptime) {
            new.append(now.text)
            stand(now, at: uptime)
        }
        if !new.isEmpty { readAt = uptime }
        return new
    }

    /// For what calls somebody to it: that, and where the one stands that is told of all the time, which may be another.
    package mutating func alert(_ view: PlainView, at uptime: Duration) -> [String] {
        stand(view.standing, at: uptime)
        let standing = view.standing?.text
        guard let alert = view.alert else {
            return ["ALERT: " + (standing ?? PlainPage(view).heading)]
        }
        return ["ALERT: " + PlainPage.words(alert)] + [standing].compactMap(\.self)
    }

    private func isToBeTold(_ now: PlainView.Standing, at uptime: Duration) -> Bool {
        now.mark != standing?.mark || uptime - stoodAt >= Tuning.heartbeat
    }

    private mutating func stand(_ now: PlainView.Standing?, at uptime: Duration) {
        (standing, stoodAt) = (now, uptime)
    }

    /// A page that is not the one that was read last. Where what lay over a page is gone, only what has changed there.
    private mutating func another(_ page: PlainPage) -> [String] {
        let before = known
        if let under, under.heading == page.heading, before.isOver(under) {
            (known, self.under) = (under, nil)
            return ["Back on \(page.heading)."] + changes(page)
        }
        let lines = wholePage(page)
        under = known.isOver(before) ? before : nil
        return lines
    }

    /// Read anew from its first line, with numbers from 1.
    private mutating func wholePage(_ page: PlainPage) -> [String] {
        known = Reading(heading: page.heading)
        let lines = lines(page)
        remember(lines)
        return ["", page.heading] + lines + [Self.hint(page)]
    }

    private mutating func changes(_ page: PlainPage) -> [String] {
        let lines = lines(page)
        defer { remember(lines) }
        return lines.filter { !known.lines.contains($0) }
    }

    private mutating func lines(_ page: PlainPage) -> [String] {
        page.lines.map { line in
            switch line {
            case .text(let text): text
            case .item(let item): "\(number(item.identity)). \(item.text)"
            }
        } + page.messages
    }

    private mutating func number(_ identity: String) -> Int {
        if let number = known.numbers[identity] { return number }
        known.lastNumber += 1
        known.numbers[identity] = known.lastNumber
        return known.lastNumber
    }

    private mutating func remember(_ lines: [String]) {
        known.lines = Set(lines)
        known.shapes = Set(lines.map(Self.shape))
    }

    /// The line with every figure alike: two that differ in figures only have the same.
    private static func shape(_ line: String) -> String {
        var shape = ""
        var isFigure = false
        for character in line.unicodeScalars {
            isFigure =
                ("0"..."9").contains(character)
                || isFigure && ".,:-".unicodeScalars.contains(character)
            if !isFigure {
                shape.unicodeScalars.append(character)
            } else if shape.unicodeScalars.last != "0" {
                shape.append("0")
            }
        }
        return shape
    }

    // MARK: Help

    private static func hint(_ page: PlainPage) -> String {
        let back = page.back ?? (page.items.contains { $0.name == "Back" } ? "Back" : nil)
        return "Type a number and Enter\(back.map { "; b: \($0)" } ?? ""); ?: help; q: leave."
    }

    private func help(_ page: PlainPage) -> [String] {
        let all: [String?] = [
            "A number does what stands behind it; for a field its text is asked for then.",
            "A letter in brackets does the same as the number.",
            "A single space empties a field.",
            "b: \(page.back ?? "back")", "r: read this page again",
            "< and >: earlier and later lines of what is longer than a page",
            hasScreen ? "screen: the full screen; F2 leads back here" : nil,
            "q: leave",
        ]
        let notNow = page.notNow.isEmpty ? [] : ["Not now:"] + page.notNow
        return all.compactMap(\.self) + notNow
    }
}

extension PlainTalk.Reading {
    /// Whether it is of what is open over the other one's page.
    fileprivate func isOver(_ other: PlainTalk.Reading) -> Bool {
        guard let heading, let below = other.heading else { return false }
        return heading.hasPrefix(below + ". ")
    }
}
