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
        /// In the place of the title where no other step has room; nil where it is the same.
        package var alone: String?

        package init(_ title: String, _ state: State, alone: String? = nil) {
            self.title = title
            self.state = state
            self.alone = alone
        }
    }

    package var steps: [Step]
    /// Index of the one that is shown; its title stands out.
    package var current: Int

    /// Without `current` it is the first that is not done.
    package init(_ steps: [Step], current: Int? = nil) {
        self.steps = steps
        self.current =
            current ?? steps.firstIndex { $0.state != .done } ?? max(0, steps.count - 1)
    }

    package mutating func handle(_ key: Key) -> Bool { false }

    /// Where the line is too short for all, `Step 3/6 ▶ Validate`, and what is stale.
    package func draw(in rect: Rect, isFocused: Bool = false, on canvas: inout Canvas) {
        let all = Array(
            steps.indices.map { runs($0, steps[$0].title, canvas.glyphs) }.joined(separator: [" "]))
        if all.reduce(0, { $0 + Width.of($1.text) }) <= rect.columns {
            return canvas.put(all, in: rect)
        }
        var some = [Run("Step \(current + 1)/\(steps.count) ", .dim)]
        for index in steps.indices where index == current || steps[index].state == .stale {
            let step = steps[index]
            let title = index == current ? step.alone ?? step.title : step.title
            some += (index == current ? [] : ["   "]) + runs(index, title, canvas.glyphs)
        }
        canvas.put(some, in: rect)
    }

    private func runs(_ index: Int, _ title: String, _ glyphs: Glyphs) -> [Run] {
        let state = steps[index].state
        let style = index == current ? Style(state.style.role, .bold) : state.style
        return [Run(glyphs.mark(state) + " ", state.style), Run(title, style)]
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
