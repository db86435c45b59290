import Terminal
import Testing

@Suite struct DialogTests {
    private func confirm() -> ConfirmByName {
        ConfirmByName("Clear data", ["3 databases go."], name: "shop-atlas", confirm: "Clear")
    }

    @Test func onlyTheWholeNameConfirms() {
        var dialog = confirm()
        dialog.type("shop-atla")
        dialog.press(.tab, .tab, .enter)
        #expect(dialog.choice == nil)
        #expect(dialog.refusal != nil)
        dialog.press(.tab)
        dialog.type("s")
        #expect(dialog.isNameTyped)
        dialog.press(.tab, .tab, .enter)
        #expect(dialog.choice == .confirmed)
    }

    @Test(arguments: [
        (" shop-atlas", "a space before it: type only shop-atlas."),
        ("shop-atlas ", "a space behind it: type only shop-atlas."),
        (" shop-atlas ", "a space before and behind it: type only shop-atlas."),
        (" shop", "a space before it: type only shop-atlas."),
        ("", "First type the name shop-atlas."), (" ", "First type the name"),
        ("shop atlas", "First type the name"),
    ])
    func aSpaceThatNobodySeesIsSaid(typed: String, refusal: String) {
        var dialog = confirm()
        dialog.type(typed)
        dialog.press(.enter)
        #expect(dialog.refusal?.contains(refusal) == true)
        #expect(dialog.lines(80, 24).contains { $0.contains(refusal) })
        #expect(dialog.choice == nil)
    }

    @Test func aLongTextScrollsWhileTheNameIsTyped() {
        var dialog = ConfirmByName(
            "Clear data", ["one\ntwo\nthree\nfour"], name: "shop", confirm: "Clear")
        #expect(!dialog.lines(40, 9).contains { $0.contains("four") })
        dialog.type("sh")
        #expect(dialog.lines(40, 9).contains { $0.contains("↓ 3 more") })
        #expect(dialog.keys(in: Size(40, 9)).bindings.first?.label == "Scroll")
        for _ in 0..<20 { dialog.handle(.down, in: Size(40, 9)) }
        #expect(dialog.lines(40, 9).contains { $0.contains("four") })
        #expect(!dialog.lines(40, 9).contains { $0.contains("more") })
        #expect(dialog.typed == "sh")
        dialog.handle(.up, in: Size(40, 9))
        #expect(dialog.lines(40, 9).contains { $0.contains("three") })
        #expect(dialog.keys(in: Size(40, 20)).bindings.first?.label == "Next")
    }

    @Test func enterInTheFieldConfirmsNothing() {
        var dialog = confirm()
        dialog.type("shop-atlas")
        dialog.press(.enter)
        #expect(dialog.choice == nil)
        dialog.press(.enter)
        #expect(dialog.choice == .confirmed)
    }

    @Test func aPasteIsRefused() {
        var dialog = confirm()
        dialog.press(.paste("shop-atlas"))
        #expect(dialog.typed == "")
        #expect(dialog.drawn(80, 24).lines.joined().contains("pasting is refused"))
    }

    @Test func escapeAndBackCancel() {
        var first = confirm()
        first.press(.escape)
        #expect(first.choice == .cancelled)
        var second = confirm()
        second.press(.tab, .space)
        #expect(second.choice == .cancelled)
    }

    @Test func theNameAndTheConsequencesAreDrawn() {
        let lines = confirm().lines(60, 12)
        #expect(lines.contains { $0.contains("Clear data") })
        #expect(lines.contains { $0.contains("3 databases go.") })
        #expect(lines.contains { $0.contains("Type shop-atlas to confirm:") })
        #expect(lines.contains { $0.contains("( Back )  ( Clear )") })
    }

    @Test func aDialogIsAnsweredByItsButtons() {
        var modal = Modal(
            "Start", ["Start the migration?"], buttons: [Button("Cancel"), Button("Start")],
            escape: 0)
        modal.press(.character("x"))
        #expect(modal.choice == nil)
        modal.press(.right, .enter)
        #expect(modal.choice == 1)
        modal.press(.escape)
        #expect(modal.choice == 0)
        let lines = modal.lines(40, 9)
        #expect(lines[2].contains("─ Start ─") || lines[1].contains(" Start "))
        #expect(lines.contains { $0.contains("( Cancel )  ( Start )") })
    }

    @Test func aDialogOnATinyScreenDoesNotTrap() {
        for columns in 0...12 {
            for rows in 0...6 {
                _ = confirm().lines(columns, rows)
                _ = Modal("T", ["text"], buttons: [Button("OK")]).lines(columns, rows)
                _ = Help(KeyMap([.init(.tab, label: "next")])).lines(columns, rows)
            }
        }
    }

