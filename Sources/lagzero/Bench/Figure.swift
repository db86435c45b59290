/// A measured value beside the most that it may be.
struct Figure: Hashable, Sendable {
    enum Unit: Hashable, Sendable {
        case ratio, seconds, milliseconds, bytes, megabytes, percent, perSecond
    }

    let name: String
    let measured: Double
    /// Nil where the value is only to be known.
    let limit: Double?
    let unit: Unit
    /// What the value was made of.
    var note = ""
    /// The same of the table's peers; nil where one has nothing like it, or is not there.
    var peers: [Double?] = []

    var hasPassed: Bool { limit.map { measured <= $0 } ?? true }

    fileprivate var verdict: String {
        if limit == nil { return "" }
        return hasPassed ? "pass" : "FAIL"
    }

    fileprivate func text(_ value: Double?) -> String {
        guard let value else { return "" }
        return switch unit {
        case .ratio: Units.fixed(value, 2)
        case .seconds: Units.fixed(value, 2) + " s"
        case .milliseconds: Units.fixed(value, value < 10 ? 2 : 0) + " ms"
        case .bytes: Units.count(Int(value.rounded())) + " B"
        case .megabytes: Units.fixed(value, 0) + " MB"
        case .percent: Units.fixed(value, 2) + " %"
        case .perSecond: Units.fixed(value, 1) + "/s"
        }
    }
}

/// The figures of one run.
struct FigureTable: Sendable {
    var figures: [Figure] = []
    /// Names of other programs that the same was measured on.
    var peers: [String] = []

    var hasPassed: Bool { figures.allSatisfy(\.hasPassed) }

    /// A Markdown table with aligned columns.
    var markdown: String {
        let head = ["figure", "measured", "at most", ""] + peers + ["made of"]
        let rows = figures.map { figure in
            [figure.name, figure.text(figure.measured), figure.text(figure.limit), figure.verdict]
                + peers.indices.map {
                    figure.text(figure.peers.indices.contains($0) ? figure.peers[$0] : nil)
                }
                + [figure.note]
        }
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = line(widths.map { String(repeating: "-", count: max($0, 3)) }.map { $0 })
        return ([line(head), rule] + rows.map(line)).joined(separator: "\n")
    }
}
