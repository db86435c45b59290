package import ControlAPI
package import Terminal

/// The first two steps of the cutover: stop writes, and let the engine finalize. After an attempt that was undone it
/// says so, and leads back.
package struct Cutover: LiveScreen {
    enum Part: Sendable, Hashable, Codable { case confirm, back, finalize, backOut }

    enum Step: Sendable, Hashable, Codable {
        case stopWrites
        /// The agent was asked to begin, and has not begun yet.
        case beginning
        case finalizing
        /// An attempt is over, and the destination was not opened.
        case undone
        /// It ended behind the point of no return, or in a way that cannot be told from that.
        case broken
    }

    package let migration: Identifier
    var wheel = Wheel()
    /// The destination's name as it was typed; nil where the page was not reached by typing it.
    private(set) var confirmedName: String?
    /// Whether it was confirmed that the writes are stopped.
    private(set) var isConfirmed = false
    private var focus = FocusRing<Part>([.confirm, .back, .finalize])
    private var hasAsked = false
    /// The agent has answered that.
    private var isAccepted = false
    private var hasFinalized = false
    /// What was said of an earlier attempt when this one began, and which one that was.
    private var earlierRefusal: String?
    private var earlierAttemptAt: Int64?
    /// Since when the migration has been in sync with nothing begun, by an agent that is heard; uptime.
    private var inSyncSince: Duration?
    /// What was asked for has not begun, and will not.
    private var isForgotten = false
    private(set) var dialog: Modal?

    package init(_ migration: Identifier) { self.migration = migration }

    init(_ migration: Identifier, confirmedName: String) {
        self.migration = migration
        self.confirmedName = confirmedName
    }

    /// Opened again it still says what came of a cutover that was seen here, and nothing can be begun from it; nil where
    /// none was.
    var afterwards: Cutover? {
        guard hasFinalized else { return nil }
        var page = Cutover(migration)
        page.hasFinalized = true
        return page
    }

    package func title(_ world: World) -> String { flow(world).cutover.title }
    package var holdsKeys: Bool { dialog != nil }

    func step(_ live: LiveMigration) -> Step {
        // An engine that is begun anew finds out only later that it has come so far.
        if live.isPastPointOfNoReturn { return live.phase.isFinal ? .broken : .finalizing }
        switch live.phase {
        case .finalizing: return .finalizing
        case .inSync where !hasFinalized && hasAsked:
            return isForgotten || hasAttempted(live) ? .undone : .beginning
        case .inSync where !hasFinalized && confirmedName != nil: return .stopWrites
        case .failed, .paused, .expired, .cancelled:
            // What was asked for may be over before anybody has looked.
            return hasFinalized || hasAsked ? .undone : .stopWrites
        default:
            // An engine that is begun anew goes through all phases: nothing that was never begun is undone by that.
            return hasFinalized || hasAsked || confirmedName == nil ? .undone : .stopWrites
        }
    }

    package mutating func update(_ world: World) -> [Action] {
        guard let live = live(world) else { return [] }
        if live.phase == .complete { return [.replace(.success(Success(migration)))] }
        if live.phase == .finalizing { hasFinalized = true }
        // Whatever has happened meanwhile, nobody has looked at the writes since.
        if live.phase != .inSync || watching(world) != nil { isConfirmed = false }
        lookWhetherItBegins(live, world)
        if step(live) == .stopWrites, let actions = Page.leavingEnded(live) { return actions }
        updateFocus(live)
        guard dialog != nil, let obstacle = obstacleToBackOut(live, world) else {
            return keepWheel(world)
        }
        dialog = nil
        return [.say(obstacle, .warning)] + keepWheel(world)
    }

    private mutating func updateFocus(_ live: LiveMigration) {
        switch step(live) {
        case .stopWrites: focus.update([.confirm, .back, .finalize])
        case .beginning, .finalizing: focus.update([.backOut])
        case .undone, .broken: focus.update([.back])
        }
    }

    /// Whether an attempt was made since this one was asked for.
    private func hasAttempted(_ live: LiveMigration) -> Bool {
        live.cutover.refusal != earlierRefusal || live.cutover.lastAttemptAt != earlierAttemptAt
    }

    /// A wish dies with the agent, and otherwise of age: what is still in sync long after it was asked for was not
    /// begun. While the agent is silent nothing is known of that.
    private mutating func lookWhetherItBegins(_ live: LiveMigration, _ world: World) {
        guard hasAsked, !hasFinalized, live.phase == .inSync, world.silence == nil else {
            inSyncSince = nil
            return
        }
        let since = inSyncSince ?? world.moment.uptime
        inSyncSince = since
        if !world.moment.isWithin(Tuning.beginning, of: since) { isForgotten = true }
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        switch (command, answer) {
        case (.beginCutover, .refused):
            hasAsked = false
            isForgotten = false
            isConfirmed = false
        case (.beginCutover, _): isAccepted = true
        case (.backOut, .refused): break
        case (.backOut, _): isForgotten = hasAsked
        default: break
        }
        if let live = live(world) { updateFocus(live) }
        return refusal(answer, to: command)
    }

    // MARK: Keys

    package func keys(_ world: World) -> KeyMap {
        if let dialog { return dialog.keys(in: world.body) }
        var bindings: [KeyMap.Binding] = []
        if focus.ids.count > 1 { bindings.append(.init(.tab, label: "Next")) }
        switch focus.focused {
        case .confirm: bindings.append(.init(.space, label: "Confirm", takesClicks: false))
        case .finalize:
            let reason = live(world).flatMap { obstacleToFinalize($0, world) }
            let title = flow(world).cutover.finalize
            bindings.append(
                .init(.enter, label: title, reason: reason, takesClicks: false))
        case .backOut:
            let reason = live(world).flatMap { obstacleToBackOut($0, world) }
            bindings.append(.init(.enter, label: "Back out", reason: reason))
        case .back, nil: bindings.append(.init(.enter, label: "Back"))
        }
        bindings.append(.init(.character("h"), label: "Hub"))
        if let reason = live(world).flatMap(whyEnded) { bindings.append(reason.binding) }
        return wheelKeys(world) + KeyMap(bindings)
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        guard let live = live(world) else { return key == .escape ? [.back] : [] }
        if var modal = dialog {
            modal.handle(key, in: world.body)
            dialog = modal.choice == nil ? modal : nil
            return modal.choice == 1 ? [.perform(.backOut(migration))] : []
        }
        if let actions = handleWheel(key, world) { return actions }
        if focus.handle(key) { return [] }
        switch key {
        case .escape: return [.say(Words.escape, .dim)]
        case .character("h"): return [.home]
        case .character("y"): return whyEnded(live)?.actions ?? []
        case .up, .left: focus.move(by: -1)
        case .down, .right: focus.move(by: 1)
        case .enter, .space: return press(key, live, world)
        default: break
        }
        return []
    }

    /// Why the attempt is over; nil while it is not, or for no reason.
    private func whyEnded(_ live: LiveMigration) -> Copied? {
        guard step(live) == .undone || step(live) == .broken else { return nil }
        return live.error.map { Copied($0) } ?? live.cutover.refusal.map { Copied("reason", $0) }
    }

    private mutating func press(
        _ key: Key, _ live: LiveMigration, _ world: World
    ) -> [Action] {
        switch focus.focused {
        case .confirm:
            if let watching = watching(world) { return [.say(watching, .warning)] }
            guard key == .space else { return [.say("Space sets the check mark.", .dim)] }
            isConfirmed.toggle()
            // What came with the check mark was not typed by someone who saw it.
            return [.discardTypeAhead]
        case .back: return leave(live)
        case .finalize: return begin(live, world)
        case .backOut:
            if let obstacle = obstacleToBackOut(live, world) { return [.say(obstacle, .warning)] }
            let source =
                live.cutover.isSourceBlockedByOthers == true
                ? "" : ", and \(live.sourceName) accepts writes again"
            let text =
                "Everything that this cutover has done is undone\(source). Nothing is lost; the clusters "
                + "stay in sync."
            dialog = Modal(
                "Back out", [Run(text)], buttons: [Button("Go on"), Button("Back out")], escape: 0)
        case nil: break
        }
        return []
    }

    private mutating func begin(_ live: LiveMigration, _ world: World) -> [Action] {
        if let obstacle = obstacleToFinalize(live, world) { return [.say(obstacle, .warning)] }
        guard let confirmedName else { return [] }
        hasAsked = true
        isAccepted = false
        earlierRefusal = live.cutover.refusal
        earlierAttemptAt = live.cutover.lastAttemptAt
        inSyncSince = nil
        updateFocus(live)
        // A second Enter is not meant for what stands there now.
        return [
            .perform(.beginCutover(migration, confirmedName: confirmedName)), .discardTypeAhead,
        ]
    }

    /// To the page before, where the name has to be typed again if an attempt was made; to the migration's page from
    /// where that page was not.
    private func leave(_ live: LiveMigration) -> [Action] {
        guard let confirmedName, live.phase == .inSync else {
            return [.replace(.migrating(MigratingData(migration)))]
        }
        let typed = hasAsked ? "" : confirmedName
        return [.replace(.proceed(ProceedToCutover(migration, typed: typed)))]
    }

    // MARK: What stands before it

    private func obstacleToFinalize(_ live: LiveMigration, _ world: World) -> String? {
        if let watching = watching(world) { return watching }
        if let reason = Words.notReady(live) ?? world.host?.obstacleToCutOver { return reason }
        guard confirmedName == live.destinationName else {
            return "First type the name \(live.destinationName) on the page before."
        }
        return isConfirmed ? nil : "First stop the writes to your source cluster, and confirm it."
    }

    /// A doubt about what was confirmed; the engine has the last word, or the program around the wizard.
    private func doubt(_ live: LiveMigration, _ world: World) -> String? {
        guard isConfirmed else { return nil }
        if let obstacle = world.host?.obstacleToCutOver { return obstacle }
        guard live.cutover.sourceWrites?.contains(where: { $0.count > 0 }) == true
        else { return nil }
        return "lagzero still sees writes: have all applications stopped?"
    }

    private func obstacleToBackOut(_ live: LiveMigration, _ world: World) -> String? {
        if let watching = watching(world) { return watching }
        if live.isPastPointOfNoReturn {
            let state = live.isDestinationOpen ? "accepts writes" : "is the cluster to use"
            return "\(live.destinationName) \(state): \(Words.onlyForward)."
        }
        let isPossible: Bool
        switch step(live) {
        // Requests may overtake each other.
        case .beginning: isPossible = isAccepted
        case .finalizing: isPossible = live.cutover.isBackOutPossible
        case .stopWrites, .undone, .broken: return Words.phase(live)
        }
        return isPossible ? nil : "It cannot be backed out of at this moment."
    }

    // MARK: Drawing

    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        guard let live = live(world) else {
            return canvas.put(" " + Words.unknownMigration, in: body, .dim)
        }
        let step = step(live)
        CutoverView.drawSteps(flow(world).cutover, step.marks, in: body.line(0), on: &canvas)
        let isRoomy = body.rows >= 16
        let (foot, above) = body.top(isRoomy ? 2 : 1).rest.bottom(isRoomy ? 2 : 1)
        var notices = [wheelNotice(world)].compactMap(\.self)
        if step == .finalizing {
            notices += [CutoverView.longCutover(live, world)].compactMap(\.self)
                .map { Notice(.warning, $0) }
            notices += live.waitingFor.map { Notice(.warning, "Waiting for \($0)") }
        }
        let isFinalizing = step == .beginning || step == .finalizing
        // Below the steps, which are more than that.
        if isFinalizing, live.setup.verify == .off, above.rows > CutoverView.stepRows {
            notices.append(Notice(.warning, flow(world).verification.hint))
        }
        let lines = Notice.lines(notices, columns: body.columns, canvas.glyphs)
        let (notice, rest) = above.bottom(lines.count)
        for (row, line) in lines.enumerated() { canvas.put(line, in: notice.line(row)) }
        switch step {
        case .stopWrites:
            CutoverView.drawWrites(flow(world).cutover, live, in: rest, on: &canvas)
            let box = Rect(1, rest.row + (isRoomy ? 7 : 5), rest.columns - 1, 1)
            CheckBox(flow(world).cutover.stopped, isOn: isConfirmed).draw(
                in: box, isFocused: focus.isFocused(.confirm), on: &canvas)
            // The check mark is set with the keyboard.
            canvas.offer(focus, .confirm, in: box)
            if let reason = Words.notReady(live) ?? doubt(live, world) ?? Words.violations(live) {
                let row = rest.row + (isRoomy ? 9 : 6)
                canvas.put(" " + reason, in: Rect(0, row, rest.columns, 1), .warning)
            }
        case .beginning, .finalizing:
            CutoverView.drawEngineSteps(live, world, in: rest, on: &canvas)
        case .undone:
            let hasBegun = hasFinalized || !isForgotten || hasAttempted(live)
            CutoverView.drawUndone(live, hasBegun: hasBegun, in: rest, on: &canvas)
        case .broken: CutoverView.drawBroken(live, in: rest, on: &canvas)
        }
        drawFoot(live, step, world, in: foot.line(foot.rows - 1), on: &canvas)
        dialog?.draw(in: body, on: &canvas)
    }

    private func drawFoot(
        _ live: LiveMigration, _ step: Step, _ world: World, in rect: Rect,
        on canvas: inout Canvas
    ) {
        let place = Rect(1, rect.row, rect.columns - 2, rect.rows)
        var buttons: [(part: Part, button: Button)] = []
        for part in focus.ids where part != .confirm {
            switch part {
            case .back, .confirm: buttons.append((part, Button("Back")))
            case .finalize:
                let isFree = obstacleToFinalize(live, world) == nil
                var button = Button(
                    flow(world).cutover.finalize, isFree ? .ready : .grey(reason: ""))
                button.takesClicks = false
                buttons.append((part, button))
            case .backOut:
                let isFree = obstacleToBackOut(live, world) == nil
                buttons.append((part, Button("Back out", isFree ? .normal : .grey(reason: ""))))
            }
        }
        Button.drawRow(buttons, focus, isFocused: dialog == nil, in: place, on: &canvas)
        guard step == .beginning || step == .finalizing else { return }
        let taken = buttons.reduce(1) { $0 + $1.button.columns + 2 }
        let free = Rect(1, rect.row, max(0, rect.columns - taken - 1), rect.rows)
        let label = flow(world).cutover.downtime
        let downtime = Times.span(live.cutover.downtimeSeconds)
        canvas.put(
            [Run(label + "  ", .label), Run(downtime, Style(.text, .bold))], in: free)
        let room = free.columns - Width.of("\(label)  \(downtime)") - 2
        if live.isPastPointOfNoReturn, Width.of(Words.onlyForward) <= room {
            canvas.put(Words.onlyForward, in: free, .dim, alignment: .right)
        }
    }
}

extension Cutover.Step {
    /// On the line of the three steps.
    fileprivate var marks: [Stepper.State] {
        switch self {
        case .stopWrites: [.current, .waiting, .waiting]
        case .beginning, .finalizing: [.done, .current, .waiting]
        case .undone: [.stale, .warning, .waiting]
        case .broken: [.done, .failed, .waiting]
        }
    }
}
