internal import ControlAPI
internal import Terminal

/// Carries out what pages want done.
extension Wizard.Model {
    /// `layer` is the one of the page that wants it. Only the page that is shown leads to another one, and where it
    /// leads several steps at once, they are taken one after the other.
    mutating func carryOut(
        _ actions: [Action], of layer: Int, arrivals: Int = 0
    ) -> [Wizard.Effect] {
        var effects: [Wizard.Effect] = []
        var shown = layer
        for action in actions {
            switch action {
            case .perform(let command):
                guard !world.isReadOnly || command.isQuestion else { continue }
                effects.append(.command(command, from: layer))
            case .say(let text, let role): effects += say(text, role)
            case .bell: effects.append(.terminal(.bell))
            case .keepWheel(let id): world.requests[id]?.isRefused = true
            case .copy(let text): effects.append(.terminal(.copy(text)))
            case .discardTypeAhead: effects.append(.terminal(.discardTypeAhead))
            case .detach: effects += detach()
            case .open, .replace, .back, .home:
                guard layers.last?.id == shown, arrivals < Tuning.arrivals else { continue }
                go(action)
                let last = layers.count - 1
                guard layers[last].id != shown else { continue }
                effects += carryOut(
                    layers[last].page.screen.update(world), of: layers[last].id,
                    arrivals: arrivals + 1)
                shown = layers[layers.count - 1].id
            }
        }
        return effects
    }

    /// The hub stays at the bottom, whatever is asked.
    private mutating func go(_ action: Action) {
        overlay = nil
        switch action {
        case .open(let page): push(page.takingUp(draft(of: page)))
        case .replace(let page):
            if layers.count > 1 { pop() }
            push(page.takingUp(draft(of: page)))
        case .back: if layers.count > 1 { pop() }
        case .home: while layers.count > 1 { pop() }
        default: break
        }
    }

    private mutating func pop() {
        let page = layers.removeLast().page
        guard page.isDraft else { return }
        drafts.removeAll { $0.isSamePlace(as: page, world) }
        drafts.append(page)
    }

    /// The page as it was left the last time.
    private func draft(of page: Page) -> Page? {
        page.isDraft ? drafts.last { $0.isSamePlace(as: page, world) } : nil
    }
}
