package import ControlAPI
package import Terminal

/// *Migration Hub*: the migrations, the ways to begin one, and the clusters.
///
/// One cursor goes through all of them, and one search. It is first on the newest migration that goes on, else on the first card.
package struct MigrationHub: Screen {
    enum Item: Sendable, Hashable, Codable {
        case migration(Identifier)
        /// Of a flow, by its name; what was kept before there were names has none.
        case card(String?)
        case cluster(Identifier)
    }

    /// Where the cursor was put; what is gone by now is not followed.
    private var chosen: Item?
    private var list = ListView()
    private var dialog: ClusterDialog?
    /// Dialogs that were left with something typed in them: one at most for each cluster, and one to add one.
    private var left: [ClusterDialog] = []
    private var removal: Removal?
    private var details: ClusterDetails?

    private struct Removal: Sendable, Equatable {
        var cluster: Identifier
        var modal: Modal
    }

    private enum CodingKeys: CodingKey { case chosen, dialog, left }

    package init() {}

    /// What an older version has not kept is not there.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        chosen = try values.decodeIfPresent(Item.self, forKey: .chosen)
        dialog = (try? values.decodeIfPresent(ClusterDialog.self, forKey: .dialog)) ?? nil
        left = (try? values.decodeIfPresent([ClusterDialog].self, forKey: .left)) ?? nil ?? []
    }

    package func title(_ world: World) -> String { "Migration Hub" }
    package var holdsKeys: Bool {
        dialog != nil || removal != nil || details != nil || list.search.isTyping
    }

    /// As it is opened again another day: with what was typed, but for secrets.
    var reopened: MigrationHub {
        var hub = MigrationHub()
        hub.chosen = chosen
        hub.dialog = dialog?.withoutSecrets
        hub.left = left.map(\.withoutSecrets)
        return hub
    }

    /// The dialog of that cluster, nil for a new one, as it was left; not one that the agent is at work on.
    private func left(of cluster: Identifier?) -> ClusterDialog? {
        left.last { $0.cluster == cluster && $0.saving == nil }
    }

    package func subject(_ world: World) -> Identifier? {
        if case .migration(let id) = selected(world) { id } else { nil }
    }

    package func keys(_ world: World) -> KeyMap {
        if let dialog { return dialog.keys }
        if let removal { return removal.modal.keys(in: world.body) }
        if let details { return details.dialog.keys(in: world.body) }
        let search = list.search.keys(next: "Next match", previous: "Previous match")
        if list.search.isTyping { return search }
        let isCluster = if case .cluster = selected(world) { true } else { false }
        let reason = isCluster ? nil : "choose a cluster"
        let open = KeyMap([
            .init(.enter, label: isCluster ? "Show" : "Open"),
            .init(
                .up, .down, .character("k"), .character("j"), label: "Move", isInFooter: false),
            .init(.tab, label: "Next part", isInFooter: false),
        ])
        let copy = KeyMap([copied(world)?.binding].compactMap(\.self))
        if world.isReadOnly { return open + search + copy }
        return open
            + KeyMap([
                .init(.character("a"), label: "Add a cluster", group: "Clusters"),
                .init(.character("e"), label: "Edit", group: "Clusters", reason: reason),
                .init(.character("t"), label: "Test", group: "Clusters", reason: reason),
                .init(.character("r"), label: "Remove", group: "Clusters", reason: reason),
            ]) + search + copy
    }

    package mutating func handle(_ key: Key, _ world: World) -> [Action] {
        if dialog != nil { return handleDialog(key) }
        if removal != nil { return handleRemoval(key, world) }
        if let actions = details?.handle(key, world) {
            if details?.dialog.isClosed == true { details = nil }
            return actions
        }
        if handleList(key, world) { return [] }
        switch key {
        case .tab: nextPart(by: 1, world)
        case .backTab: nextPart(by: -1, world)
        case .enter: return open(world)
        case .character("y"): return copied(world)?.actions ?? []
        case _ where world.isReadOnly: break
        case .character("a"): dialog = left(of: nil) ?? ClusterDialog(beside: world.snapshot)
        case .character("e"): return edit(world)
        case .character("t"): return test(world)
        case .character("r"): return remove(world)
        default: break
        }
        return []
    }

    package mutating func update(_ world: World) -> [Action] {
        if details?.update(world) == false { details = nil }
        if world.snapshot != nil { left.removeAll { !$0.isOf(world) } }
        return []
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        // A dialog that was opened since waits for another answer, or for none.
        let isOfDialog = dialog?.saving == command
        switch (command, answer) {
        case (_, .refused(let error)) where isOfDialog: dialog?.refuse(error)
        case (.add, .cluster(let cluster)):
            if isOfDialog { (dialog, chosen) = (nil, .cluster(cluster.id)) }
            left.removeAll { $0.saving == command }
            return [said(of: cluster, "Added \(cluster.name).")]
        case (.editCluster, .cluster(let cluster)):
            if isOfDialog { dialog = nil }
            left.removeAll { $0.saving == command }
            return [said(of: cluster, "Saved. It answers.")]
        case (.add, .refused(let error)), (.editCluster, .refused(let error)):
            for index in left.indices where left[index].saving == command {
                left[index].refuse(error)
            }
            return [.say(Words.error(error), .error)]
        case (_, .refused(let error)): return [.say(Words.error(error), .error)]
        case (.testCluster, .cluster(let cluster)): return [said(of: cluster, "It answers.")]
        case (.removeCluster, .done): return [.say("The cluster was removed.", .ok)]
        default: break
        }
        return []
    }

    /// By what the answer says: the news of it may come later.
    private func said(of cluster: Cluster, _ good: String) -> Action {
        let notice = Words.reached(cluster, good)
        return .say(notice.text, notice.role)
    }

    private mutating func handleDialog(_ key: Key) -> [Action] {
        let command = dialog?.handle(key)
        if let closed = dialog, let ending = closed.ending {
            dialog = nil
            left.removeAll { $0.cluster == closed.cluster }
            if ending == .left, closed.hasEntries { left.append(closed.withoutSecrets) }
        }
        return command.map { [.perform($0)] } ?? []
    }

    // MARK: The cursor

    func items(_ world: World) -> [Item] {
        let all = world.snapshot?.migrations ?? []
        return migrations(world).map { .migration(all[$0].id) } + world.offers.map { .card($0.id) }
            + (world.snapshot?.clusters ?? []).map { .cluster($0.id) }
    }

    /// Those that go on before those that are over, the newest first: where they are in the snapshot, since there may
    /// be thousands, and a migration is much to copy.
    func migrations(_ world: World) -> [Int] {
        let all = world.snapshot?.migrations ?? []
        let newestFirst = all.indices.reversed()
        return newestFirst.filter { !all[$0].phase.isFinal }
            + newestFirst.filter { all[$0].phase.isFinal }
    }

    func selected(_ world: World) -> Item? {
        if let chosen, isThere(chosen, world) { return chosen }
        let newest = world.snapshot?.migrations.last { !$0.phase.isFinal }
        return newest.map { .migration($0.id) } ?? world.offers.first.map { .card($0.id) }
            ?? items(world).first
    }

    private func isThere(_ item: Item, _ world: World) -> Bool {
        switch item {
        case .migration(let id): world.migration(id) != nil
        case .card(let id): world.offers.contains { $0.id == id }
        case .cluster(let id): world.cluster(id) != nil
        }
    }

    /// True for a key that moves the cursor, or is of the search.
    private mutating func handleList(_ key: Key, _ world: World) -> Bool {
        let rows = HubList(self, world)
        var cursor = selected(world).flatMap(rows.index)
        guard list.handle(key, rows, cursor: &cursor, page: world.body.rows / 2) else {
            return false
        }
        if let cursor { chosen = rows.item(cursor) }
        return true
    }

    /// To the first item of the next part, round and round.
    private mutating func nextPart(by step: Int, _ world: World) {
        let items = items(world)
        let firsts = items.indices.filter { $0 == 0 || items[$0].part != items[$0 - 1].part }
        guard let index = selected(world).flatMap({ items.firstIndex(of: $0) }),
            let part = firsts.lastIndex(where: { $0 <= index })
        else { return }
        chosen = items[firsts[(part + step + firsts.count) % firsts.count]]
    }

    // MARK: What Enter and the letters do

    private mutating func open(_ world: World) -> [Action] {
        switch selected(world) {
        case .migration(let id):
            guard let migration = world.migration(id) else { return [] }
            guard let page = Page.showing(migration) else {
                return [
                    .say("It was given up and left nothing to be done. l shows its log.", .text)
                ]
            }
            return [.open(page)]
        case .card(let id): return [.open(.beginning(of: world.flow(id)))]
        case .cluster(let id):
            details = world.cluster(id).map { ClusterDetails($0, world) }
            return []
        case nil: return []
        }
    }

    /// Of what the cursor is on: where a cluster is, what went wrong with a migration, or which it is.
    private func copied(_ world: World) -> Copied? {
        switch selected(world) {
        case .cluster(let id): world.cluster(id).map(ClusterDetails.address)
        case .migration(let id):
            world.migration(id).map { $0.error.map { Copied($0) } ?? Copied("ID", id.text) }
        case .card, nil: nil
        }
    }

    private func test(_ world: World) -> [Action] {
        guard case .cluster(let id) = selected(world), let cluster = world.cluster(id) else {
            return Self.noCluster("test")
        }
        return [.say("Connecting to \(cluster.name) ...", .text), .perform(.testCluster(id))]
    }

    private static func noCluster(_ verb: String) -> [Action] {
        [.say("There is no cluster under the cursor to \(verb): choose one first.", .warning)]
    }

    private mutating func edit(_ world: World) -> [Action] {
        guard case .cluster(let id) = selected(world), let cluster = world.cluster(id) else {
            return Self.noCluster("edit")
        }
        dialog = left(of: id) ?? ClusterDialog(editing: cluster)
        return []
    }

    private mutating func remove(_ world: World) -> [Action] {
        guard case .cluster(let id) = selected(world), let cluster = world.cluster(id) else {
            return Self.noCluster("remove")
        }
        let text =
            "\(cluster.name) disappears from this list, and its password from this host. The cluster itself is not touched."
        removal = Removal(
            cluster: id,
            modal: Modal(
                "Remove a cluster", [Run(text)], buttons: [Button("Keep"), Button("Remove")],
                escape: 0))
        return []
    }

    private mutating func handleRemoval(_ key: Key, _ world: World) -> [Action] {
        removal?.modal.handle(key, in: world.body)
        guard let removal, let choice = removal.modal.choice else { return [] }
        self.removal = nil
        return choice == 1 ? [.perform(.removeCluster(removal.cluster))] : []
    }

    package func draw(in body: Rect, on canvas: inout Canvas, _ world: World) {
        HubList(self, world).draw(list, in: body, on: &canvas)
        removal?.modal.draw(in: body, on: &canvas)
        details?.dialog.draw(in: body, on: &canvas)
        dialog?.draw(in: body, on: &canvas)
    }
}

extension MigrationHub.Item {
    fileprivate var part: Int {
        switch self {
        case .migration: 0
        case .card: 1
        case .cluster: 2
        }
    }
}
