import ControlAPI
import Foundation
import Terminal

@testable import Wizard

/// Flows that are no product's: every text of `Flow.fromAtlas` with other letters, as wide as before, so that a page
/// that does not ask its flow for a text is found by it.
extension Flow {
    static var other: Flow {
        guard let data = try? JSONEncoder().encode(fromAtlas),
            let tree = try? JSONSerialization.jsonObject(with: data),
            let bytes = try? JSONSerialization.data(withJSONObject: turned(tree)),
            var flow = try? JSONDecoder().decode(Flow.self, from: bytes)
        else { preconditionFailure("a flow is data") }
        flow.id = "other"
        flow.timer.hours = 72
        flow.timer.extensionHours = 12
        return flow
    }

    /// Without *Review & Confirm*, with the settings in another order and one of them left out.
    static var short: Flow {
        var flow = other
        flow.id = "short"
        flow.steps.removeAll { $0.stage == .review }
        flow.setUp.fields.removeAll { $0.part == .verify }
        flow.setUp.fields.swapAt(5, 6)
        return flow
    }

    /// Every text, by the way to it.
    var texts: [String: String] {
        guard let data = try? JSONEncoder().encode(self),
            let tree = try? JSONSerialization.jsonObject(with: data)
        else { return [:] }
        return Self.texts(tree, "")
    }

    private static let names: Set = ["id", "stage", "part"]

    private static func texts(_ tree: Any, _ path: String) -> [String: String] {
        switch tree {
        case let text as String: return [path: text]
        case let list as [Any]:
            return list.enumerated().reduce(into: [:]) { texts, item in
                texts.merge(Self.texts(item.element, "\(path)[\(item.offset)]")) { $1 }
            }
        case let parts as [String: Any]:
            return parts.filter { !names.contains($0.key) }.reduce(into: [:]) { texts, part in
                texts.merge(Self.texts(part.value, "\(path).\(part.key)")) { $1 }
            }
        default: return [:]
        }
    }

    private static func turned(_ tree: Any) -> Any {
        switch tree {
        case let text as String: turned(text)
        case let list as [Any]: list.map { turned($0) }
        case let parts as [String: Any]:
            Dictionary(
                uniqueKeysWithValues: parts.map { key, value in
                    (key, names.contains(key) ? value : turned(value))
                })
        default: tree
        }
    }

    /// Each letter the one 13 places on; gaps stay.
    private static func turned(_ text: String) -> String {
        var isGap = false
        return String(
            text.map { character in
                if character == "{" || character == "}" { isGap = character == "{" }
                guard !isGap, character.isASCII, character.isLetter,
                    let ascii = character.asciiValue
                else { return character }
                let first: UInt8 = character.isLowercase ? 97 : 65
                return Character(UnicodeScalar(first + (ascii - first + 13) % 26))
            })
    }
}
