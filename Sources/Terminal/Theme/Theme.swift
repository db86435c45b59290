internal import Foundation
internal import Yams

/// How the roles look: for 256 colours, for 16 and without any.
package struct Theme: Sendable, Hashable, Codable {
    package let name: String
    let looks: [Role: Look]

    /// Reads a theme file. Throws a `ThemeError` that names the line of the file to change.
    package init(yaml: String) throws {
        let file: ThemeFile
        do {
            file = try YAMLDecoder().decode(ThemeFile.self, from: yaml)
        } catch {
            throw ThemeError("The theme cannot be read: \(error)")
        }
        var looks: [Role: Look] = [:]
        for (key, entry) in file.roles {
            guard let role = Role(rawValue: key) else {
                throw ThemeError("The theme \(file.name) has a role \(key) that does not exist")
            }
            looks[role] = Look(
                full: try Paint(entry.full), basic: try Paint(entry.basic),
                mono: try Paint(entry.mono))
        }
        name = file.name
        self.looks = looks
    }

    /// Reads a theme file of the user's. Throws a `ThemeError`; blocks while it reads.
    package init(path: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ThemeError("The theme file \(path) cannot be read: \(error.localizedDescription)")
        }
        try self.init(yaml: text)
    }

    /// The themes that are in the program itself.
    package static let builtIn: [Theme] = EmbeddedThemes.all.map { text in
        guard let theme = try? Theme(yaml: text) else {
            fatalError("A theme of the program is broken")
        }
        return theme
    }

    /// The theme used when none is asked for.
    package static var standard: Theme { builtIn[0] }

    /// What a style looks like on a terminal with so many colours; a role that the theme does not name looks like
    /// text.
    func paint(_ style: Style, colours: Int) -> Paint {
        let look = looks[style.role] ?? looks[.text]
        var paint =
            (colours >= 256 ? look?.full : colours >= 8 ? look?.basic : look?.mono) ?? Paint()
        if colours < 8 { paint = Paint(attributes: paint.attributes) }
        if colours < 16 { paint = paint.withoutBrightColours }
        var added = style.attributes
        // It may be shown as another, brighter colour there, which may not be readable on this background.
        if colours < 256, (0..<8).contains(paint.foreground), !paint.attributes.contains(.bold) {
            added.remove(.bold)
        }
        paint.attributes.formUnion(added)
        return paint
    }

    struct Look: Sendable, Hashable, Codable {
        var full: Paint
        var basic: Paint
        var mono: Paint
    }
}

/// What is wrong with a theme file, for its author.
package struct ThemeError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

private struct ThemeFile: Decodable {
    let name: String
    let roles: [String: Entry]

    struct Entry: Decodable {
        let full: String
        let basic: String
        let mono: String

        enum CodingKeys: String, CodingKey {
            case full = "256"
            case basic = "16"
            case mono
        }
    }
}
