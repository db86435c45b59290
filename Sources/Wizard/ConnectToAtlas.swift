internal import Terminal

/// The dialog *Connect to Atlas*: the connection string in the words of each way to connect.
struct ConnectToAtlas: Sendable, Equatable, Codable {
    static let methods = ["mongosh", "Drivers", "Compass"]
    static let keys = KeyMap([
        .init(.left, .right, label: "Method"), .init(.character("y"), label: "Copy"),
        .init(.escape, label: "Close"),
    ])

    private let connectionString: String
    private var focused = 0
    private(set) var isClosed = false

    /// `connectionString`: redacted.
    init(_ connectionString: String) {
        self.connectionString = Self.template(connectionString)
    }

    /// With words in the place of the secret that was taken out.
    static func template(_ redacted: String) -> String {
        guard let range = redacted.firstRange(of: "://***@") else { return redacted }
        return redacted.replacingCharacters(in: range)
    }

    var text: String {
        focused == 0 ? "mongosh \"\(connectionString)\"" : connectionString
    }

    private var hint: String {
        switch focused {
        case 0: "In a shell:"
        case 1: "In your application's configuration:"
        default: "In the field of a new connection:"
        }
    }

    mutating func handle(_ key: Key) -> [Action] {
        let count = Self.methods.count + 1
        switch key {
        case .tab, .right, .down: focused = (focused + 1) % count
        case .backTab, .left, .up: focused = (focused + count - 1) % count
        case .escape: isClosed = true
        case .enter, .space:
            guard focused == count - 1 else { return copied }
            isClosed = true
        case .character("y"): return copied
        default: break
        }
        return []
    }

    private var copied: [Action] {
        [.copy(text), .say("Copied for \(Self.methods[min(focused, 2)]).", .ok)]
    }

    func draw(in rect: Rect, on canvas: inout Canvas) {
        let buttons = (Self.methods + ["Close"]).map { Button($0) }
        Modal(
            "Connect to Atlas",
            [
                Run(hint + "\n\n"), Run(text, .accent),
                Run("\n\nEnter or y copies. The user and the password are those of ", .dim),
                Run("the destination: users are not migrated.", .dim),
            ], buttons: buttons, focused: focused
        ).draw(in: rect, on: &canvas)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>) -> String {
        self[..<range.lowerBound] + "://<username>:<password>@" + self[range.upperBound...]
    }
}
