import Testing
import WebPages
import Wording

/// How a template finds what it names in a page's model.
@Suite struct ModelTests {
    private struct Inner {
        let name: String
        let note: String?
        let isOn: Bool
    }

    private struct Outer {
        let note: String
        let items: [Inner]
        let none: Inner?
        let one: Inner?
        let count: Int
    }

    private func rendered(_ template: String, _ model: Any) -> String {
        Templates(["probe": Array(template.utf8)]).render("probe", .en, model)
    }

    private let model = Outer(
        note: "outer",
        items: [Inner(name: "a<", note: nil, isOn: true), Inner(name: "b", note: "own", isOn: false)], none: nil,
        one: Inner(name: "c", note: nil, isOn: true), count: 3)

    @Test func whatAPartDoesNotSayIsLookedForFurtherUp() {
        #expect(rendered("{{#items}}{{name}}:{{note}};{{/items}}", model) == "a&lt;:outer;b:own;")
        #expect(rendered("{{#one}}{{name}}{{count}}{{/one}}", model) == "c3")
    }

    @Test func whatIsNotThereAndWhatIsFalseShowNothing() {
        #expect(rendered("{{#none}}x{{/none}}{{^none}}y{{/none}}", model) == "y")
        #expect(rendered("{{#items}}{{#isOn}}+{{/isOn}}{{^isOn}}-{{/isOn}}{{/items}}", model) == "+-")
    }

    @Test func modelsStandInDictionariesToo() {
        #expect(
            rendered("{{#body}}{{count}}{{/body}}{{#list}}{{name}}{{/list}}", ["body": model, "list": model.items])
                == "3a&lt;b")
        #expect(rendered("{{#list}}{{.}},{{/list}}", ["list": ["x", "y"]]) == "x,y,")
    }
}
