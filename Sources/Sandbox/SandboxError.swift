/// What went wrong in the sandbox itself: a program that is missing, a server that did not start, a deadline that passed.
package struct SandboxError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// A program that the sandbox needs is not on this machine.
        case missingProgram
        /// A call to the operating system failed.
        case system
        /// A server or helper program ended although it should run, or ended with a failure.
        case ended
        /// A condition did not come true in time.
        case deadline
        /// A server answered something unexpected.
        case server
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
