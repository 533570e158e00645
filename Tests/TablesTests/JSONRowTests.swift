import Tables
import Testing
import Wording

@Suite struct JSONRowTests {
    private func read(_ line: String) throws -> [(name: String, cell: JSONCell)] { try JSONRow.read(Array(line.utf8)) }

    @Test(arguments: [
        ("{}", [], []), (#"{"a":"x"}"#, ["a"], [JSONCell.text("x")]),
        (#" { "a" : null , "b" : true,"c":false } "#, ["a", "b", "c"], [.null, .flag(true), .flag(false)]),
        (
            #"{"a":12345678901234567890.10,"b":-0.5e3,"c":0}"#, ["a", "b", "c"],
            [.number("12345678901234567890.10"), .number("-0.5e3"), .number("0")]
        ),
        (#"{"a":[],"b":["x","y"]}"#, ["a", "b"], [.texts([]), .texts(["x", "y"])]),
        (#"{"a":"\"\\\/\b\f\n\r\t\u0111\uD83D\uDE00ă"}"#, ["a"], [.text("\"\\/\u{8}\u{C}\n\r\tđ😀ă")]),
        (#"{"a":"1","a":"2"}"#, ["a", "a"], [.text("1"), .text("2")]),
    ])
    func objectsAreRead(line: String, names: [String], cells: [JSONCell]) throws {
        let members = try read(line)
        #expect(members.map(\.name) == names)
        #expect(members.map(\.cell) == cells)
    }

    @Test(arguments: [
        "", "[]", "1", "{", "{}}", "{} x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":01}"#, #"{"a":+1}"#,
        #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":-}"#, #"{"a":{"b":1}}"#, #"{"a":[1]}"#, #"{"a":[["x"]]}"#,
        #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\uD800"}"#, #"{"a":"\uDC00"}"#,
        #"{"a":"\uD800\u0041"}"#,
        #"{"a":nul}"#, #"{"a":NaN}"#, "{\"a\":\"x\ny\"}", #"{"a":"\u+123"}"#,
    ])
    func otherLinesAreNoRows(line: String) {
        let error = #expect(throws: TableError.self) { try read(line) }
        #expect(error?.kind == .notJSON)
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: TableError.self) { try JSONRow.read(Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)) }
        #expect(throws: TableError.self) { try JSONRow.read(Array(#"{"a":""#.utf8) + [0] + Array(#""}"#.utf8)) }
        #expect(throws: TableError.self) { try read(#"{"a":"\u0000"}"#) }
    }

    @Test func linesOfAnyLengthAreParted() throws {
        let text = "\u{FEFF}{}\r\n\n  \n" + String(repeating: "x", count: 2 << 20) + "\n{\"a\":1}"
        var reader = try LineReader(source(Array(text.utf8), by: 65_536))
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        #expect(lines.map(\.number) == [1, 4, 5])
        #expect(lines.map(\.isTooLong) == [false, true, false])
        #expect(lines.last?.bytes == Array("{\"a\":1}".utf8))
    }
}
