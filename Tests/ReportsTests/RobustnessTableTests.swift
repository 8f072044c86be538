import Testing

@testable import Reports

@Suite struct RobustnessTableTests {
    private let table = RobustnessTable([
        RobustnessRow(name: "clean", accuracy: 0.88125, loss: 0.3312, count: 10000, digest: "a1"),
        RobustnessRow(
            name: "gaussian",
            parameters: [
                .init("sigma", .single(0.1), text: "0.1"), .init("mean", 0, text: "none"),
            ], accuracy: 0.5,
            loss: 12.34567, count: 9999, digest: "b2"),
        RobustnessRow(
            name: "a|b", parameters: [.init("fill", "mean", text: "mean")], accuracy: 1, loss: .nan, count: 1,
            digest: "c3"),
    ])

    @Test func `the terminal gets aligned columns`() {
        #expect(
            table.text == """
                test set  parameters            accuracy     loss
                clean                             0.8813   0.3312
                gaussian  sigma 0.1, mean none    0.5000  12.3457
                a|b       fill mean               1.0000      nan

                """)
    }

    @Test func `numbers that were asked for are columns, the rest is for programs`() {
        let rows = RobustnessTable([
            RobustnessRow(
                name: "clean", accuracy: nil, loss: 0.5, count: 3, digest: "d",
                measures: [.init("psnr", 21.5), .init("per_class", [1, 2])])
        ])
        #expect(
            rows.text == """
                test set  parameters    loss     psnr
                clean                 0.5000  21.5000

                """)
        #expect(
            rows.json == """
                [
                  {"name": "clean", "parameters": {}, "loss": 0.5, "psnr": 21.5, "per_class": [1, 2], "count": 3, "digest": "d"}
                ]

                """)
    }

    @Test func `of parameters that many rows have, those that differ are shown`() {
        let rows = [0.1, 0.2].map { sigma in
            RobustnessRow(
                name: "gaussian",
                parameters: [
                    .init("sigma", .single(sigma), text: "\(sigma)"), .init("mean", 0, text: "0"),
                ],
                accuracy: 0.5,
                loss: 2, count: 7, digest: "")
        }
        #expect(
            RobustnessTable(rows).text == """
                test set  parameters  accuracy    loss
                gaussian  sigma 0.1     0.5000  2.0000
                gaussian  sigma 0.2     0.5000  2.0000

                """)
    }

    @Test func `programs get a list`() {
        #expect(
            table.json == """
                [
                  {"name": "clean", "parameters": {}, "accuracy": 0.88125, "loss": 0.3312, "count": 10000, \
                "digest": "a1"},
                  {"name": "gaussian", "parameters": {"sigma": 0.1, "mean": 0}, "accuracy": 0.5, "loss": 12.34567, \
                "count": 9999, "digest": "b2"},
                  {"name": "a|b", "parameters": {"fill": "mean"}, "accuracy": 1.0, "loss": null, "count": 1, \
                "digest": "c3"}
                ]

                """)
    }
}

@Suite struct JSONValueTests {
    @Test func `text is escaped and numbers read back as they were`() {
        let value: JSONValue = [
            "a\"\\\n\t\r\u{1}é😀", 1.5, .single(0.1), .number(0.1), -3, true, .null, [], .object([]),
            .number(.infinity), .single(.nan), .number(1e300), .object([.init("k", "v")]),
        ]
        #expect(
            value.text == #"["a\"\\\n\t\r\u0001é😀", 1.5, 0.1, 0.1, -3, true, null, [], {}, "#
                + #"null, null, 1e+300, {"k": "v"}]"#)
    }
}
