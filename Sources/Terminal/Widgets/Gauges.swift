/// A bar with its percentage. Nil draws the bar empty and no number: what is not known is never 0.
package struct ProgressBar: Widget {
    /// 0...1.
    package var fraction: Double?

    package init(_ fraction: Double? = nil) { self.fraction = fraction }

    package mutating func handle(_ key: Key) -> Bool { false }

    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        let rect = rect.line(0)
        let bar = rect.left(rect.columns - 5).0
        let fraction = fraction.map { $0.isNaN ? 0 : min(1, max(0, $0)) }
        // Full only when it is all done.
        let done = fraction.map { Int(Double(bar.columns) * $0) } ?? 0
        canvas.fill(bar, Style(.track), with: canvas.glyphs.track)
        canvas.fill(bar.left(done).0, Style(.progress), with: canvas.glyphs.full)
        let percent = fraction.map { "\(Int($0 * 100)) %" } ?? "-"
        canvas.put(
            percent, in: Rect(bar.endColumn, rect.row, rect.endColumn - bar.endColumn, rect.rows),
            alignment: .right)
    }
}

/// The last values as heights, the newest at the right end; nil leaves a gap.
package struct Sparkline: Widget {
    package var values: [Double?]
    /// The value of the full height; nil takes the largest shown.
    package var maximum: Double?
    /// From there on the values are drawn as warnings.
    package var threshold: Double?

    package init(_ values: [Double?] = [], maximum: Double? = nil, threshold: Double? = nil) {
        self.values = values
        self.maximum = maximum
        self.threshold = threshold
    }

    package mutating func handle(_ key: Key) -> Bool { false }

    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        let rect = rect.line(0)
        let shown = values.suffix(rect.columns)
        let top = maximum ?? shown.compactMap { $0 }.max() ?? 0
        let heights = canvas.glyphs.heights
        for (index, value) in shown.enumerated() {
            guard let value, value.isFinite else { continue }
            let share = top > 0 ? min(1, max(0, value / top)) : 0
            let height = heights[Int((share * Double(heights.count - 1)).rounded())]
            let isHigh = threshold.map { value >= $0 } ?? false
            let column = rect.endColumn - shown.count + index
            canvas.put(height, at: Point(column, rect.row), isHigh ? .warning : .accent)
        }
    }
}

/// Time that is left, or that has passed: `4 d 23:58:11`.
package struct Countdown: Widget {
    /// Nil is not known.
    package var remaining: Duration?
    /// From there on it is drawn as a warning, and as an error.
    package var warning: Duration?
    package var error: Duration?

    package init(_ remaining: Duration? = nil, warning: Duration? = nil, error: Duration? = nil) {
        self.remaining = remaining
        self.warning = warning
        self.error = error
    }

    package mutating func handle(_ key: Key) -> Bool { false }

    package var text: String { remaining.map(Countdown.text) ?? "-" }

    package var style: Style {
        guard let remaining else { return .dim }
        if let error, remaining <= error { return .error }
        if let warning, remaining <= warning { return .warning }
        return .text
    }

    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        canvas.put(text, in: rect, style)
    }

    /// `00:00:07`, `4 d 23:58:11`; never negative.
    package static func text(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        let parts = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
        let clock = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return seconds >= 86_400 ? "\(seconds / 86_400) d \(clock)" : clock
    }
}
