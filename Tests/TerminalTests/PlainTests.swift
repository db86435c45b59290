import Testing

@testable import Terminal

/// Pages that are read, and the talk about them.
@Suite struct PlainTests {
    private func view(
        _ title: String = "Page", cover: String? = nil, messages: [(String, Role)] = [],
        keys: KeyMap = KeyMap([]), draw: @escaping (inout Canvas) -> Void = { _ in }
    ) -> PlainView {
        PlainView(title, messages: messages, keys: keys, size: Size(60, 20)) { canvas in
            draw(&canvas)
            if let cover { canvas.cover(by: cover) }
        }
    }

    private func lines(_ view: PlainView) -> [String] {
        var talk = PlainTalk(hasScreen: true)
        return talk.watch(view, at: .zero)
    }

    private let ring = FocusRing(["name", "box", "go"])

    private func form(_ name: String = "", isOn: Bool = false, state: Button.State = .normal)
        -> PlainView
    {
        view("Form") { [ring] canvas in
            canvas.put("Full name:", at: Point(1, 1))
            let field = Rect(14, 1, 20, 1)
            TextField(name).draw(in: field, isFocused: true, on: &canvas)
            canvas.offer(ring, "name", in: field)
            CheckBox("All of it", isOn: isOn).draw(
                in: Rect(1, 3, 20, 1), isFocused: false, on: &canvas)
            canvas.offer(ring, "box", in: Rect(1, 3, 20, 1))
            var button = Button("Go", state)
            button.takesClicks = false
            Button.drawRow([("go", button)], ring, in: Rect(1, 5, 50, 1), on: &canvas)
        }
    }