    @Test func aDialogThatIsLongerThanItsPlaceSaysSo() {
        var modal = Modal(
            "Details", ["one\ntwo\nthree\nfour"], buttons: [Button("Close")], escape: 0)
        #expect(modal.lines(40, 6).contains { $0.contains("↓ 2 more") })
        #expect(modal.keys(in: Size(40, 6)).bindings.map(\.label) == ["Scroll", "Close"])
        #expect(!modal.keys(in: Size(40, 12)).bindings.contains { $0.label == "Scroll" })
        for _ in 0..<20 { modal.handle(.down, in: Size(40, 6)) }
        #expect(modal.lines(40, 6).contains { $0.contains("four") })
        #expect(!modal.lines(40, 6).contains { $0.contains("more") })
        for _ in 0..<2 { modal.handle(.up, in: Size(40, 6)) }
        #expect(modal.lines(40, 6).contains { $0.contains("one") })
    }

    @Test func footerAndHelpComeFromTheSameKeys() {
        let keys = KeyMap([
            .init(.tab, label: "next field"), .init(.enter, label: "Continue"),
            .init(.character("d"), label: "Detach", group: "Always", reason: "nothing runs"),
        ])
        var canvas = Canvas(Size(60, 1))
        keys.drawFooter(in: canvas.bounds, on: &canvas)
        #expect(canvas.lines == ["Tab next field   Enter Continue"])
        var help = Help(keys)
        let lines = help.lines(60, 12)
        #expect(lines.contains { $0.contains("Always") })
        #expect(lines.contains { $0.contains("d      Detach (nothing runs)") })
        // Three lines have room of six.
        #expect(help.lines(60, 5).last?.contains("─ ↓ 3 more ─") == true)
        for _ in 0..<2 { help.handle(.down, in: Size(60, 5)) }
        #expect(help.lines(60, 5).last?.contains("─ ↓ 1 more ─") == true)
        for _ in 0..<20 { help.handle(.down, in: Size(60, 5)) }
        #expect(help.lines(60, 5).last?.contains("more") == false)
        help.handle(.up, in: Size(60, 5))
        #expect(help.lines(60, 5).last?.contains("─ ↓ 1 more ─") == true)
        help.press(.character("?"))
        #expect(help.isClosed)
    }

    @Test func aFooterThatIsTooLongKeepsWhatIsEssentialThenEnter() {
        let keys = KeyMap([
            .init(.tab, label: "Next"), .init(.enter, label: "Continue"),
            .init(.escape, label: "Back"), .init(.character("w"), label: "Why"),
        ])
        func labels(_ columns: Int) -> [String] { keys.footer(columns: columns).map(\.label) }
        #expect(labels(44) == ["Next", "Continue", "Back", "Why"])
        #expect(labels(43) == ["Next", "Continue", "Back"])
        #expect(labels(30) == ["Continue", "Back"])
        #expect(labels(20) == ["Back"])
    }

    @Test func aToastIsOverInTime() {
        let toast = Toast("Saved", until: .seconds(5))
        #expect(toast.lines(20, 1) == ["✔ Saved"])
        #expect(!toast.isOver(at: .seconds(4)) && toast.isOver(at: .seconds(5)))
    }

    @Test func aTextScrollsWhenItIsLong() {
        var block = TextBlock("one\ntwo\nthree")
        #expect(block.lines(10, 2) == ["one", "two"])
        let size = Size(10, 2)
        for _ in 0..<20 { _ = block.handle(.down, in: size) }
        #expect(block.lines(10, 2) == ["two", "three"])
        _ = block.handle(.up, in: size)
        #expect(block.lines(10, 2) == ["one", "two"])
        _ = block.handle(.end, in: size)
        // Where there is more room since, the first key moves what is seen.
        block.runs.append("\nfour")
        _ = block.handle(.end, in: size)
        _ = block.handle(.up, in: Size(10, 3))
        #expect(block.lines(10, 3) == ["one", "two", "three"])
    }

    @Test func everyWidgetIsEncodedAndDecoded() throws {
        try same(confirm())
        try same(Modal("T", ["x"], buttons: [Button("OK", .grey(reason: "no"))]))
        try same(ListView())
        try same(DropDown(["a"], selected: 0))
        try same(LogPane())
        try same(Sparkline([1, nil]))
        try same(Countdown(.seconds(1)))
        try same(Help(KeyMap([.init(.tab, .function(1), label: "next")])))
        try same(Stepper([.init("a", .stale)]))
        try same(TextField("a"))
    }

    private func same<Value: Codable & Equatable>(_ widget: Value) throws {
        #expect(try JSON.decode(Value.self, JSON.encode(widget)) == widget)
    }
}
