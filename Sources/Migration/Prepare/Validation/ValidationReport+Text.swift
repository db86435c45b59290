extension ValidationReport {
    /// For a terminal: a line a check with its mark and what was seen, then what to do, indented. Wrapped at `columns` where
    /// words allow it.
    package func text(columns: Int = Tuning.textColumns) -> String {
        checks.map { $0.text(columns: columns) }.joined(separator: "\n")
    }
}

extension ValidationCheck {
    /// Words, not signs: they survive every terminal and every copy.
    private var mark: String {
        switch outcome {
        case .pass: "pass"
        case .warning: "warn"
        case .failure: "FAIL"
        case .unknown: "unknown"
        }
    }

    private var what: String {
        let place = side == .both ? "" : "\(side.rawValue): "
        return place + (seen.isEmpty ? message : "\(message): \(seen)")
    }

    /// What is so, and what to do.
    var sentences: String { what + "." + (remedy.map { " \($0)" } ?? "") }

    package func text(columns: Int = Tuning.textColumns) -> String {
        let width = 9
        let head = mark + String(repeating: " ", count: width - mark.count)
        var lines = wrapped(what, indent: width, columns: columns)
        lines[0] = head + lines[0].dropFirst(width)
        if let remedy { lines += wrapped("-> \(remedy)", indent: width + 2, columns: columns) }
        return lines.joined(separator: "\n")
    }
}

/// Breaks a text at spaces, at least into one line; a word longer than a line stays whole, so that it can be copied.
private func wrapped(_ text: String, indent: Int, columns: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, indent + line.count + 1 + word.count > columns {
            lines.append(margin + line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty || lines.isEmpty { lines.append(margin + line) }
    return lines
}
