import ControlAPI
import Glibc
import Sandbox
import TerminalEmulator
import Testing

@testable import Agent
@testable import lagzero

/// The wizard line by line: on terminals without a screen, from a screen and back, and from a pipe.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PlainWizardTests {
    @Test(arguments: [["TERM": "dumb"], ["TERM": ""], ["ACCESSIBLE": "1"]])
    func t5WhereThereIsNoScreenItIsReadLineByLine(environment: [String: String]) async throws {
        let session = try WizardSession()
        let terminal = try session.open(environment)
        let found = terminal.settings()
        try terminal.hears("1. current: Migrate from Atlas")
        let isSaid = terminal.text.contains("is read line by line.")
        #expect(isSaid == (environment["ACCESSIBLE"] == nil))
        terminal.send("1\r")
        try terminal.hears("Step 1 of 6, Get Started")
        // What is typed is shown, and can be erased.
        terminal.send("bx\u{7f}\r")
        try terminal.hears("> bx\u{8} \u{8}\r\n\r\nMigration Hub")
        terminal.send("a\r")
        try terminal.hears("Migration Hub. Add a cluster")
        terminal.send("2\rgeheim\r")
        try terminal.hears("2. Password: filled in, not shown")
        #expect(!terminal.text.contains("geheim"))
        terminal.send("q\r")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        let withoutErasing = terminal.text.replacing("\u{8} \u{8}", with: "")
        let isPlain = withoutErasing.unicodeScalars.allSatisfy {
            $0 == "\r" || $0 == "\n" || (0x20..<0x7f).contains($0.value)
        }
        #expect(isPlain)
        try await session.end()
    }

    @Test func s21WhatWasTypedStaysOnTheWayFromAScreenToLinesAndBack() async throws {
        let session = try WizardSession()
        let terminal = try session.open()
        let found = terminal.settings()
        try terminal.shows("None yet. A migration needs two")
        try terminal.send("a", until: "Connection string")
        terminal.send("\t\t\tshop-new")
        try terminal.shows("shop-new")
        // F2, as an xterm has it.
        terminal.send("\u{1b}OQ")
        try terminal.hears("4. Name: shop-new")
        terminal.send("5\rAcme\r")
        try terminal.hears("5. Organization: Acme")
        terminal.send("screen\r")
        try terminal.wait("the screen") {
            terminal.screen.contains("shop-new") && terminal.screen.contains("Acme")
                && terminal.screen.contains("Esc Back")
        }
        terminal.send("\u{1b}")
        try terminal.shows("a Add a cluster")
        terminal.send("d")
        #expect(try terminal.endsWell())
        #expect(terminal.settings() == found)
        try await session.end()
    }

    @Test func aScriptIsReadFromAPipeAndItsEndDetaches() async throws {
        let session = try WizardSession()
        // The last line is a part of one, and of `12` perhaps.
        let process = try await run("1\n2\nb\n1", session)
        let output = process.output
        #expect(output.contains("2. A destination cluster that is new or empty: checked\n"))
        #expect(output.hasSuffix("The last line had no end: nothing was done for it.\n> \n"))
        #expect(!output.contains("\r") && !output.contains("\u{1b}"))
        #expect(process.errors.contains("Detached from the agent."))
        #expect(InstanceLock.holder(of: session.folder) != nil)
        try await session.end()
    }

    /// Here the agent looks for a cluster that does not answer, which takes it 8 s.
    @Test func whatAScriptBeginsIsDoneBeforeItGoesOnAndLeaves() async throws {
        let session = try WizardSession()
        let process = try await run(
            "a\n1\nmongodb://127.0.0.1:1\n4\nshop-new\n8\nq\n", session)
        #expect(process.output.contains("Connection string (visible as you type): "))
        #expect(process.output.contains("shop-new is not reached"))
        let list = try LagzeroProcess(["clusters", "list", "--state", session.folder.path])
        #expect(try await list.status() == 0)
        #expect(list.output.contains("shop-new"))
        try await session.end()
    }

    /// Reads the script, and returns when the wizard was left.
    private func run(_ script: String, _ session: WizardSession) async throws -> LagzeroProcess {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let bytes = Array(script.utf8)
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        close(ends[1])
        let process = try LagzeroProcess(
            ["--state", session.folder.path, "--plain"], environment: ["LC_ALL": "C"],
            input: ends[0])
        close(ends[0])
        #expect(try await process.status() == 0)
        return process
    }

    @Test func itEndsWhereNobodyReadsAnyMore() async throws {
        let session = try WizardSession()
        let terminal = try PseudoTerminal(
            "/bin/sh",
            [
                "-c",
                "while echo '?'; do sleep 0.1; done | \(try PseudoTerminal.program("lagzero")) --plain | head -n 2",
            ], environment: [AgentFolder.variable: session.folder.path])
        try terminal.hears("Migration Hub")
        try terminal.end()
        try await session.end()
    }
}

extension PseudoTerminal {
    /// Reads until the text was sent.
    func hears(_ text: String) throws {
        try wait("\"\(text)\" in what was read") { self.text.contains(text) }
    }
}
