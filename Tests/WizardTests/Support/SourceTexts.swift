import Foundation

/// What stands between the quotes of Swift sources, without the gaps: parts of more than one word.
struct SourceTexts {
    struct Part {
        /// File and line.
        var place: String
        /// With one space between two words.
        var text: String
    }

    private(set) var parts: [Part] = []

    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    /// `path`: of a folder, from the root of the repository.
    static func all(in path: String) throws -> [Part] {
        let folder = StoredTexts.root.appending(path: path)
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
            .flatMap { file in
                SourceTexts(file.lastPathComponent, try Data(contentsOf: file)).parts
            }
    }

    init(_ file: String, _ source: some Sequence<UInt8>) {
        self.file = file
        bytes = Array(source)
        scanCode()
    }

    /// Words with one space between two; the lines around boxes are none.
    static func words(_ text: some StringProtocol) -> String {
        text.split { $0.isWhitespace || "│┌┐└┘─".contains($0) }.joined(separator: " ")
    }

    /// So far behind the index.
    private func byte(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < bytes.count ? Unicode.Scalar(bytes[index + offset]) : nil
    }

    private mutating func skip(_ count: Int = 1) {
        for _ in 0..<count {
            if byte() == "\n" { line += 1 }
            index += 1
        }
    }

    /// Up to the end, or to the parenthesis that ends a gap.
    private mutating func scanCode() {
        var depth = 0
        while let byte = byte() {
            switch byte {
            case "\"":
                // Nobody is shown why a program ends that is wrong.
                let isShown = !bytes[..<index].suffix(8).elementsEqual("Failure(".utf8)
                let count = parts.count
                scanLiteral(quotes: self.byte(1) == "\"" && self.byte(2) == "\"" ? 3 : 1)
                if !isShown { parts.removeSubrange(count...) }
            case "/" where self.byte(1) == "/": while self.byte() ?? "\n" != "\n" { skip() }
            case "(":
                depth += 1
                skip()
            case ")":
                depth -= 1
                if depth < 0 { return }
                skip()
            default: skip()
            }
        }
    }

    private mutating func scanLiteral(quotes: Int) {
        skip(quotes)
        var part: [UInt8] = []
        while let byte = byte() {
            if byte == "\"", quotes == 1 || self.byte(1) == "\"" && self.byte(2) == "\"" { break }
            if byte == "\\", let next = self.byte(1) {
                if next == "(" || next == "n" { take(&part) } else { part.append(bytes[index + 1]) }
                skip(2)
                if next == "(" {
                    scanCode()
                    skip()
                }
            } else {
                part.append(bytes[index])
                skip()
            }
        }
        take(&part)
        skip(quotes)
    }

    private mutating func take(_ part: inout [UInt8]) {
        let text = Self.words(String(decoding: part, as: UTF8.self))
            .trimmingCharacters(in: CharacterSet(charactersIn: " .,:;"))
        if text.contains(" "), text.contains(where: \.isLetter) {
            parts.append(Part(place: "\(file):\(line)", text: text))
        }
        part = []
    }
}
