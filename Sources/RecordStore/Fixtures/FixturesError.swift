import Wording

/// What is wrong with a fixtures folder, by file and line.
package struct FixturesError: CodedError {
    package let file: String
    package let line: Int
    package let problem: String

    package init(_ file: String, _ line: Int, _ problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    package var code: String { "fixtures.invalid" }
    package var details: [String: String] { ["place": "\(file):\(line)", "problem": problem] }
}