    @Test func aPageIsReadWithANumberBeforeWhatCanBeDone() {
        #expect(
            lines(form("anna", isOn: true)) == [
                "", "Form", "1. Full name: anna", "2. All of it: checked", "3. Go",
                "Type a number and Enter; ?: help; q: leave.",
            ])
    }

    @Test func whatDoesNothingNowSaysSo() {
        #expect(lines(form(state: .grey(reason: "no name"))).contains("3. Go (not now: no name)"))
    }

    @Test func aNumberTypesWhatTheKeyboardWouldType() {
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(form(), at: .zero)
        #expect(talk.take("2", form()).wish == .press([.tab, .space]))
        #expect(talk.take(" 3 ", form()).wish == .press([.backTab, .enter]))
        #expect(talk.take("4", form()).said == ["There is no 4 here. r reads the page again."])
    }

    @Test func aFieldIsAskedForAndTypedKeyByKey() {
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(form(), at: .zero)
        #expect(talk.take("1", form()).wish == .nothing)
        #expect(talk.prompt == "Full name: " && talk.isAsking && !talk.isSecret)
        #expect(
            talk.take("7 b", form()).wish
                == .press([
                    .end, .control("u"), .character("7"), .character(" "), .character("b"), .tab,
                ]))
        #expect(talk.prompt == "> ")
        _ = talk.take("1", form())
        #expect(talk.take("", form()).wish == .nothing)
    }

    @Test func picturesAreReadInWordsAndDialogsAlone() {
        let picture = view { canvas in
            canvas.box(canvas.bounds)
            canvas.put("\(canvas.glyphs.done) Copied", at: Point(2, 1))
            ProgressBar(0.5).draw(in: Rect(2, 2, 20, 1), on: &canvas)
            Sparkline([1, 2]).draw(in: Rect(2, 3, 20, 1), on: &canvas)
            canvas.put("a \(canvas.glyphs.arrowRight) b", at: Point(2, 4))
        }
        #expect(lines(picture).dropFirst(2).dropLast() == ["ok: Copied", "50 %", "a to b"])
        let modal = Modal("Sure?", ["It goes."], buttons: [Button("Yes"), Button("No")], escape: 1)
        let dialog = view { canvas in
            canvas.put("behind", at: Point(0, 0))
            modal.draw(in: canvas.bounds, on: &canvas)
        }
        #expect(
            lines(dialog).dropLast() == ["", "Page. Sure?", "It goes.", "1. Yes", "2. No"])
    }

    @Test func lettersAreListedAndTypedAsThemselves() {
        let keys = KeyMap([
            .init(.character("a"), label: "Add"), .init(.up, .down, label: "Move"),
            .init(.character("e"), label: "Edit", reason: "nothing chosen"),
            .init(.character("T"), label: "Theme", isForScreens: true),
            .init(.character("r"), label: "Remove"), .init(.escape, label: "Close"),
        ])
        var talk = PlainTalk(hasScreen: false)
        let page = view(keys: keys)
        #expect(
            talk.watch(page, at: .zero) == [
                "", "Page", "1. Add (a)", "2. Remove",
                "Type a number and Enter; b: Close; ?: help; q: leave.",
            ])
        #expect(talk.take("a", page).wish == .press([.character("a")]))
        #expect(talk.take("e", page).said == ["e means nothing here. ? helps."])
        #expect(talk.take("?", page).said.suffix(2) == ["Not now:", "Edit (e): nothing chosen"])
        #expect(talk.take("b", page).wish == .press([.escape]))
        #expect(talk.take("q", page).wish == .leave)
        #expect(talk.take("screen", page).said == ["This terminal has no full screen."])
    }

    @Test func theEndOfADialogReadsOnlyWhatHasChanged() {
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(form(), at: .zero)
        #expect(talk.answer(view("Form", cover: "List"), at: .seconds(1))[1] == "Form. List")
        #expect(
            talk.answer(form("anna"), at: .seconds(2)) == ["Back on Form.", "1. Full name: anna"])
    }

    @Test func onlyWhatHasChangedIsReadAfterAnAnswer() {
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(form(), at: .zero)
        #expect(talk.answer(form(isOn: true), at: .seconds(1)) == ["2. All of it: checked"])
        #expect(talk.answer(form(isOn: true), at: .seconds(2)) == ["Nothing has changed."])
    }

    @Test func figuresAloneAreNotReadByThemselves() {
        func counting(_ text: String) -> PlainView { view { $0.put(text, at: Point(0, 0)) } }
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(counting("9 done"), at: .zero)
        #expect(talk.watch(counting("1,024 done"), at: .seconds(5)) == [])
        #expect(talk.watch(counting("1,025 done"), at: .seconds(10)) == [])
        #expect(talk.watch(counting("1,025 lost"), at: .seconds(11)) == ["1,025 lost"])
        // Not at once again.
        #expect(talk.watch(counting("none"), at: .seconds(12)) == [])
        #expect(talk.watch(counting("none"), at: .seconds(13)) == ["none"])
    }

    @Test func aFloodIsCut() {
        func listing(_ count: Int) -> PlainView {
            view { canvas in
                for row in 0..<count {
                    let name = String(repeating: "x", count: row + 1)
                    canvas.put(name, at: Point(0, row))
                }
            }
        }
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(listing(1), at: .zero)
        let read = talk.watch(listing(19), at: .seconds(5))
        #expect(read.count == 13)
        #expect(read[4] == "6 more lines; r reads the page.")
        #expect(read.last?.count == 19)
    }

    @Test func whatWasMeantForAnotherPageIsNotDone() {
        var talk = PlainTalk(hasScreen: true)
        _ = talk.watch(form(), at: .zero)
        let dialog = view("Form", cover: "Sure?")
        let (said, wish) = talk.take("3", dialog)
        #expect(wish == .nothing && said[1] == "Form. Sure?")
        #expect(talk.take("2", form()).said[0] == "Back on Form.")
        _ = talk.take("1", form())
        #expect(talk.isAsking)
        #expect(talk.take("anna", dialog).wish == .nothing)
        #expect(!talk.isAsking)
    }

    // MARK: The line that is typed

    private func typed(_ keys: [Key], isSecret: Bool = false) -> (String, PlainLine.Event?) {
        var line = PlainLine()
        var shown = ""
        var last: PlainLine.Event?
        for key in keys {
            let (echo, event) = line.take(key, isSecret: isSecret)
            shown += echo
            last = event
        }
        return (shown, last)
    }

    @Test func aLineIsEchoedAndErasedAsATerminalDoes() {
        let keys: [Key] = [.character("a"), .character("漢"), .backspace, .character("b"), .enter]
        let (shown, event) = typed(keys)
        #expect(shown == "a漢\u{8} \u{8}\u{8} \u{8}b\n")
        #expect(event == .line("ab"))
    }

    @Test func aSecretIsNotEchoed() {
        let (shown, event) = typed([.character("a"), .character("b"), .enter], isSecret: true)
        #expect(shown == "\n" && event == .line("ab"))
    }

    @Test func aPastedNewlineEndsNoLine() {
        let (shown, event) = typed([.paste("a\nb\n")])
        #expect(shown == "ab" && event == nil)
    }

    @Test func controlKeysClearTheLineFirst() {
        #expect(typed([.control("c")]).1 == .key(.control("c")))
        #expect(typed([.character("1"), .control("c"), .enter]).1 == .line(""))
        #expect(typed([.control("d")]).1 == .end)
        #expect(typed([.character("1"), .control("d")]).1 == nil)
    }
}
