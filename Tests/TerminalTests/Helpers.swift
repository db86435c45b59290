import Foundation
import Terminal

enum JSON {
    static func encode(_ value: some Encodable) throws -> Data { try JSONEncoder().encode(value) }

    static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }
}

extension Widget {
    /// The widget's text on a canvas of that size.
    func lines(_ columns: Int, _ rows: Int, glyphs: Glyphs = .unicode) -> [String] {
        drawn(columns, rows, glyphs: glyphs).lines
    }

    func drawn(_ columns: Int, _ rows: Int, glyphs: Glyphs = .unicode) -> Canvas {
        var canvas = Canvas(Size(columns, rows), glyphs: glyphs)
        draw(in: canvas.bounds, isFocused: true, on: &canvas)
        return canvas
    }

    mutating func press(_ keys: Key...) { for key in keys { _ = handle(key) } }

    mutating func type(_ text: String) {
        for character in text { _ = handle(.character(character)) }
    }
}
