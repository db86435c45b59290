/// The steps of a flow on one line: `✔ Set up ▶ Validate ○ Migrating Data`.
package struct Stepper: Widget {
    package enum State: String, Sendable, Hashable, Codable {
        case done, current, waiting, failed, warning
        /// Done, but something before it was changed since.
        case stale
    }

    package struct Step: Sendable, Hashable, Codable {
        package var title: String
        package var state: State

        package init(_ title: String, _ state: State) {
            self.title = title
            self.state = state
        }
    }

    package var steps: [Step]

    package init(_ steps: [Step]) { self.steps = steps }

    package mutating func handle(_ key: Key) -> Bool { false }

    /// Where the line is too short for all, `Step 3/6 Validate`.
    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        var runs: [Run] = []
        for step in steps {
            if !runs.isEmpty { runs.append(" ") }
            runs += [
                Run(canvas.glyphs.mark(step.state) + " ", step.state.style),
                Run(step.title, step.state == .current ? Style(.accent, .bold) : step.state.style),
            ]
        }
        if runs.reduce(0, { $0 + Width.of($1.text) }) <= rect.columns {
            canvas.put(runs, in: rect)
        } else if let index = steps.firstIndex(where: { $0.state != .done }) ?? steps.indices.last {
            canvas.put(
                [
                    Run("Step \(index + 1)/\(steps.count) ", .dim),
                    Run(canvas.glyphs.mark(steps[index].state) + " ", steps[index].state.style),
                    Run(steps[index].title, Style(.accent, .bold)),
                ], in: rect)
        }
    }
}

extension Stepper.State {
    package var style: Style {
        switch self {
        case .done: .ok
        case .current: .accent
        case .waiting: .dim
        case .failed: .error
        case .warning, .stale: .warning
        }
    }
}

extension Glyphs {
    package func mark(_ state: Stepper.State) -> String {
        switch state {
        case .done: done
        case .current: current
        case .waiting: waiting
        case .failed: failed
        case .warning: warning
        case .stale: stale
        }
    }
}
