import Terminal
import Testing

@Suite struct FieldTests {
    @Test func aFieldIsEditedAtItsCursor() {
        var field = TextField("abc")
        field.press(.left, .left)
        field.type("X")
        #expect(field.text == "aXbc")
        field.press(.delete, .backspace, .home)
        #expect(field.text == "ac")
        field.type(">")
        field.press(.end)
        field.type("<")
        #expect(field.text == ">ac<")
        field.press(.control("u"))
        #expect(field.text == "")
    }

    @Test func aWordIsRemovedBackwards() {
        var field = TextField("one two  ")
        field.press(.control("w"))
        #expect(field.text == "one ")
        field.press(.control("w"), .control("w"))
        #expect(field.text == "")
    }

    @Test func aPastedNewlineSubmitsNothing() {
        var field = TextField()
        let isConsumed = field.handle(.paste("mongodb://a\nb\n"))
        #expect(isConsumed)
        #expect(field.text == "mongodb://a b")
        let submits = field.handle(.enter)
        #expect(!submits)
    }

    @Test func theCursorOfALongTextStaysInSight() {
        var field = TextField("abcdefghij")
        #expect(field.lines(5, 1) == ["ghij"])
        #expect(field.drawn(5, 1).cursor == Point(4, 0))
        field.press(.home)
        #expect(field.lines(5, 1) == ["abcde"])
        #expect(field.drawn(5, 1).cursor == Point(0, 0))
        let wide = TextField("漢字漢字")
        #expect(wide.drawn(20, 1).cursor == Point(8, 0))
    }

    @Test func anEmptyFieldShowsWhatItIsFor() {
        #expect(TextField(placeholder: "host:port").lines(20, 1) == ["host:port"])
        #expect(TextField(placeholder: "host:port").lines(6, 1) == ["host:…"])
        #expect(SecretField(placeholder: "optional").lines(6, 1) == ["optio…"])
    }

    @Test func aSecretIsNeverDrawnEncodedOrDescribed() throws {
        var field = SecretField()
        field.type("hunter2")
        #expect(field.value == "hunter2")
        #expect(field.lines(20, 1) == ["••••••••"])
        #expect(field.lines(20, 1, glyphs: .ascii) == ["********"])
        let data = try JSON.encode(field)
        #expect(!String(decoding: data, as: UTF8.self).contains("hunter2"))
        #expect(try JSON.decode(SecretField.self, data).isEmpty)
        var dumped = ""
        dump(field, to: &dumped)
        for text in ["\(field)", String(reflecting: field), dumped] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test func aSecretHidesItsLength() {
        var short = SecretField()
        short.type("a")
        var long = SecretField()
        long.type("a very long secret")
        #expect(short.drawn(40, 1) == long.drawn(40, 1))
        long.press(.control("u"))
        #expect(long.isEmpty)
    }

    @Test func spaceChecksABoxUnlessItIsDisabled() {
        var box = CheckBox("Verify data")
        #expect(box.lines(20, 1) == ["[ ] Verify data"])
        box.press(.space)
        #expect(box.lines(20, 1) == ["[x] Verify data"])
        box.isEnabled = false
        box.press(.space)
        #expect(box.isOn)
        let consumed = box.handle(.enter)
        #expect(!consumed)
    }

    @Test func aGreyButtonSaysWhyAndIsNotPressed() {
        let grey = Button("Cutover", .grey(reason: "the copy is not done"))
        #expect(!grey.activates(.enter))
        #expect(grey.lines(40, 1) == ["( Cutover )  the copy is not done"])
        let ready = Button("Cutover", .ready)
        #expect(ready.activates(.enter) && ready.activates(.space) && !ready.activates(.tab))
        #expect(ready.drawn(20, 1)[Point(2, 0)].style.role == .buttonReady)
    }

    @Test func buttonsStandAtTheRightEnd() {
        var canvas = Canvas(Size(30, 1))
        Button.drawRow(
            [Button("Back"), Button("Continue")], focused: 1, in: canvas.bounds, on: &canvas)
        #expect(canvas.lines == ["    ( Back )  ( Continue )".leftPadded(to: 30)])
        #expect(canvas.cursor == Point(20, 0))
    }

    @Test func typingNarrowsADropDownList() {
        var list = DropDown(["shop", "shop-prod", "bank"], selected: 2)
        #expect(list.lines(16, 1) == ["[ bank        ▾]"])
        list.press(.enter)
        #expect(list.isOpen)
        list.type("PR")
        #expect(list.filter == "PR")
        list.press(.enter)
        #expect(list.value == "shop-prod")
        #expect(!list.isOpen)
    }

    @Test func escapeLeavesADropDownListAsItWas() {
        var list = DropDown(["a", "b"], selected: 0)
        list.press(.down, .down, .escape)
        #expect(list.value == "a")
        let consumed = list.handle(.escape)
        #expect(!consumed)
    }

    @Test func anOpenDropDownListIsDrawnWhereThereIsRoom() {
        var list = DropDown(["a", "b"], selected: 0)
        list.press(.enter)
        var canvas = Canvas(Size(12, 6))
        list.drawOpen(at: Rect(0, 0, 8, 1), on: &canvas)
        #expect(canvas.lines == ["", "┌──────┐", "│ a    │", "│ b    │", "└──────┘", ""])
        var low = Canvas(Size(12, 6))
        list.drawOpen(at: Rect(0, 5, 8, 1), on: &low)
        #expect(low.lines == ["", "┌──────┐", "│ a    │", "│ b    │", "└──────┘", ""])
    }

    @Test func theFocusGoesAroundTheRing() {
        var ring = FocusRing(["a", "b", "c"], focused: "b")
        let consumed = ring.handle(.tab) && ring.handle(.tab)
        #expect(consumed && ring.focused == "a")
        _ = ring.handle(.backTab)
        #expect(ring.focused == "c")
        ring.update(["a", "b"])
        #expect(ring.focused == "a")
        let other = ring.handle(.enter)
        #expect(!other)
    }
}

extension String {
    fileprivate func leftPadded(to columns: Int) -> String {
        String(repeating: " ", count: columns - count) + self
    }
}
