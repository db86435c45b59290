extension Expectation {
    /// In the order of the list that they were taken from.
    static let all =
        size + signals + colours + glyphs + hands + lists + forms + sessions + figures + work

    private static let size = [
        Expectation(
            "The layout follows the window's size", .has,
            "everyScreenIsTheSameAfterOtherSizes", "nothingIsDrawnOutsideOfTheBody"),
        Expectation(
            "A storm of resizes is one repaint", .has,
            "t1t2WhatIsTooSmallSaysSoAndAStormOfResizesIsPaintedOnceOrTwice"),
        Expectation(
            "A window too small says so and keeps everything", .has,
            "s20TooSmallATerminalSaysWhatIsNeededAndKeysStillWork"),
    ]

    private static let signals = [
        Expectation("Ctrl-Z and back", .has, "t6AfterAStopTheTerminalIsTakenAgain"),
        Expectation(
            "SIGTERM restores the terminal", .has,
            "t7t8t9t10HoweverItEndsTheSamePageOpensAgain"),
        Expectation(
            "SIGHUP detaches, the work goes on", .has,
            "s1ToS12TheSameWithAConnectionThatDropsOnEveryPage"),
        Expectation(
            "No spinning on a line that is gone", .has,
            "aTerminalThatHasGoneEndsTheRunEvenWithoutASignal"),
        Expectation(
            "A crash restores the terminal and says why", .has,
            "aTrapLeavesTheTerminalAsItWasFound"),
        Expectation(
            "Libraries' error output does not tear the screen", .has,
            "whatLibrariesSayIsSaidWhenTheTerminalIsGivenBack"),
    ]

    private static let colours = [
        Expectation(
            "NO_COLOR: not one byte of colour", .has, "t4WithNO_COLORNoPictureHasAByteOfColour"),
        Expectation(
            "From no colour to 256, by what the terminal has",
            .but("Full colour is not used: 256 are enough for every theme."),
            "t4EveryMainScreenInEveryColourDepthIsUpToDate"),
        Expectation(
            "TERM=dumb, or no terminal: lines", .has,
            "t5WhereThereIsNoScreenItIsReadLineByLine", "aScriptIsReadFromAPipeAndItsEndDetaches"),
        Expectation(
            "An unknown TERM works all the same", .has,
            "aTerminalWithoutADescriptionIsTakenForItsFamily",
            "t1t3t4t5t15TheWizardIsUsedAndTheTerminalLeftAsItWasFound"),
        Expectation(
            "Linux console, xterm, screen, tmux, PuTTY", .has,
            "t1t3t4t5t15TheWizardIsUsedAndTheTerminalLeftAsItWasFound", "itRunsOnEveryTerminal"),
    ]

    private static let glyphs = [
        Expectation(
            "ASCII where there is no UTF-8", .has,
            "t3EveryMainScreenInASCIIIsUpToDate", "withoutUTF8OnlyASCIIIsSent"),
        Expectation(
            "Wide and combining characters", .has,
            "textHasTheWidthThatTerminalsGiveIt", "halfAWideCharacterIsNeverSeen"),
        Expectation(
            "Data cannot send escape sequences", .has,
            "t14NamesOfAnyKindAreShownAndDoNothing", "controlCharactersNeverReachIt"),
    ]

    private static let hands = [
        Expectation("The mouse is off until asked for", .has, "itIsOffUntilMIsPressed"),
        Expectation(
            "Text can be selected; a key copies", .has,
            "yCopiesWhatIsMarkedAndTabLeadsToEachValue", "yCopiesWhatThePageIsAbout",
            "s13TheConnectionStringIsCopiedFromThePage"),
        Expectation(
            "A paste is a paste: a newline in it submits nothing", .has,
            "t12t13WhatIsNoKeyDoesNothingAndAPastedNewlineSubmitsNothing"),
        Expectation(
            "The clipboard over SSH, and no claim that it arrived", .has,
            "bellTitleAndClipboardSendNothingElse", "yCopiesTheWholeText"),
        Expectation(
            "The window's title tells phase, percent and lag", .has,
            "theWindowsTitleTellsPhasePercentAndLag"),
        Expectation(
            "A bell where somebody has to decide", .has, "itRingsOnceWhereSomebodyHasToDecide"),
        Expectation(
            "Esc is quick, and split sequences survive", .has,
            "aSplitAnywhereChangesNothing", "overARemoteLineASequenceMayTakeLonger"),
        Expectation(
            "The footer names the keys of this moment", .has,
            "everyKeyThatIsNamedDoesSomething", "everyLetterThatDoesSomethingIsNamed"),
        Expectation(
            "Help comes from the same keys, and says why one does nothing", .has,
            "s19HelpIsMadeFromTheKeysOfThePage", "s4WhyAKeyDoesNothingIsInTheHelp"),
        Expectation(
            "Arrows, and the letters of vi outside of fields", .has,
            "theRowOfTheCursorIsAlwaysSeen", "lettersInTheDialogAreLetters"),
    ]

    private static let lists = [
        Expectation(
            "Lists can be searched",
            .but("A text is looked for as it is; there is no fuzzy and no inverse search."),
            "s1AThousandPastMigrationsAreSearched", "s19TenThousandLinesOfALogAreSearched",
            "s3InAnOpenListLettersNarrowIt")
    ]

    private static let forms = [
        Expectation(
            "What is wrong is said at the field",
            .but("*Add a cluster* says it below its fields, when it is saved."),
            "s21WhatIsMissingIsSaid", "s3AClusterInTroubleSaysSoAndIsTestedAgain"),
        Expectation(
            "Back works with anything in the fields", .has,
            "s3EscGoesBackAndNeverValidates", "everyPictureCanBeLeft"),
        Expectation(
            "Secrets: not shown, not measured, not kept", .has,
            "aSecretHidesItsLength", "t17NothingSecretOfTheDialogIsKept"),
        Expectation(
            "What cannot be undone is confirmed by typing a name", .has,
            "s9ItIsOnlyPassedWithTheNameTyped", "s9TheNameCannotBePasted"),
        Expectation(
            "A review before the start",
            .but("Its lines do not lead back to their step, and it is not written as a file."),
            "s5EveryChoiceIsRepeated"),
    ]

    private static let sessions = [
        Expectation(
            "Detach, attach, and what happened meanwhile", .has,
            "dDetachesAndKeepsWhereTheUserWas", "s18WhatHappenedMeanwhileIsSaidFirst"),
        Expectation(
            "A log that follows, stops and is taken along",
            .but(
                "A line longer than the window is cut, not wrapped, and none is marked by how grave it is."
            ),
            "aLogFollowsUntilItIsScrolled", "s19TenThousandLinesOfALogAreSearched",
            "withoutAnAgentItHoldsWhatTheStoreKnowsAndNoSecret"),
    ]

    private static let figures = [
        Expectation(
            "The lag as a line", .has, "aSparklineShowsTheLastValues",
            "s7TheLagIsShownFromCatchingUpOnWithItsLastHour"),
        Expectation(
            "Progress with rate and time left", .has,
            "s7ItShowsTheFourRowsAndTheFiguresOfTheCopy", "whatIsNotKnownIsNotShownAsZero"),
        Expectation(
            "A plain mode for screen readers", .has, "s1ToS12FromTheHubToSuccessLineByLine",
            "everyScreenIsReadInPlainCharactersAndNamesWhatCanBeDone"),
        Expectation(
            "Without anybody at the keyboard", .has,
            "itMigratesAndReports", "itStopsCleanlyAndGoesOnWithTheCutoverBySignal"),
        Expectation(
            "Themes by role, and the user's own", .has, "everyThemeNamesEveryRole",
            "themesOfTheUserAreThereAndABrokenOneIsNamed"),
        Expectation(
            "Palettes for the colour-blind; state is glyph and word first", .has,
            "theColourBlindTellStatesApart", "noTextIsOfTwoStatesThatOnlyColoursTellApart",
            "t4TheMonochromeThemeHasNoByteOfColourEither"),
        Expectation(
            "Contrast on light and dark", .has, "everyColourIsReadableOnItsBackground",
            "highContrastBringsItsOwnBackground"),
    ]

    private static let work = [
        Expectation(
            "The screen never waits for work", .has,
            "s17AnAgentThatHangsIsNamedWhereverItIsAsked",
            "t7t11AReaderThatStallsHoldsNothingUpAndGetsOneFreshFrame",
            "t11AReaderThatStallsForAMinuteHoldsNothingUpAndFindsOneFreshPicture"),
        Expectation(
            "Frames are limited: a key's effect at once, the clock once a second",
            .but("No rate is set: a frame waits until the terminal has taken the last one."),
            "onASlowLinkOnlyKeysAreAnsweredAtOnce", "theClocksGoOnEverySecond",
            "aTypedKeyCostsAtMostSixteenBytes"),
        Expectation(
            "Few bytes a frame, and a budget", .has,
            "aChangedNumberCostsAtMostThirtyTwoBytes",
            "aLineOfAFullWidthLogCostsLittleMoreThanItself"),
        Expectation(
            "A slow link drops frames, and has fewer", .has,
            "framesForATerminalThatDoesNotReadAreDropped",
            "framesWaitUntilTheTerminalHasSeenTheLastOnes",
            "t11OverASlowLinkWhatNoKeyAskedForIsDrawnEveryFewSecondsAndThatIsSaid"),
        Expectation(
            "Idle costs nothing", .has, "whileNothingGoesOnOnlyTheClockWakesTheWizard"),
        Expectation(
            "No flicker",
            .but("One write a frame; the terminal is not asked for synchronised updates."),
            "everyFrameIsOneWriteAndAnUnchangedScreenNone"),
        Expectation(
            "Other languages", .no("English only; a flow's texts are data, so that they could be")),
        Expectation(
            "Pictures of every screen in the tests", .has, "everyPictureIsUpToDate"),
        Expectation(
            "Tests by keys, without waiting for time", .has,
            "s15TheCountdownRunsOverFiveDaysWithTwoExtensionsAndExpires"),
        Expectation(
            "Sessions are recorded and shown again", .has,
            "t17ASessionIsRecordedWithoutSecretsAndShownAgain"),
        Expectation(
            "A mode that only watches", .has,
            "aWizardThatOnlyWatchesStartsNothingAndChangesNothing"),
    ]
}
