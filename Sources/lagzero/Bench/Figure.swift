/// A measured value beside the most that it may be.
struct Figure: Hashable, Sendable {
    enum Unit: Hashable, Sendable {
        case ratio, seconds, megabytes
    }

    let name: String
    let measured: Double
    let limit: Double
    let unit: Unit
    /// What the value was made of.
    var note = ""

    var hasPassed: Bool { measured <= limit }

    fileprivate func text(_ value: Double) -> String {
        switch unit {
        case .ratio: Units.fixed(value, 2)
        case .seconds: Units.fixed(value, 2) + " s"
        case .megabytes: Units.fixed(value, 0) + " MB"
        }
    }
}

/// The figures of one run.
struct FigureTable: Sendable {
    var figures: [Figure] = []

    var hasPassed: Bool { figures.allSatisfy(\.hasPassed) }

    /// A Markdown table with aligned columns.
    var markdown: String {
        let head = ["figure", "measured", "at most", "", "made of"]
        let rows = figures.map {
            [
                $0.name, $0.text($0.measured), $0.text($0.limit), $0.hasPassed ? "pass" : "FAIL",
                $0.note,
            ]
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
