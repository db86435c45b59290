import Foundation

/// The options of the command that needs no name, completed without it as well: the generated scripts know them behind its
/// name only. Scripts of another shape are left as they are; a test tells.
struct DefaultCompletions {
    /// Both as functions of the scripts and in lists: `lagzero`, `wizard`.
    let program: String
    let command: String

    // MARK: bash

    /// What the function of the command sets and offers, in the function of the program.
    func bash(_ script: String) -> String {
        guard let own = function(command: command, in: script),
            let root = function(command: nil, in: script)
        else { return script }
        var text = String(script[root])
        for name in ["repeating", "non_repeating"].flatMap({ ["\($0)_flags", "\($0)_options"] }) {
            guard let line = lines(own, script).first(where: { $0.hasPrefix("    \(name)=(") }),
                let old = text.split(separator: "\n").first(where: {
                    $0.hasPrefix("    local -a \(name)=(")
                })
            else { return script }
            text = text.replacing(
                old, with: "    local -a " + line.dropFirst(4), maxReplacements: 1)
        }
        // Only where no command is named: one may have an option of the same name.
        guard let values = script[own].range(of: "    # Offer option value completions\n"),
            let place = text.range(of: "        # Offer subcommand completions\n")
        else { return script }
        // It is the last there.
        let block = script[values.lowerBound..<own.upperBound].split(separator: "\n")
            .map { "    \($0)\n" }.joined()
        text.insert(contentsOf: block, at: place.lowerBound)
        return script.replacing(script[root], with: text, maxReplacements: 1)
    }

    // MARK: zsh

    func zsh(_ script: String) -> String {
        let start = "    local -ar arg_specs=(\n"
        guard let own = function(command: command, in: script),
            let root = function(command: nil, in: script),
            let place = script[root].range(of: start),
            let first = script[own].range(of: start),
            let end = script[own].range(of: "        '--version[")
        else { return script }
        var text = script
        text.insert(contentsOf: script[first.upperBound..<end.lowerBound], at: place.upperBound)
        return text
    }

    // MARK: fish

    func fish(_ script: String) -> String {
        var text = ""
        let all = script.split(separator: "\n", omittingEmptySubsequences: false)
        let known = "__\(program)_parse_subcommand 0 "
        let own = all.indices.dropLast().first {
            all[$0].trimmed == "case '\(command)'" && all[$0 + 1].trimmed.hasPrefix(known)
        }
        for (index, line) in all.enumerated() {
            if let own, index > 0, all[index - 1].trimmed == "case '\(program)'" {
                text += "        " + all[own + 1].trimmed + "\n"
            } else {
                text += line + "\n"
            }
            let isOption = line.contains("\"\(program) \(command)\"")
            if isOption, !line.contains(" -l 'version'"), !line.contains(" -l 'help'") {
                text += line.replacing("\"\(program) \(command)\"", with: "\"\(program)\"") + "\n"
            }
        }
        return String(text.dropLast())
    }

    // MARK: Parts

    /// The body of the function of a command of bash or zsh; nil for that of the program.
    private func function(command: String?, in script: String) -> Range<String.Index>? {
        let name = "_\(program)" + (command.map { "_\($0)" } ?? "")
        guard let start = script.range(of: "\n\(name)() {\n"),
            let end = script[start.upperBound...].range(of: "\n}\n")
        else { return nil }
        return start.upperBound..<end.lowerBound
    }

    private func lines(_ range: Range<String.Index>, _ script: String) -> [Substring] {
        script[range].split(separator: "\n")
    }
}

extension Substring {
    fileprivate var trimmed: Substring { drop { $0 == " " } }
}
