package import ControlAPI
package import Terminal

extension Wizard {
    /// A page on the pile of those that were gone through.
    package struct Layer: Sendable, Equatable, Codable {
        /// Told apart from every other, so that answers find who asked.
        var id: Int
        package var page: Page
    }

    /// What is open over the page.
    enum Overlay: Sendable, Equatable, Codable {
        case help(Help)
        case log(OpenLog)
        case faults(FaultList)
    }

    package struct Model: Sendable, Equatable, Codable {
        package internal(set) var world: World
        /// The last one is shown; the first is always the hub.
        package internal(set) var layers: [Layer] = []
        var layersMade = 0
        /// Pages that were left with something typed on them.
        var drafts: [Page]
        var overlay: Overlay?
        var note: Toast?
        /// Said of an agent that is there and does not answer, until it does.
        var silentAgent: ControlError?
        /// Never empty.
        let themes: [Theme]
        var theme: String
        /// With T, now or another time; nil where none ever was.
        var chosenTheme: String?
        var zone = Zone.utc
        var tickAt: Duration? = .zero
        /// When the wizard was left last, milliseconds since 1970; nil the first time.
        var lastSeen: Int64?
        var isWelcomed = false
        var saved: SavedState?
        var windowTitle = WindowTitle()
        var bell = NeedBell()
        /// What the bell rang for last.
        var rung: [Need] = []
        /// Whether all that there was on opening has been looked at.
        var isBellArmed = false
        /// The last asking to leave that only said what a second one does.
        var leaveAsking: LeaveAsking?
        /// Whether the mouse is the wizard's; off, it selects text as everywhere in the terminal.
        var isMouseOn: Bool
        /// For a trainee; nil for everybody else.
        package internal(set) var guide: Guide?

        package init(
            me: Asker, saved: SavedState? = nil, host: Host? = nil, guide: Guide? = nil,
            flows: [Flow] = Flow.all, themes: [Theme] = Theme.builtIn,
            preferences: Preferences = Preferences(), isReadOnly: Bool = false
        ) {
            self.guide = guide
            self.themes = themes
            world = World(me: me)
            world.host = host
            world.flows = flows
            world.preferences = preferences
            world.isReadOnly = isReadOnly
            isMouseOn = preferences.hasMouse
            chosenTheme = saved?.theme
            theme = preferences.theme ?? saved?.theme ?? Theme.standard.name
            lastSeen = saved?.lastSeen
            drafts = saved?.drafts ?? []
            push(.hub(MigrationHub()))
            for page in (saved?.pages ?? []).map(\.reopened) {
                if case .hub = page {
                    layers[0].page = page
                } else if !layers.contains(where: { $0.page == page }) {
                    push(page)
                }
            }
        }

        /// The standard one where there is none of that name any more.
        package var shownTheme: Theme { themes.first { $0.name == theme } ?? .standard }

        package var page: Page { layers[layers.count - 1].page }

        /// What is kept for the next time: the pages as they will be opened, and nothing that changes by itself.
        package func kept(at wall: Int64) -> SavedState {
            let all = layers.map(\.page)
            let lasting = all.filter { if case .away = $0 { false } else { true } }
            // Before the agent was heard nothing was seen, and what happened meanwhile only when its page is left.
            let hasSeen = isWelcomed && lasting.count == all.count
            var state = SavedState(
                pages: lasting.map(\.reopened), drafts: drafts,
                lastSeen: hasSeen ? wall : lastSeen, theme: chosenTheme)
            state.uptime = world.moment.uptime
            return state
        }

        mutating func push(_ page: Page) {
            layersMade += 1
            layers.append(Layer(id: layersMade, page: page))
        }

        mutating func say(_ text: String, _ role: Role) -> [Effect] {
            let time = role == .error ? Tuning.errorTime : Tuning.noteTime
            note = Toast(text, role, until: world.moment.uptime + time)
            return []
        }
    }
}
