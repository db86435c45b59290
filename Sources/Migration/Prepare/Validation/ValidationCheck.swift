/// The answer of one check: what came out, what was seen, what to do.
package struct ValidationCheck: Hashable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case pass, warning, failure
        /// It could not be found out. Never to be shown as pass.
        case unknown
    }

    package enum Side: String, CaseIterable, Sendable {
        case source, destination, both
    }

    let rule: ValidationRule
    package let outcome: Outcome
    package let side: Side
    /// What came out, in a few words; for failures the documents' own, where they have some.
    package let message: String
    /// What was seen that leads to it.
    package let seen: String
    /// What to do about it; nil where there is nothing to do.
    package let remedy: String?

    /// The number in the documents' list of rules; nil for a check of our own.
    package var number: Int? { rule.number }
    /// Stable, for programs.
    package var name: String { rule.rawValue }
    /// What is checked, for people.
    package var title: String { rule.title(side) }

    init(
        _ rule: ValidationRule, _ side: Side, _ outcome: Outcome, message: String? = nil,
        seen: String,
        remedy: String? = nil
    ) {
        self.rule = rule
        self.side = side
        self.outcome = outcome
        let refusal = outcome == .failure || outcome == .warning ? rule.refusal(side) : nil
        self.message = message ?? refusal ?? rule.title(side)
        self.seen = seen
        self.remedy = remedy
    }

    /// Whether a little later the answer may be another one by itself: nobody could be asked.
    var mayPass: Bool {
        outcome == .unknown || [.hostNames, .reachable, .primary].contains(rule)
    }

    /// Whether a migration may not start with this answer: a failure, or not to know what the promise rests on.
    package var isBlocking: Bool {
        outcome == .failure || (outcome == .unknown && rule.mustBeKnown)
    }
}

/// The answers of all checks, in the order of the rules.
package struct ValidationReport: Hashable, Sendable {
    package let checks: [ValidationCheck]

    /// Adds what was not looked at as unknown, so that nothing missing can be taken for passed.
    init(_ answers: [ValidationCheck], expected: [(ValidationRule, ValidationCheck.Side)]) {
        var all = answers
        for (rule, side) in expected
        where !answers.contains(where: { $0.rule == rule && $0.side == side }) {
            all.append(
                ValidationCheck(
                    rule, side, .unknown, seen: "not looked at, because of what failed before"))
        }
        let order = ValidationRule.allCases
        let sides = ValidationCheck.Side.allCases
        func place(_ check: ValidationCheck) -> (Int, Int) {
            (order.firstIndex(of: check.rule) ?? 0, sides.firstIndex(of: check.side) ?? 0)
        }
        // Stable: several answers to one rule stay in the order they came in.
        checks = all.enumerated().sorted { left, right in
            let (first, second) = (place(left.element), place(right.element))
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    /// Whether the migration must not start.
    package var isBlocking: Bool { checks.contains(where: \.isBlocking) }

    package func checks(_ outcome: ValidationCheck.Outcome) -> [ValidationCheck] {
        checks.filter { $0.outcome == outcome }
    }
}
