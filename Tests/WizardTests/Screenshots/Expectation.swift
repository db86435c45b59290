/// What users expect of a full-screen program that they reach over SSH, and where it is seen to be so.
struct Expectation {
    enum Answer {
        /// Seen by these tests.
        case has
        /// Seen by these tests, but for what is said.
        case but(String)
        /// Not there, and why.
        case no(String)
    }

    let title: String
    let answer: Answer
    /// Names of test functions.
    let tests: [String]

    init(_ title: String, _ answer: Answer = .has, _ tests: String...) {
        self.title = title
        self.answer = answer
        self.tests = tests
    }

    /// A row of the table: number, title, answer with the tests.
    func row(_ number: Int) -> String {
        let names = tests.map { "`\($0)`" }.joined(separator: ", ")
        switch answer {
        case .has: return "| \(number) | \(title) | yes | \(names) |"
        case .but(let text): return "| \(number) | \(title) | in part | \(names). \(text) |"
        case .no(let text): return "| \(number) | \(title) | no | \(text) |"
        }
    }
}
