internal import Glibc
import Terminal

enum Counter: Program {
    struct Model: Sendable, Equatable, Codable {
        var count = 0
        var answers = 0
        var resumes = 0
        var size = Size(0, 0)
        var lastKey = ""
        /// Has the keys until Enter.
        var field = TextField()
        var isEditing = false
        /// Asks for a name that must not be pasted.
        var confirmation: ConfirmByName?
        var hasMouse = true
    }

    enum Message: Sendable { case key(Key), resized(Size), resumed, answered, noMouse, nothing }
    enum Effect: Sendable, Equatable {
        case exit, suspend, repaint, bell, title, copy, ask, leave, discardTypeAhead, mouse
    }

    static func reduce(_ model: inout Model, _ message: Message) -> [Effect] {
        if model.isEditing, case .key(let key) = message {
            if key == .enter { model.isEditing = false } else { _ = model.field.handle(key) }
            return []
        }
        if var dialog = model.confirmation, case .key(let key) = message {
            _ = dialog.handle(key)
            model.confirmation = dialog.choice == nil ? dialog : nil
            return []
        }
        switch message {
        case .key(.character("!")):
            model.confirmation = ConfirmByName("Go", ["It goes."], name: "shop", confirm: "Go")
            return [.discardTypeAhead]
        case .key(.character("/")): model.isEditing = true
        case .key(.character("q")): return [.exit]
        case .key(.character("n")): model.count += 1
        case .key(.character("a")): return [.ask]
        case .key(.character("l")):
            model.lastKey = "l"
            return [.leave]
        case .key(.character("b")): return [.bell]
        case .key(.character("t")): return [.title]
        case .key(.character("y")): return [.copy]
        case .key(.character("e")):
            // As a library would.
            _ = "said by a library\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
        case .key(.character("x")): model.count = [Int]()[model.count]
        case .key(.character("r")): return [.repaint]
        case .key(.character("m")): return [.mouse]
        case .key(.control("z")): return [.suspend]
        case .key(let key): model.lastKey = key.name
        case .resized(let size): model.size = size
        case .resumed: model.resumes += 1
        case .answered: model.answers += 1
        case .noMouse: model.hasMouse = false
        case .nothing: break
        }
        return []
    }

    static func view(_ model: Model, on canvas: inout Canvas) {
        guard canvas.size.columns >= 60, canvas.size.rows >= 18 else {
            canvas.put("needs 60x18", in: canvas.bounds, .warning)
            return
        }
        canvas.box(canvas.bounds)
        canvas.put(model.hasMouse ? "EXAMPLE" : "NO MOUSE", at: Point(2, 1), .title)
        canvas.put("count=\(model.count)", at: Point(2, 2), .accent)
        canvas.offer([.character("n")], in: Rect(2, 2, 8, 1))
        canvas.put("answers=\(model.answers)", at: Point(2, 3), .ok)
        canvas.put("resumes=\(model.resumes)", at: Point(2, 4), .warning)
        canvas.put("size=\(model.size.columns)x\(model.size.rows)", at: Point(2, 5))
        canvas.put("key=\(model.lastKey)", at: Point(2, 6), .selection)
        model.field.draw(in: Rect(2, 8, 30, 1), isFocused: model.isEditing, on: &canvas)
        canvas.put("Grüße 漢字", at: Point(2, 7))
        model.confirmation?.draw(in: canvas.bounds, on: &canvas)
    }

    static func plain(_ model: Model) -> PlainView? {
        let keys = KeyMap([.init(.character("n"), label: "Count")])
        return PlainView("Counter", keys: keys, size: Size(60, 18)) { view(model, on: &$0) }
    }

    static func message(for event: TerminalEvent, at moment: Moment) -> Message? {
        switch event {
        case .start(let size), .resize(let size): .resized(size)
        case .key(let key): .key(key)
        case .resumed: .resumed
        case .noMouse: .noMouse
        case .leave: .key(.character("q"))
        case .tick, .notCopied, .link, .line, .interrupt, .terminate, .hangUp: nil
        }
    }

    static func nextTick(_ model: Model) -> Duration? { nil }

    static func request(for effect: Effect) -> TerminalRequest? {
        switch effect {
        case .exit: .exit
        case .suspend: .suspend
        case .repaint: .repaint
        case .mouse: .mouse(true)
        case .bell: .bell
        case .title: .title("count")
        case .copy: .copy("copied")
        case .ask, .leave: nil
        case .discardTypeAhead: .discardTypeAhead
        }
    }

    static func textToType(_ model: Model) -> String? { model.confirmation?.name }
}
